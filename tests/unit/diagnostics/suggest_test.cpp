// Did-you-mean.
#include "compiler/diagnostics/suggest.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

const std::vector<std::string> kColumns = {"employees",    "industry", "hq_country", "seats_used",
                                           "seats_bought", "name",     "domain",     "number_of_seats"};

TEST_CASE("edit distance counts insertions, deletions, substitutions and swaps, whatever the case") {
  CHECK(edit_distance("employees", "employes", 3) == 1);
  CHECK(edit_distance("industry", "indutsry", 3) == 1);
  CHECK(edit_distance("INDUSTRY", "industry", 3) == 0);
  CHECK(edit_distance("abc", "xyz", 5) == 3);
  CHECK(edit_distance("", "abc", 5) == 3);
  CHECK(edit_distance("abcdef", "uvwxyz", 2) == 3);  // gives up
}

TEST_CASE("the nearest name is offered, and only when it is near") {
  CHECK(nearest_name("employes", kColumns) == "employees");
  CHECK(nearest_name("Industry", kColumns) == "industry");
  CHECK(nearest_name("indsutry", kColumns) == "industry");
  CHECK(nearest_name("country", kColumns) == "hq_country");
  CHECK(nearest_name("zebra", kColumns) == std::nullopt);
  CHECK(nearest_name("x", kColumns) == std::nullopt);
  CHECK(nearest_name("employees", {}) == std::nullopt);
}

TEST_CASE("several names that are equally near are all offered") {
  CHECK(did_you_mean("seats_bougt", kColumns) == "; did you mean `seats_bought`?");
  CHECK(near_names("seats", kColumns) == std::vector<std::string>{"seats_used"});
  const std::vector<std::string> pair = {"ab_one", "ab_two"};
  CHECK(did_you_mean("ab_onw", pair) == "; did you mean `ab_one`?");
  CHECK(did_you_mean("zzz", kColumns).empty());
}

}  // namespace
}  // namespace segue
