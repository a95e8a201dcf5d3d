// Tables that grow.
#include "runtime/prepared/append.h"

#include <catch2/catch.hpp>

#include "tests/unit/prepared/columns.h"

namespace segue {
namespace {

TEST_CASE("two parts of a column are one column") {
  Random random(7);
  for (const std::size_t first_rows : {0, 1, 63, 64, 200}) {
    for (const std::size_t second_rows : {0, 1, 65}) {
      const std::vector<Column> first = columns_of(first_rows, random), second = columns_of(second_rows, random);
      for (std::size_t i = 0; i < first.size(); ++i) {
        const Column joined = joined_columns(first[i], second[i]);
        REQUIRE(joined.rows == first_rows + second_rows);
        for (std::size_t row = 0; row < joined.rows; ++row)
          REQUIRE(shown(joined, row) == (row < first_rows ? shown(first[i], row) : shown(second[i], row - first_rows)));
        if (joined.storage != Storage::kLists) REQUIRE(joined.data.size() >= bytes_of(joined.storage) * (joined.rows + 64));
        for (std::size_t row = 0; joined.storage == Storage::kLists && row < joined.rows; ++row) {
          const auto* values = joined.values<std::int32_t>();
          REQUIRE(std::is_sorted(values + joined.offsets[row], values + joined.offsets[row + 1]));
        }
      }
    }
  }
}

TEST_CASE("widths join to the wider one") {
  Random random(8);
  const Column narrow = integers<std::int8_t>(10, Storage::kInt8, random), wide = integers<std::int32_t>(10, Storage::kInt32, random);
  CHECK(joined_columns(narrow, wide).storage == Storage::kInt32);
  CHECK(joined_columns(wide, narrow).storage == Storage::kInt32);
}

TEST_CASE("a value that both parts have is found, a missing one is none") {
  Random random(9);
  Column first = codes(50, random), second = codes(50, random);
  second.valid = Bitmap(50);
  CHECK_FALSE(share_a_value(first, second));
  CHECK(share_a_value(first, first));
  second.valid = Bitmap();
  auto other = std::make_shared<Dictionary>();
  for (int i = 0; i < 6; ++i) other->append("other" + std::to_string(i));
  second.dictionary = other;
  CHECK_FALSE(share_a_value(first, second));
}

TEST_CASE("children are grouped by parent, and named only where they lie otherwise") {
  const Link in_order = link_by_parent({0, 0, 2, kNoRow}, 3);
  CHECK(in_order.offsets == Array<std::uint64_t>{0, 2, 2, 3});
  CHECK(in_order.children.empty());
  const Link out_of_order = link_by_parent({2, 0, kNoRow, 0}, 3);
  CHECK(out_of_order.children == Array<RowId>{1, 3, 0});
}

}  // namespace
}  // namespace segue
