// Statistics and ranks say what the values say.
#include "runtime/prepared/column_facts.h"

#include <catch2/catch.hpp>

#include "runtime/float_order.h"
#include "tests/unit/prepared/columns.h"

namespace segue {
namespace {

std::int64_t ordered_at(const Column& column, std::size_t row) {
  return column.storage == Storage::kFloat64 ? ordered_float(column.float_at(row)) : column.int_at(row);
}

std::int32_t code_at(const RankCodes& ranks, std::size_t row) {
  if (ranks.storage == Storage::kInt8) return reinterpret_cast<const std::int8_t*>(ranks.data.data())[row] + 128;
  return reinterpret_cast<const std::int16_t*>(ranks.data.data())[row] + 32768;
}

TEST_CASE("statistics are exact for each block") {
  Random random(1);
  for (const std::size_t rows : {0, 1, 4095, 4096, 4097, 9000}) {
    for (const Column& column : columns_of(rows, random)) {
      const auto statistics = make_statistics(column);
      const bool has_values = bytes_of(column.storage) != 0 && column.storage != Storage::kCodes;
      REQUIRE((statistics != nullptr) == has_values);
      if (!has_values) continue;
      REQUIRE(statistics->least.size() == (rows + 4095) / 4096);
      for (std::size_t block = 0; block < statistics->least.size(); ++block) {
        std::vector<std::int64_t> known;
        std::uint32_t missing = 0;
        for (std::size_t row = block * 4096; row < std::min(rows, (block + 1) * 4096); ++row) {
          if (column.is_known(row)) known.push_back(ordered_at(column, row));
          else ++missing;
        }
        REQUIRE(statistics->missing[block] == missing);
        if (known.empty()) continue;
        REQUIRE(statistics->least[block] == std::ranges::min(known));
        REQUIRE(statistics->greatest[block] == std::ranges::max(known));
      }
    }
  }
}

TEST_CASE("ranks count the cuts at or below a value") {
  Random random(2);
  for (const std::size_t count : {1, 2, 253, 254, 1000}) {
    for (const Column& column : columns_of(700, random)) {
      std::vector<std::int64_t> cuts;
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t row = random() % column.rows;
        const bool is_number = bytes_of(column.storage) != 0 && column.storage != Storage::kCodes;
        cuts.push_back(is_number && random() % 2 == 0 ? ordered_at(column, row) : static_cast<std::int64_t>(random()));
      }
      std::ranges::sort(cuts);
      cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
      const auto ranks = make_ranks(column, cuts);
      if (!ranks) continue;
      REQUIRE(ranks->storage == (cuts.size() + 2 <= 255 ? Storage::kInt8 : Storage::kInt16));
      REQUIRE(bytes_of(ranks->storage) <= bytes_of(column.storage));
      for (std::size_t row = 0; row < column.rows; ++row) {
        const auto below = std::ranges::count_if(cuts, [&](std::int64_t cut) { return cut <= ordered_at(column, row); });
        REQUIRE(code_at(*ranks, row) == (column.is_known(row) ? below + 1 : 0));
      }
    }
  }
}

TEST_CASE("floats keep their order as integers") {
  CHECK(ordered_float(-0.0) == 0);
  CHECK(ordered_float(0.0) == 0);
  CHECK(ordered_float(-1.0) < ordered_float(-0.5));
  CHECK(ordered_float(-0.5) < ordered_float(0.0));
  CHECK(ordered_float(1e300) < ordered_float(std::numeric_limits<double>::infinity()));
}

TEST_CASE("ranks that save nothing, or that do not fit, are not made") {
  Random random(3);
  Column column = integers<std::int8_t>(100, Storage::kInt8, random);
  column.valid = Bitmap();
  CHECK(make_ranks(column, {1, 2, 3}) == nullptr);
  CHECK(make_ranks(column, {}) == nullptr);
  std::vector<std::int64_t> many(70'000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i);
  CHECK(make_ranks(integers<std::int64_t>(100, Storage::kInt64, random), many) == nullptr);
}

}  // namespace
}  // namespace segue
