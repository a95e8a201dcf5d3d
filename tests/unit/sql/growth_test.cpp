// Layers whose columns would grow too long are told.
#include "compiler/sql/growth.h"

#include <catch2/catch.hpp>

namespace segue::sql {
namespace {

// Layers of one column, each of which names the one before twice.
Query doubling(int layers) {
  Query query{.dialect = dialect_of(SqlDialect::kPostgresql)};
  query.rows.emplace_back();
  for (int i = 1; i <= layers; ++i) {
    const std::string before = "\"c" + std::to_string(i - 1) + "\"";
    query.rows[0].layers[i].columns = {{"c" + std::to_string(i), before + " + " + before}};
  }
  return query;
}

TEST_CASE("a layer is made once before its columns name more than 64 others") {
  const Query query = doubling(14);
  Growth growth(query);
  std::vector<int> made_once;
  for (int i = 1; i <= 14; ++i) {
    if (growth.add_layer(0, i)) made_once.push_back(i);
  }
  CHECK(made_once == std::vector<int>{7, 14});  // 2^7 mentions, and 2^7 again from there
}

TEST_CASE("what inner rows name of outer ones counts, unless a table stands between") {
  Query query = doubling(6);
  query.rows.emplace_back();
  query.rows[1].outer = 0;
  query.rows[1].outer_layer = 6;
  query.rows[1].layers[1].columns = {{"inner", "\"c6\" + \"c6\""}};
  query.rows[1].layers[2].columns = {{"again", "\"inner\" + \"c6\""}};
  Growth growth(query);
  for (int i = 1; i <= 6; ++i) CHECK_FALSE(growth.add_layer(0, i));
  CHECK(growth.add_layer(1, 1));
  CHECK_FALSE(growth.add_layer(1, 2));
}

}  // namespace
}  // namespace segue::sql
