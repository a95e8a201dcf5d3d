// Patterns as engines with other regular expressions read them.
#include "compiler/sql/pattern.h"

#include <catch2/catch.hpp>

namespace segue::sql {
namespace {

std::string in_spark(std::string_view pattern) {
  const auto written = pattern_in(SqlDialect::kSpark, pattern);
  return written ? *written : "refused: " + written.error();
}

TEST_CASE("DuckDB reads patterns as they are") { CHECK(*pattern_in(SqlDialect::kDuckdb, "(?i)\\bvp\\b|\\pL") == "(?i)\\bvp\\b|\\pL"); }

TEST_CASE("a pattern of plain parts stays what it is") {
  CHECK(in_spark("ab+c*d?") == "ab+c*d?");
  CHECK(in_spark("a{2,5}x{3}") == "a{2,5}x{3}");
  CHECK(in_spark("(a|b)c") == "(?:a|b)c");
}

TEST_CASE("a dot is no line break, and anchors are those of the whole text") {
  CHECK(in_spark("^a.b$") == "\\Aa[^\\n]b\\z");
  CHECK(*pattern_in(SqlDialect::kPostgresql, "^a.b$") == "\\Aa[^\\n]b\\Z");
}

TEST_CASE("without case every letter that folds alike is written out") {
  CHECK(in_spark("(?i)a1") == "[aA]1");
  CHECK(in_spark("(?i)k") == "[kK\u212A]");
  CHECK(in_spark("a(?i:b)c") == "a(?:[bB])c");
  CHECK(in_spark("(?i)[ab-c]") == "[aAb-cbBcC]");
}

TEST_CASE("classes are those of ASCII") {
  CHECK(in_spark("\\d\\w") == "[0-9][0-9A-Za-z_]");
  CHECK(in_spark("[\\d.]") == "[0-9\\.]");
  CHECK(in_spark("\\D") == "[^0-9]");
}

TEST_CASE("a brace that counts nothing and other signs are themselves") {
  CHECK(in_spark("a{b}") == "a\\{b\\}");
  CHECK(in_spark("\\.\\$") == "\\.\\$");
}

TEST_CASE("lazy repetition finds the same") { CHECK(in_spark("a+?b*?") == "a+b*"); }

TEST_CASE("what has no counterpart is refused") {
  CHECK(in_spark("\\pL").starts_with("refused"));
  CHECK(in_spark("[[:alpha:]]").starts_with("refused"));
  CHECK(in_spark("(?m)^a").starts_with("refused"));
  CHECK(in_spark("a{300}").starts_with("refused"));
  CHECK(in_spark("(?:^)*").starts_with("(?:"));
  CHECK(in_spark("^*").starts_with("refused"));
}

}  // namespace
}  // namespace segue::sql
