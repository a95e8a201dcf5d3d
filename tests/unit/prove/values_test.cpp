// Predicates, missing values, enums, references, lists, choices.
#include <catch2/catch.hpp>

#include "tests/unit/prove/verdict.h"

using namespace segue::test;

TEST_CASE("a comparison and its complement", "[prove]") {
  CHECK(disjoint("employees > 200", "not employees > 200") == "proved");
  CHECK(disjoint("employees > 200", "employees <= 200") == "proved");
  CHECK(same("employees != 3", "not employees = 3") == "proved");
}

TEST_CASE("a missing value is in neither", "[prove]") {
  CHECK(verdict_of("segment a {\n  where employees > 200\n}\nsegment b {\n  where employees <= 200\n}\n", "!a & !b") == "refuted");
  CHECK(verdict_of("segment a {\n  where seats > 200\n}\nsegment b {\n  where seats <= 200\n}\n", "!a & !b") == "proved");
  CHECK(subset("partner", "partner is known") == "proved");
  CHECK(subset("not partner", "partner is known") == "refuted");
  CHECK(same("employees or else 0 > 10", "employees > 10") == "proved");
  CHECK(same("employees or else 20 > 10", "employees > 10") == "refuted");
}

TEST_CASE("enums are closed", "[prove]") {
  CHECK(never("industry != Software and industry != Fintech and industry != Healthcare and industry != \"Financial Services\" and "
              "industry is known") == "proved");
  CHECK(disjoint("size >= medium", "size = small") == "proved");
  CHECK(subset("industry in [Software, Fintech]", "industry in [Software, Fintech, Healthcare]") == "proved");
  CHECK(subset("industry in [Software, Fintech, Healthcare]", "industry in [Software, Fintech]") == "refuted");
}

TEST_CASE("what is said otherwise is the same", "[prove]") {
  CHECK(same("customer and (partner or employees > 5)", "(employees > 5 or partner) and customer") == "proved");
  CHECK(same("not (customer or partner)", "not customer and not partner") == "proved");
  CHECK(same("seats between 10 and 20", "seats >= 10 and seats < 21") == "proved");
  CHECK(same("customer", "customer and partner") == "refuted");
  CHECK(verdict_of("define big = employees > 100\nsegment a {\n  where big and customer\n}\nsegment b {\n  where customer and employees > "
                   "100\n}\n",
                   "a != b") == "proved");
}

TEST_CASE("a referenced row", "[prove]") {
  CHECK(disjoint("parent.customer", "not parent.customer") == "proved");
  CHECK(subset("parent.customer", "parent_id is known") == "proved");
  CHECK(subset("parent.customer", "customer") == "refuted");
  CHECK(disjoint("parent.parent.seats > 5", "parent.parent.seats < 3") == "proved");
}

TEST_CASE("lists", "[prove]") {
  CHECK(disjoint("technologies has all [\"A\", \"B\"]", "technologies has none [\"A\", \"C\"]") == "proved");
  CHECK(disjoint("technologies has any [\"A\"]", "technologies is empty") == "proved");
  CHECK(subset("technologies has all [\"A\", \"B\"]", "technologies has any [\"B\", \"C\"]") == "proved");
  CHECK(subset("technologies has any [\"A\", \"B\"]", "technologies has all [\"A\", \"B\"]") == "refuted");
  CHECK(never("not technologies is empty and technologies has none [\"A\", \"B\"]") == "refuted");
  CHECK(subset("tags has any [\"X\"]", "tags has any [\"x\", \"y\"]") == "proved");
}

TEST_CASE("tiers, stages and grids", "[prove]") {
  const std::string tiers = "tiers t {\n  one: seats > 100\n  two: seats > 10\n  three: seats > 50\n  otherwise rest\n}\n";
  CHECK(verdict_of(tiers + "segment a {\n  where t = three\n}\n", "a") == "proved");
  CHECK(verdict_of(tiers + "segment a {\n  where t = two\n}\n", "a") == "refuted");
  CHECK(verdict_of(tiers + "segment a {\n  where t is missing\n}\n", "a") == "proved");
  const std::string stages = "stages s {\n  one: seats > 1\n  two: seats > 10\n}\n";
  CHECK(verdict_of(stages + "segment a {\n  where s >= two and seats < 5\n}\n", "a") == "proved");
  CHECK(verdict_of(stages + "segment a {\n  where s is missing\n}\n", "a") == "refuted");
  const std::string grid = "grid g {\n  where customer\n  by industry in [Software, Fintech]\n  by size\n}\n";
  CHECK(verdict_of(grid + "segment a {\n  where g is known and not customer\n}\n", "a") == "proved");
  CHECK(verdict_of(grid + "segment a {\n  where g = \"Fintech/large\" and size = small\n}\n", "a") == "proved");
  CHECK(verdict_of(grid + "segment a {\n  where g = \"Fintech/large\"\n}\n", "a") == "refuted");
}

TEST_CASE("splits and population", "[prove]") {
  const std::string split = "split h of icp seed \"x\" {\n  control 10%\n  campaign 90%\n}\nsegment icp {\n  where seats > 5\n}\n";
  CHECK(verdict_of(split + "segment a {\n  where h = control and seats < 3\n}\n", "a") == "proved");
  CHECK(verdict_of(split + "segment a {\n  where h = control\n}\n", "a") == "refuted");
  CHECK(verdict_of("segment t {\n  where customer top 10 by seats\n}\nsegment b {\n  where customer\n}\n", "t & !b") == "proved");
  CHECK(verdict_of("segment t {\n  where customer top 10 by seats\n}\nsegment b {\n  where customer\n}\n", "t & b") == "refuted");
  CHECK(verdict_of("segment t {\n  where customer top 10 by seats\n}\nsegment b {\n  where customer\n}\n", "!t & b")
            .starts_with("unknown: "));
  CHECK(subset("location near (52.5, 13.4) within 10 km", "location near (52.5, 13.4) within 20 km") == "proved");
  CHECK(subset("location near (52.5, 13.4) within 20 km", "location near (52.5, 13.4) within 10 km") == "refuted");
}

TEST_CASE("a reference that leads nowhere", "[prove]") {
  CHECK(never("parent.customer is missing and parent_id is known") == "refuted");
  CHECK(never("parent.customer and not parent.parent.customer and parent_id is known") == "refuted");
  CHECK(subset("parent_id = account_id and parent.seats > 5", "seats > 5").starts_with("unknown: "));  // it leads to itself
}
