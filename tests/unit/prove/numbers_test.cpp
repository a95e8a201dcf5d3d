// Ints, decimals, floats, scores.
#include <catch2/catch.hpp>

#include "tests/unit/prove/verdict.h"

using namespace segue::test;

TEST_CASE("whole numbers have limits", "[prove]") {
  CHECK(never("seats + 1 <= seats") == "proved");
  CHECK(never("seats + 1 is missing") == "refuted");
  CHECK(same("seats + 1 > seats", "seats + 1 is known") == "proved");
  CHECK(same("2 * seats >= 10", "seats >= 5") == "refuted");  // where twice is too much
  CHECK(subset("2 * seats >= 10", "seats >= 5") == "proved");
}

TEST_CASE("decimals are exact", "[prove]") {
  CHECK(disjoint("budget > 0.1", "budget <= 0.1") == "proved");
  CHECK(subset("revenue >= 0.02", "revenue > 0.01") == "proved");
  CHECK(same("revenue > 0.01", "revenue >= 0.02") == "proved");
  CHECK(same("0.02 * seats >= 1", "seats >= 50") == "refuted");
  CHECK(same("rate + 0.5 > 1", "rate > 0.5") == "refuted");  // beyond 18 digits it is missing
}

TEST_CASE("floats are compared as they are", "[prove]") {
  CHECK(disjoint("fit > 0.5", "fit <= 0.5") == "proved");
  CHECK(subset("ratio >= 0.3", "ratio >= 0.2") == "proved");
  CHECK(subset("ratio >= 0.2", "ratio >= 0.3") == "refuted");
  CHECK(same("fit * 2 > 1", "fit * 2 > 1 and fit > 0") == "proved");
  CHECK(never("fit > 1 and fit * 2 < 1") == "proved");
}

TEST_CASE("a quotient is the nearest double", "[prove]") {
  CHECK(disjoint("seats / employees >= 70%", "seats / employees < 60%") == "proved");
  CHECK(subset("seats / employees >= 90% and employees > 0", "seats > 0") == "proved");
  CHECK(never("seats / employees >= 90%") == "refuted");
  CHECK(subset("seats / employees > 0", "employees != 0") == "proved");
}

TEST_CASE("scores", "[prove]") {
  const std::string score = "score s {\n  +30 when customer\n  +20 when partner\n  -10 when seats > 5\n}\n";
  CHECK(verdict_of(score + "segment a {\n  where s > 50\n}\n", "a") == "proved");
  CHECK(verdict_of(score + "segment a {\n  where s >= 50\n}\n", "a") == "refuted");
  CHECK(verdict_of(score + "segment a {\n  where s = 25\n}\n", "a") == "proved");
  CHECK(verdict_of("score s {\n  range 0..100\n  +30 * seats\n}\nsegment a {\n  where s > 100 or s < 0\n}\n", "a") == "proved");
  CHECK(
      verdict_of("score s {\n  +0.1 when customer\n  +0.2 when partner\n}\nsegment a {\n  where s >= 0.3\n}\nsegment b {\n  where customer "
                 "and partner\n}\n",
                 "a != b") == "proved");
  CHECK(verdict_of("score s {\n  +1 * fit\n  +2 when customer\n}\nscore t {\n  +2 when customer\n  +1 * fit\n}\n", "s != t") == "proved");
  CHECK(verdict_of("score s {\n  +2 when customer\n}\nscore t {\n  +3 when customer\n}\n", "s != t") == "refuted");
}
