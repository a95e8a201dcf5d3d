// Points: two columns of the data, read as one value.
#include <arrow/api.h>
#include <catch2/catch.hpp>

#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

TableSpec places(std::string_view type, std::string file = "a.csv") {
  std::vector<ColumnSpec> columns = {column("id", "int")};
  add_point(columns, "place", type);
  return table("account", std::move(file), std::move(columns));
}

TEST_CASE("both coordinates of a point are read as floats, and the point itself is not") {
  Folder folder;
  folder.write("a.csv", "lon,id,lat\n13.4,1,52.52\n-180,2,90\n180.0,3,-90\n,4,\n,5,nan\n");
  const TableSpec spec = places("point?");
  const LoadResult result = load(folder, {spec});
  CHECK(result.bad.empty());
  CHECK(shown(spec, result, 2) == "52.52|90|-90|-|-");
  CHECK(shown(spec, result, 3) == "13.4|-180|180|-|-");
  CHECK_FALSE(result.database.tables[0].columns[1].is_read());
}

TEST_CASE("one needed coordinate brings the other, and nothing is read where neither is needed") {
  Folder folder;
  folder.write("a.csv", "id,lat,lon\n1,1,2\n");
  TableSpec spec = places("point");
  spec.columns[1].is_needed = false;
  CHECK_FALSE(load(folder, {spec}).database.tables[0].columns[2].is_read());
  spec.columns[3].is_needed = true;
  CHECK(shown(spec, load(folder, {spec}), 2) == "1");
}

TEST_CASE("a half outside the globe, that is no number, or that is alone is one bad value of the point") {
  Folder folder;
  folder.write("a.csv", "id,lat,lon\n1,90.1,13\n2,52,181\n3,north,13\n4,52,\n5,,13\n6,inf,1\n7,x,y\n8,,\n9,1,2\n");
  const TableSpec spec = places("point");
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 0) == "9");
  CHECK(result.tables[0].bad_rows == 8);
  REQUIRE(result.bad.size() == 2);
  const BadValues& bad = result.bad[0];
  CHECK(bad.column == 1U);
  CHECK(bad.kind == BadKind::kType);
  CHECK(bad.count == 7);
  CHECK(bad.message ==
        "7 values of `place` in `account` do not fit `point`; write a latitude from -90 to 90 and a longitude from -180 to 180 in plain "
        "digits, or leave both cells empty");
  std::string values;
  for (const BadExample& example : bad.examples) values += example.value + "|";
  CHECK(values == "90.1, 13|52, 181|north, 13|52, |, 13|inf, 1|x, y|");
  CHECK(bad.examples[2].row == 3);
  CHECK(bad.examples[2].line == 4);
  CHECK(result.bad[1].kind == BadKind::kMissing);
  CHECK(result.bad[1].column == 1U);
  CHECK(result.bad[1].count == 1);
}

TEST_CASE("`on_bad: missing` makes both halves missing, and keeps the row") {
  Folder folder;
  folder.write("a.csv", "id,lat,lon\n1,95,13\n2,52,\n3,1,2\n");
  TableSpec spec = places("point");
  for (std::size_t i = 1; i < 4; ++i) spec.columns[i].bad_is_missing = spec.columns[i].type.optional = true;
  const LoadResult result = load(folder, {spec});
  CHECK_FALSE(result.has_bad_rows());
  CHECK(shown(spec, result, 2) == "-|-|1");
  CHECK(shown(spec, result, 3) == "-|-|2");
  REQUIRE(result.bad.size() == 1);
  CHECK(result.bad[0].read_as_missing);
}

TEST_CASE("rows that do not exist yet may hold any point, and under `dedupe` points tell rows apart") {
  Folder folder;
  folder.write("a.csv", "id,at,lat,lon\n1,1970-01-01,1,2\n2,1970-01-05,x,200\n");
  std::vector<ColumnSpec> columns = {column("id", "int"), column("at", "date")};
  add_point(columns, "place", "point");
  TableSpec spec = table("account", "a.csv", columns);
  spec.known_at = 1;
  const LoadResult result = load(folder, {spec});
  CHECK(result.bad.empty());
  CHECK(result.tables[0].not_yet_known == 1);

  folder.write("e.csv", "account,lat,lon\n1,1,2\n1,1.0,2\n1,1,2.5\n1,,\n1,,\n");
  std::vector<ColumnSpec> of_events;
  add_point(of_events, "where", "point?");
  of_events[0].is_needed = false;
  TableSpec events = relation("events", "e.csv", "account", of_events);
  events.dedupe = true;
  CHECK(load(folder, {spec, events}).database.tables[1].rows == 3);
}

}  // namespace
}  // namespace segue::test
