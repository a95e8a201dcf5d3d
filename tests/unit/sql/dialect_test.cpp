// Names, constants and templates of the dialects.
#include "compiler/sql/dialect.h"

#include <algorithm>
#include <limits>

#include <catch2/catch.hpp>

#include "compiler/sql/folding.h"

namespace segue::sql {
namespace {

const Dialect& duckdb() { return dialect_of(SqlDialect::kDuckdb); }
const Dialect& spark() { return dialect_of(SqlDialect::kSpark); }

TEST_CASE("a template takes its operands where they are named, as often as they are") {
  CHECK(fill("f({0}, {1}, {0})", {"a", "b"}) == "f(a, b, a)");
  CHECK(fill("{x} {0}", {"a"}) == "{x} a");
}

TEST_CASE("quotes in names and texts are doubled or escaped") {
  CHECK(quoted(duckdb(), "a\"b") == "\"a\"\"b\"");
  CHECK(quoted(spark(), "a`b") == "`a``b`");
  CHECK(text_literal(duckdb(), "it's \\") == "'it''s \\'");
  CHECK(text_literal(spark(), "it's \\") == "'it\\'s \\\\'");
}

TEST_CASE("numbers are written exactly, negative ones in brackets") {
  CHECK(int_literal(duckdb(), std::numeric_limits<std::int64_t>::min()) == "(-9223372036854775808)");
  CHECK(decimal_literal(duckdb(), -1250, 2) == "(-12.50)");
  CHECK(decimal_literal(spark(), 1250, 2) == "12.50BD");
  CHECK(float_literal(duckdb(), 0.1) == "CAST('0.1' AS DOUBLE)");
  CHECK(float_literal(duckdb(), -std::numeric_limits<double>::infinity()) == "CAST('-Infinity' AS DOUBLE)");
}

TEST_CASE("instants before 1970 have their time of day") {
  CHECK(timestamp_literal(duckdb(), -1) == "TIMESTAMPTZ '1969-12-31 23:59:59.999999+00'");
}

TEST_CASE("the table of folding pairs letters one to one") {
  const auto& [from, to] = folding_table();
  const auto count = [](const std::string& text) {
    return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  };
  CHECK(count(from) == count(to));
  CHECK(count(from) > 1300);
}

}  // namespace
}  // namespace segue::sql
