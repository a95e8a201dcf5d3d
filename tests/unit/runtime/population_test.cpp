// Who is among the first, and which part is at most as great.
#include "runtime/population.h"

#include <bit>

#include <catch2/catch.hpp>

#include "tests/unit/runtime/tables.h"

namespace segue::test {
namespace {

Bitmap bits(const std::string& text) {
  Bitmap result(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) result.set(i, text[i] == '1');
  return result;
}

std::string text(const Bitmap& bits) {
  std::string result;
  for (std::size_t i = 0; i < bits.size(); ++i) result += bits.test(i) ? '1' : '0';
  return result;
}

Column text_column(const std::vector<std::string>& texts) {
  Column column;
  column.storage = Storage::kCodes;
  auto dictionary = std::make_shared<Dictionary>();
  column.data.resize(texts.size() * sizeof(std::int32_t));
  for (std::size_t i = 0; i < texts.size(); ++i) reinterpret_cast<std::int32_t*>(column.data.data())[i] = dictionary->append(texts[i]);
  column.dictionary = dictionary;
  return column;
}

std::vector<std::int64_t> floats(const std::vector<double>& values) {
  std::vector<std::int64_t> result;
  for (const double value : values) result.push_back(std::bit_cast<std::int64_t>(value));
  return result;
}

}  // namespace

TEST_CASE("the top are the greatest, ties go to the least key, and rows without a value come last") {
  const std::vector<std::int64_t> values{5, 9, 5, 0, 5, 7, 0};
  const Bitmap known = bits("1110110"), all = bits("1111111");
  const Column key = int_column({70, 10, 20, 50, 30, 60, 40});
  const auto top = [&](std::size_t count) { return text(top_rows(all, {values, known}, count, key)); };
  CHECK(top(0) == "0000000");
  CHECK(top(1) == "0100000");
  CHECK(top(2) == "0100010");
  CHECK(top(3) == "0110010");
  CHECK(top(4) == "0110110");
  CHECK(top(5) == "1110110");
  CHECK(top(6) == "1110111");
  CHECK(top(7) == "1111111");
  CHECK(top(100) == "1111111");
  CHECK(text(top_rows(bits("1010100"), {values, known}, 2, key)) == "0010100");
}

TEST_CASE("text keys stand in the order of code points") {
  const std::vector<std::int64_t> values{1, 1, 1, 1};
  CHECK(text(top_rows(bits("1111"), {values, bits("1111")}, 2, text_column({"é", "z", "Z", "zz"}))) == "0110");
}

TEST_CASE("floats are ranked as numbers, and both zeros are one value") {
  const std::vector<std::int64_t> values = floats({-0.0, 0.0, -1.5, 2.5, -1e300});
  const Bitmap all = bits("11111");
  const Column key = int_column({1, 2, 3, 4, 5});
  CHECK(text(top_rows(all, {values, all, true}, 2, key)) == "10010");
  CHECK(text(top_rows(all, {values, all, true}, 4, key)) == "11110");
  const Column parts = percentiles(all, {values, all, true});
  CHECK(parts.float_at(0) == 0.8);
  CHECK(parts.float_at(1) == 0.8);
  CHECK(parts.float_at(4) == 0.2);
}

TEST_CASE("a share is rounded up") {
  CHECK(top_count(10, {}, 1, 1) == 1);
  CHECK(top_count(11, {}, 1, 1) == 2);
  CHECK(top_count(11, {}, 0, 0) == 0);
  CHECK(top_count(0, {}, 5, 1) == 0);
  CHECK(top_count(7, {}, 3, 0) == 7);
  CHECK(top_count(3, {}, 999'999'999'999'999'999, 18) == 3);
  CHECK(top_count(5, 3, 0, 0) == 3);
  CHECK(top_count(5, -1, 0, 0) == 0);
}

TEST_CASE("a percentile counts those among whom it is asked, and is missing without them") {
  const std::vector<std::int64_t> values{10, 20, 20, 40, 0};
  const Bitmap known = bits("11110");
  const Column parts = percentiles(bits("10111"), {values, known});
  CHECK(text(parts.valid) == "11110");
  CHECK(parts.float_at(0) == 1.0 / 3);
  CHECK(parts.float_at(1) == 2.0 / 3);
  CHECK(parts.float_at(3) == 1.0);
  CHECK(text(percentiles(bits("00001"), {values, known}).valid) == "00000");
}

TEST_CASE("no answer depends on the order of the rows") {
  constexpr std::size_t kRows = 20'000;
  std::vector<std::int64_t> values, reversed;
  std::vector<std::int32_t> keys, reversed_keys;
  for (std::size_t i = 0; i < kRows; ++i) {
    values.push_back(static_cast<std::int64_t>(i * 7919 % 100));
    keys.push_back(static_cast<std::int32_t>(i * 104'729 % kRows));
  }
  reversed.assign(values.rbegin(), values.rend());
  reversed_keys.assign(keys.rbegin(), keys.rend());
  const Bitmap all(kRows, true);
  for (const std::size_t count : {1UL, 199UL, 200UL, 201UL, 10'050UL, 19'999UL}) {
    const Bitmap top = top_rows(all, {values, all}, count, int_column(keys));
    const Bitmap other = top_rows(all, {reversed, all}, count, int_column(reversed_keys));
    REQUIRE(top.count() == count);
    for (std::size_t i = 0; i < kRows; ++i) REQUIRE(top.test(i) == other.test(kRows - 1 - i));
  }
}

}  // namespace segue::test
