// How rows find rows of another table by key, against a search of all keys: numbers close together and far apart, texts in order and in none, large enough for
// several threads to share the work.
#include "runtime/io/links.h"

#include <algorithm>
#include <map>
#include <random>

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace segue::test {
namespace {

using Draw = std::mt19937_64;

constexpr std::int64_t kMissing = INT64_MIN;

Column numbers(const std::vector<std::int64_t>& values) {
  Column column;
  column.type.kind = Kind::kInt;
  column.storage = Storage::kInt64;
  column.rows = values.size();
  column.data.resize((values.size() + 128) * sizeof(std::int64_t));
  if (std::ranges::find(values, kMissing) != values.end()) column.valid = Bitmap(values.size(), true);
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values[row] == kMissing) column.valid.set(row, false);
    else reinterpret_cast<std::int64_t*>(column.data.data())[row] = values[row];
  }
  return column;
}

// The same numbers as texts, in a dictionary in the order of the numbers or of their first rows.
Column texts(const std::vector<std::int64_t>& values, bool in_order) {
  Column column = numbers(values);
  column.type.kind = Kind::kText;
  column.storage = Storage::kCodes;
  std::vector<std::int64_t> distinct;
  for (const std::int64_t value : values) {
    if (value != kMissing) distinct.push_back(value);
  }
  if (in_order) {
    std::ranges::sort(distinct);
    distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  }
  auto dictionary = std::make_shared<Dictionary>();
  std::map<std::int64_t, std::int32_t> codes;
  for (const std::int64_t value : distinct) {
    if (!codes.contains(value)) codes[value] = dictionary->append(fmt::format("{:020}", value));
  }
  Buffer data;
  data.resize((values.size() + 128) * sizeof(std::int32_t));
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values[row] != kMissing) reinterpret_cast<std::int32_t*>(data.data())[row] = codes.at(values[row]);
  }
  column.data = std::move(data);
  column.dictionary = std::move(dictionary);
  return column;
}

std::vector<RowId> expected_rows(const std::vector<std::int64_t>& keys, const std::vector<std::int64_t>& values) {
  std::map<std::int64_t, RowId> rows;
  for (std::size_t row = 0; row < keys.size(); ++row) rows[keys[row]] = static_cast<RowId>(row);
  std::vector<RowId> found;
  for (const std::int64_t value : values) {
    const auto at = rows.find(value);
    found.push_back(value == kMissing || at == rows.end() ? kNoRow : at->second);
  }
  return found;
}

void check_link(const std::vector<RowId>& parent_of, std::size_t parents, unsigned threads) {
  const Link link = io::make_link(parent_of, parents, threads);
  std::vector<std::vector<RowId>> children(parents);
  for (std::size_t row = 0; row < parent_of.size(); ++row) {
    if (parent_of[row] != kNoRow) children[parent_of[row]].push_back(static_cast<RowId>(row));
  }
  REQUIRE(link.offsets.size() == parents + 1);
  bool is_right = link.offsets[0] == 0;
  for (std::size_t parent = 0; parent < parents; ++parent) {
    is_right = is_right && link.offsets[parent + 1] - link.offsets[parent] == children[parent].size();
    for (std::size_t i = 0; is_right && i < children[parent].size(); ++i)
      is_right = link.child(link.offsets[parent] + i) == children[parent][i];
  }
  CHECK(is_right);
}

TEST_CASE("rows find rows by key, whatever the order of either side") {
  Draw draw(7);
  for (const std::size_t parents : {0UL, 1UL, 300UL}) {
    for (const std::int64_t step : {std::int64_t{1}, std::int64_t{1'000'000'007}}) {
      for (const bool are_shuffled : {false, true}) {
        std::vector<std::int64_t> keys;
        for (std::size_t i = 0; i < parents; ++i) keys.push_back(static_cast<std::int64_t>(i + 1) * step);
        if (are_shuffled) std::ranges::shuffle(keys, draw);
        for (const bool ascend : {false, true}) {
          std::vector<std::int64_t> values;
          for (int i = 0; i < 2'000; ++i)
            values.push_back(draw() % 50 == 0 ? kMissing
                                              : static_cast<std::int64_t>(draw() % (parents + 5)) * step + (draw() % 20 == 0 ? 1 : 0));
          if (ascend) std::ranges::sort(values);
          const std::vector<RowId> expected = expected_rows(keys, values);
          const Column number_keys = numbers(keys);
          CHECK(io::KeyLookup(number_keys).rows_of(numbers(values)) == expected);
          for (const bool in_order : {false, true}) {
            const Column text_keys = texts(keys, in_order);
            const io::KeyLookup lookup(text_keys);
            CHECK(lookup.rows_of(texts(values, true)) == expected);
            CHECK(lookup.rows_of(texts(values, false)) == expected);
          }
        }
      }
    }
  }
}

TEST_CASE("children are grouped by parent, by one thread or several") {
  Draw draw(11);
  for (const std::size_t rows : {0UL, 1UL, 5'000UL, 140'000UL}) {
    for (const int kind : {0, 1, 2, 3}) {
      const std::size_t parents = 1'000;
      std::vector<RowId> parent_of(rows);
      for (RowId& parent : parent_of) parent = static_cast<RowId>(draw() % parents);
      if (kind >= 1) std::ranges::sort(parent_of);
      if (kind == 2 && rows > 10) parent_of[rows / 2] = kNoRow;
      if (kind == 3 && rows > 10) parent_of.back() = parent_of[rows - 2] = kNoRow;
      check_link(parent_of, parents, 3);
    }
  }
  std::vector<std::int64_t> values(140'000);
  for (std::size_t row = 0; row < values.size(); ++row) values[row] = static_cast<std::int64_t>(row / 100) * 1'000'003;
  std::vector<std::int64_t> keys;
  for (std::int64_t i = 0; i < 1'400; ++i) keys.push_back(i * 1'000'003);
  const Column key_column = numbers(keys);
  CHECK(io::KeyLookup(key_column).rows_of(numbers(values), 3) == expected_rows(keys, values));
}

}  // namespace
}  // namespace segue::test
