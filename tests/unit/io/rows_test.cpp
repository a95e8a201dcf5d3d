// Which rows a table has, and what links them: bad rows, keys, `known_at`, `dedupe`, parents, references.
#include <catch2/catch.hpp>

#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

constexpr std::int64_t kMicrosOfDay = 86'400'000'000;

std::string children(const Link& link, std::size_t parent) {
  std::string out;
  for (auto i = link.offsets[parent]; i < link.offsets[parent + 1]; ++i) out += (out.empty() ? "" : " ") + std::to_string(link.child(i));
  return out;
}

TEST_CASE("a bad row is left out, and all that is bad in it is reported") {
  Folder folder;
  folder.write("a.csv", "id,n,b\n1,x,y\n2,5,true\n3,,true\n4,7,maybe\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), column("n", "int"), column("b", "bool")});
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 0) == "2");
  CHECK(result.has_bad_rows());
  CHECK(result.tables[0].rows_read == 4);
  CHECK(result.tables[0].bad_rows == 3);
  REQUIRE(result.bad.size() == 3);
  CHECK(result.bad[0].message == "1 value of `n` in `account` does not fit `int`; write plain digits, such as 200");
  CHECK(result.bad[1].message ==
        "1 row of `account` has no value in `n`; fill it in, or declare the column `optional: true` in the schema");
  CHECK(result.bad[2].message ==
        "2 values of `b` in `account` do not fit `bool`; write `true` or `false`, or give the column `true_values` and `false_values`");
  CHECK(result.bad[2].examples[0].value == "y");
  CHECK(result.bad[2].examples[1].row == 4);
}

TEST_CASE("`on_bad: missing` keeps the row, and still reports") {
  Folder folder;
  folder.write("a.csv", "id,n\n1,x\n2,\n3,3\n");
  ColumnSpec n = column("n", "int");
  n.bad_is_missing = true;
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), n});
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 1) == "-|-|3");
  CHECK_FALSE(result.has_bad_rows());
  REQUIRE(result.bad.size() == 2);
  CHECK(result.bad[0].read_as_missing);
  CHECK(result.bad[1].kind == BadKind::kMissing);
}

TEST_CASE("of bad values the first ten are shown, over all files in order, and all are counted") {
  Folder folder;
  std::string part = "id,n\n";
  for (int i = 0; i < 8; ++i) part += "k" + std::to_string(i) + ",x\n";
  folder.write("d/1.csv", part);
  folder.write("d/2.csv", part);
  const TableSpec spec = table("account", "d", {column("id", "text"), column("n", "int")});
  const LoadResult result = load(folder, {spec});
  CHECK(result.bad.at(0).kind == BadKind::kKeyRepeated);
  const auto& bad = result.bad.at(1);
  CHECK(bad.count == 16);
  REQUIRE(bad.examples.size() == 10);
  CHECK(bad.examples[9].row == 10);
  CHECK(bad.examples[9].file == "d/2.csv");
  CHECK(bad.examples[9].line == 3);
}

TEST_CASE("a key that is missing or repeated is bad, of a repeated one all rows but the first") {
  Folder folder;
  folder.write("a.csv", "id,n\na,1\n,2\nb,3\na,4\na,5\n\"\",6\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "text"), column("n", "int")});
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 0) == "a|b|");
  CHECK(shown(spec, result, 1) == "1|3|6");
  REQUIRE(result.bad.size() == 2);
  CHECK(result.bad[0].kind == BadKind::kKeyMissing);
  CHECK(result.bad[1].kind == BadKind::kKeyRepeated);
  CHECK(result.bad[1].count == 2);
  CHECK(result.bad[1].examples[0].row == 4);
  CHECK(result.bad[1].examples[0].line == 5);
  CHECK(result.bad[1].examples[0].value == "a");
  CHECK(result.bad[1].message == "2 rows of `account` repeat the key of an earlier row in `id`; give every row its own");
}

TEST_CASE("a row that is not yet known at the clock does not exist, whatever is wrong with it") {
  Folder folder;
  folder.write("a.csv", "id,at,n\n1,2026-01-01T00:00:00Z,1\n1,2026-01-03T00:00:00Z,x\n2,2026-01-02T00:00:00Z,2\n3,bad,3\n4,,4\n");
  TableSpec spec = table("account", "a.csv", {column("id", "int"), column("at", "timestamp?"), column("n", "int")});
  spec.columns[1].is_needed = false;
  spec.known_at = 1;
  LoadOptions options;
  options.clock = 20'455 * kMicrosOfDay;  // 2026-01-02
  const LoadResult result = load(folder, {spec}, options);
  CHECK(shown(spec, result, 0) == "1|2|4");
  CHECK(result.tables[0].not_yet_known == 1);
  CHECK(result.tables[0].rows_read == 5);
  REQUIRE(result.bad.size() == 1);
  CHECK(result.bad[0].column == 1U);
  CHECK(result.bad[0].examples[0].row == 4);
}

TEST_CASE("a date in `known_at` is compared with the clock's local day") {
  Folder folder;
  folder.write("a.csv", "id,at\n1,2026-01-02\n2,2026-01-03\n");
  TableSpec spec = table("account", "a.csv", {column("id", "int"), column("at", "date")});
  spec.known_at = 1;
  const TimeZone berlin = load_time_zone("Europe/Berlin").value();
  LoadOptions options;
  options.clock = 20'456 * kMicrosOfDay - 1;  // a microsecond before 2026-01-03 in UTC, in Berlin that very day
  CHECK(shown(spec, load(folder, {spec}, options), 0) == "1");
  options.zone = &berlin;
  CHECK(shown(spec, load(folder, {spec}, options), 0) == "1|2");
}

TEST_CASE("under `dedupe` exactly equal rows count once, and rows that differ in any column do not") {
  Folder folder;
  folder.write("a.csv", "id\n1\n2\n");
  folder.write("e.csv", "account,kind,tags,n\n1,demo,a;b,1.0\n1,demo,b;a,1\n2,demo,a;b,1\n1,demo,a;b,\n1,demo,a;b,\n1,Demo,a;b,1\n");
  TableSpec events = relation("events", "e.csv", "account", {column("kind", "text"), column("tags", "list<text>"), column("n", "int?")});
  for (ColumnSpec& spec : events.columns) spec.is_needed = false;
  events.columns[0].is_needed = true;
  events.dedupe = true;
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "int")}), events});
  CHECK(shown(events, result, 0, 1) == "demo|demo|demo|Demo");
  CHECK(result.tables[1].repeated == 2);
  CHECK(result.tables[1].bad_rows == 0);
}

TEST_CASE("children are grouped by parent, in their order, and orphans are counted") {
  Folder folder;
  folder.write("a.csv", "id\na\nb\nc\n");
  folder.write("e.csv", "id,account\n0,b\n1,a\n2,x\n3,b\n4,\n5,a\n");
  const TableSpec events = relation("events", "e.csv", "account", {column("id", "int")});
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "text")}), events});
  const Link& link = result.database.tables[1].links.at(0);
  CHECK(children(link, 0) == "1 5");
  CHECK(children(link, 1) == "0 3");
  CHECK(children(link, 2).empty());
  CHECK(link.parent_of == std::vector<RowId>{1, 0, kNoRow, 1, kNoRow, 0});
  CHECK(result.tables[1].orphans == 2);
  CHECK(result.tables[1].bad_rows == 0);
  CHECK(result.database.tables[1].rows == 6);
}

TEST_CASE("a table that lies in the order of its parents needs no list of children") {
  Folder folder;
  folder.write("a.csv", "id\n5\n9\n");
  folder.write("e.csv", "account\n5\n5\n9\n");
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "int")}), relation("events", "e.csv", "account", {})});
  const Link& link = result.database.tables[1].links.at(0);
  CHECK(link.children.empty());
  CHECK(children(link, 0) == "0 1");
  CHECK(children(link, 1) == "2");
}

TEST_CASE("a join column is read in the type of the parent's key, and a cell that does not fit is an orphan's") {
  Folder folder;
  folder.write("a.csv", "id\n7\n1000000000\n");
  folder.write("e.csv", "account\n7.0\nseven\n1000000000\n");
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "int")}), relation("events", "e.csv", "account", {})});
  CHECK(result.database.tables[1].links[0].parent_of == std::vector<RowId>{0, kNoRow, 1});
  CHECK(result.tables[1].orphans == 1);
  CHECK(result.bad.empty());
}

TEST_CASE("with several parents a row is an orphan that names one it does not meet, or has none at all") {
  Folder folder;
  folder.write("a.csv", "id\na\n");
  folder.write("c.csv", "id,account\nc1,a\nc2,gone\n");
  folder.write("e.csv", "account,contact\na,c1\na,\n,c2\na,nobody\n,\ngone,c1\n");
  TableSpec contacts = relation("contacts", "c.csv", "account", {column("id", "text")});
  contacts.key = 0;
  contacts.is_needed = false;  // read for its keys, since events are
  TableSpec events = relation("events", "e.csv", "account", {});
  events.parents.push_back({1, "contact", std::nullopt});
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "text")}), contacts, events});
  CHECK(result.tables[1].orphans == 1);
  CHECK(result.tables[2].orphans == 3);
  CHECK(result.database.tables[2].links[1].parent_of == std::vector<RowId>{0, kNoRow, 1, kNoRow, kNoRow, 0});
}

TEST_CASE("children of rows that are left out are orphans") {
  Folder folder;
  folder.write("a.csv", "id,n\n1,x\n2,2\n");
  folder.write("e.csv", "account\n1\n2\n");
  const LoadResult result =
      load(folder, {table("account", "a.csv", {column("id", "int"), column("n", "int")}), relation("events", "e.csv", "account", {})});
  CHECK(result.tables[1].orphans == 1);
  CHECK(result.database.tables[1].links[0].parent_of == std::vector<RowId>{kNoRow, 0});
}

TEST_CASE("children of rows that do not exist yet are orphans until they do") {
  Folder folder;
  folder.write("a.csv", "id,at\n1,1970-01-01\n2,1970-01-05\n");
  folder.write("e.csv", "account\n1\n2\n");
  TableSpec account = table("account", "a.csv", {column("id", "int"), column("at", "date")});
  account.known_at = 1;
  const std::vector<TableSpec> specs = {account, relation("events", "e.csv", "account", {})};
  LoadOptions options;
  CHECK(load(folder, specs, options).tables[1].orphans == 1);
  options.clock = 4 * kMicrosOfDay;
  CHECK(load(folder, specs, options).tables[1].orphans == 0);
}

TEST_CASE("relations and Parquet know what exists at the clock, to the microsecond") {
  Folder folder;
  folder.write("a.csv", "id\n1\n");
  folder.write("e.csv", "account,at,n\n1,1970-01-02T00:00:00Z,1\n1,1970-01-02T00:00:00.000001Z,2\n1,,3\n");
  TableSpec events = relation("events", "e.csv", "account", {column("at", "timestamp?"), column("n", "int")});
  events.known_at = 0;
  LoadOptions options;
  options.clock = kMicrosOfDay;
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "int")}), events}, options);
  CHECK(shown(events, result, 1, 1) == "1|3");
  CHECK(result.tables[1].not_yet_known == 1);
  CHECK(children(result.database.tables[1].links[0], 0) == "0 1");
}

TEST_CASE("a join column that the schema lists is a column too") {
  Folder folder;
  folder.write("a.csv", "id\na\n");
  folder.write("e.csv", "account\na\nb\n");
  TableSpec events = relation("events", "e.csv", "account", {column("account", "text")});
  events.parents[0].column = 0;
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "text")}), events});
  CHECK(shown(events, result, 0, 1) == "a|b");
  CHECK(result.database.tables[1].links[0].parent_of == std::vector<RowId>{0, kNoRow});
}

TEST_CASE("a reference leads to the row with that key, or nowhere") {
  Folder folder;
  folder.write("a.csv", "id,parent\na,b\nb,\nc,x\n");
  TableSpec account = table("account", "a.csv", {column("id", "text"), column("parent", "text?")});
  account.columns[1].is_needed = false;
  account.references = {{0, 1, true}};
  const LoadResult result = load(folder, {account});
  CHECK(result.database.tables[0].references.at(0) == std::vector<RowId>{1, kNoRow, kNoRow});
}

TEST_CASE("tables that nothing needs are not read") {
  Folder folder;
  folder.write("a.csv", "id\na\n");
  TableSpec events = relation("events", "absent.csv", "account", {column("x", "int")});
  events.is_needed = false;
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "text")}), events});
  CHECK_FALSE(result.tables[1].was_read);
  CHECK(result.tables[1].name == "events");
}

TEST_CASE("columns are as narrow as their values, and padded with zeros") {
  Folder folder;
  folder.write("a.csv", "id,a,b,c,d\n1,127,128,-40000,3000000000\n2,,,,\n");
  const TableSpec spec =
      table("account", "a.csv", {column("id", "int"), column("a", "int?"), column("b", "int?"), column("c", "int?"), column("d", "int?")});
  const LoadResult result = load(folder, {spec});
  const auto& columns = result.database.tables[0].columns;
  CHECK(columns[1].storage == Storage::kInt8);
  CHECK(columns[2].storage == Storage::kInt16);
  CHECK(columns[3].storage == Storage::kInt32);
  CHECK(columns[4].storage == Storage::kInt64);
  CHECK(columns[0].valid.empty());
  CHECK(columns[4].valid.count() == 1);
  CHECK(columns[4].data.size() == 128 * 8);
  for (std::size_t row = 1; row < 128; ++row) CHECK(columns[4].values<std::int64_t>()[row] == 0);
}

}  // namespace
}  // namespace segue::test
