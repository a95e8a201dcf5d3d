// Texts: constants, folding, what implies what.
#include <catch2/catch.hpp>

#include "tests/unit/prove/verdict.h"

using namespace segue::test;

TEST_CASE("equal texts", "[prove]") {
  CHECK(disjoint("name = \"A\"", "name = \"B\"") == "proved");
  CHECK(disjoint("name = \"A\"", "name = \"a\"") == "proved");
  CHECK(same("domain = \"A\"", "domain = \"a\"") == "proved");
  CHECK(subset("name in [\"a\", \"b\"]", "name in [\"b\", \"c\", \"a\"]") == "proved");
  CHECK(never("name not in [\"a\", \"b\"]") == "refuted");
  CHECK(same("name = domain", "domain = name") == "proved");
}

TEST_CASE("parts of texts", "[prove]") {
  CHECK(subset("name starts with \"abc\"", "name starts with \"ab\"") == "proved");
  CHECK(subset("name starts with \"ab\"", "name starts with \"abc\"") == "refuted");
  CHECK(subset("name starts with \"abc\"", "name contains \"bc\"") == "proved");
  CHECK(subset("name ends with \"abc\"", "name contains \"ab\"") == "proved");
  CHECK(disjoint("name starts with \"ab\"", "name starts with \"b\"") == "proved");
  CHECK(disjoint("name = \"abc\"", "not name contains \"b\"") == "proved");
  CHECK(subset("domain ends with \".COM\"", "domain contains \".com\"") == "proved");
  CHECK(disjoint("name starts with \"ab\" and name ends with \"cd\"", "name contains \"x\"") == "refuted");
  CHECK(disjoint("domain contains \"Shop\"", "not domain contains \"SHOP\"") == "proved");
}

TEST_CASE("patterns", "[prove]") {
  CHECK(disjoint("name matches \"(?i)\\\\b(chief|vp)\\\\b\"", "not name matches \"(?i)\\\\b(chief|vp)\\\\b\"") == "proved");
  CHECK(never("name matches \"(?i)\\\\b(chief|vp)\\\\b\" and not name contains \"chief\"") == "refuted");
  CHECK(disjoint("name = \"CFO\"", "name matches \"^[a-z]+$\"") == "proved");
  CHECK(disjoint("name matches \"^[a-z]+$\"", "name matches \"^[A-Z]+$\"").starts_with("unknown: "));
}

TEST_CASE("the order of texts", "[prove]") {
  CHECK(disjoint("name < \"b\"", "name > \"c\"") == "proved");
  CHECK(never("name > \"b\" and name < \"c\"") == "refuted");
  CHECK(never("name < \"\"") == "proved");
  CHECK(disjoint("name starts with \"x\"", "name < \"a\"") == "proved");
}

TEST_CASE("the order of folded texts", "[prove]") {
  CHECK(never("domain > name") == "refuted");
  CHECK(never("domain > name and name > domain") == "proved");
}
