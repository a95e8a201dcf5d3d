// What a schema says, as data.
#include "compiler/schema/schema.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

namespace segue {
namespace {

SchemaResult load_schema_text(std::string text) { return load_schema(make_source("schema.yaml", std::move(text)), SourceId{0}); }

Schema base_schema() {
  std::ifstream in(std::filesystem::path(SEGUE_SOURCE_DIR) / "tests/golden/schema/base.yaml");
  SchemaResult result = load_schema_text({std::istreambuf_iterator<char>(in), {}});
  REQUIRE(result.diagnostics.empty());
  return std::move(result.schema);
}

// A schema of one account column, written as in the argument.
SchemaColumn column(const std::string& text) {
  SchemaResult result = load_schema_text("account:\n  key: id\n  columns:\n    id: text\n    x: " + text + "\n");
  REQUIRE(result.diagnostics.empty());
  return result.schema.tables[0].columns[1];
}

const SchemaColumn& named(const SchemaTable& table, std::string_view name) { return table.columns[find_column(table, name).value()]; }

TEST_CASE("tables stand in order: the account, then the relations as declared") {
  const Schema schema = base_schema();
  std::vector<std::string> names;
  for (const SchemaTable& table : schema.tables) names.push_back(table.name);
  CHECK(names == std::vector<std::string>{"account", "contacts", "events", "opportunities", "logins"});
  CHECK(find_table(schema, "events") == 2u);
  CHECK_FALSE(find_table(schema, "event"));
  CHECK(children_of(schema, 0) == std::vector<TableId>{1, 2, 3});
  CHECK(children_of(schema, 1) == std::vector<TableId>{2, 4});
}

TEST_CASE("keys, times and parents are resolved") {
  const Schema schema = base_schema();
  const SchemaTable& events = schema.tables[2];
  CHECK(events.columns[events.key.value()].name == "event_id");
  CHECK(events.columns[events.time.value()].name == "occurred_at");
  CHECK(events.dedupe);
  CHECK_FALSE(schema.tables[1].dedupe);
  REQUIRE(events.parents.size() == 2);
  CHECK(events.parents[0].table == kAccountTable);
  CHECK(events.parents[0].from == "account_id");
  CHECK_FALSE(events.parents[0].column);
  CHECK(events.parents[1].table == 1);
  CHECK(key_type(schema, events.parents[1]).kind == Kind::kText);
  const SchemaTable& opportunities = schema.tables[3];
  CHECK(opportunities.columns[opportunities.known_at.value()].name == "created_at");
  CHECK_FALSE(schema.tables[4].key);
}

TEST_CASE("a reference leads from a column to a table") {
  const Schema schema = base_schema();
  const SchemaTable& account = schema.tables[0];
  REQUIRE(find_reference(account, "parent") == 0u);
  CHECK(account.references[0].to == kAccountTable);
  CHECK(account.columns[account.references[0].by].name == "parent_id");
  CHECK_FALSE(find_reference(account, "owner"));
}

TEST_CASE("columns carry their type and the way they are read") {
  const Schema schema = base_schema();
  const SchemaTable& account = schema.tables[0];
  CHECK(named(account, "domain").type.folded);
  CHECK_FALSE(named(account, "name").type.folded);
  CHECK(named(account, "industry").type.optional);
  CHECK(schema.enum_types[named(account, "industry").type.enum_id].values.front() == "Software");
  CHECK(named(account, "employees").type == Type{.kind = Kind::kInt, .optional = true});
  CHECK(named(account, "annual_revenue").type == Type{.kind = Kind::kDecimal, .scale = 2, .optional = true});
  CHECK(named(account, "annual_revenue").from == "Annual Revenue");
  CHECK(named(account, "annual_revenue").unit == "EUR");
  CHECK(named(account, "technologies").type == Type{.kind = Kind::kList, .element = Kind::kText});
  CHECK(named(account, "technologies").separator == ";");
  CHECK(named(account, "customer").true_values == std::vector<std::string>{"Yes", "1"});
  CHECK(named(account, "location").form == ColumnForm::kPoint);
  CHECK(named(account, "location").latitude_from == "hq_lat");
  CHECK(named(account, "location").accepts_missing);
  CHECK(named(account, "ownership").data_class == DataClass::kProtected);
  const SchemaColumn& amount = named(schema.tables[3], "amount");
  CHECK(amount.form == ColumnForm::kMoney);
  CHECK(amount.type.kind == Kind::kDecimal);
  CHECK(amount.type.scale == 2);
  CHECK(amount.currency_from == "currency_code");
}

TEST_CASE("enums with the same values, order and folding are one type") {
  const SchemaResult result = load_schema_text(
      "account:\n  key: id\n  columns:\n    id: text\n    a: {type: enum, values: [x, y]}\n    b: {type: enum, values: [x, y]}\n"
      "    c: {type: enum, values: [y, x]}\n    d: {type: enum, values: [x, y], ordered: true}\n"
      "    e: {type: enum, values: [x, y], case: insensitive}\n    f: {type: list<enum>, values: [x, y]}\n");
  REQUIRE(result.diagnostics.empty());
  const std::vector<SchemaColumn>& columns = result.schema.tables[0].columns;
  CHECK(result.schema.enum_types.size() == 4);
  CHECK(columns[1].type.enum_id == columns[2].type.enum_id);
  CHECK(columns[1].type.enum_id == columns[6].type.enum_id);
  CHECK(columns[1].type.enum_id != columns[3].type.enum_id);
  CHECK(result.schema.enum_types[columns[1].type.enum_id].name == "a");
  CHECK(result.schema.enum_types[columns[5].type.enum_id].folded);
}

TEST_CASE("plain scalars are text: NO is Norway, and null is a name") {
  const SchemaResult result = load_schema_text(
      "account:\n  key: id\n  columns:\n    id: text\n    null: int\n    NO: int\n    country: {type: enum, values: [NO, null, ~, 1.0, "
      "0x10, yes, NULL]}\n");
  REQUIRE(result.diagnostics.empty());
  CHECK(find_column(result.schema.tables[0], "null"));
  CHECK(find_column(result.schema.tables[0], "NO"));
  CHECK(result.schema.enum_types[0].values == std::vector<std::string>{"NO", "null", "~", "1.0", "0x10", "yes", "NULL"});
}

TEST_CASE("a column whose bad values become missing may be missing, but does not accept missing cells") {
  const SchemaColumn read = column("{type: int, on_bad: missing}");
  CHECK(read.type.optional);
  CHECK_FALSE(read.accepts_missing);
  CHECK(read.bad_is_missing);
}

TEST_CASE("who states one side of a bool's words leaves the other as it is") {
  const SchemaColumn read = column("{type: bool, true_values: [yes]}");
  CHECK(read.true_values == std::vector<std::string>{"yes"});
  CHECK(read.false_values == std::vector<std::string>{"false", "False", "FALSE"});
}

TEST_CASE("a join column that is listed is read under its name in the data") {
  const SchemaResult result = load_schema_text(
      "account: {key: id, columns: {id: int}}\n"
      "relations:\n  contacts: {of: account, on: account_id, columns: {account_id: {type: int, from: Account, optional: true}}}\n");
  REQUIRE(result.diagnostics.empty());
  const ParentLink& link = result.schema.tables[1].parents[0];
  CHECK(link.from == "Account");
  CHECK(link.column == ColumnId{0});
  CHECK(key_type(result.schema, link) == Type{.kind = Kind::kInt});
}

TEST_CASE("a key with insensitive case is read as it stands: keys never fold") {
  const SchemaResult result = load_schema_text(
      "account: {key: id, columns: {id: {type: text, case: insensitive}}}\n"
      "relations: {contacts: {of: account, on: account_id, columns: {}}}\n");
  REQUIRE(result.diagnostics.empty());
  CHECK(result.schema.tables[0].columns[0].type.folded);
  CHECK_FALSE(key_type(result.schema, result.schema.tables[1].parents[0]).folded);
}

TEST_CASE("money and points find the columns beside them under their names in the data") {
  const SchemaResult result = load_schema_text(
      "account:\n  key: id\n  columns:\n    id: text\n    amount: {type: money, currency: cur, digits: 0}\n    cur: {type: text, from: "
      "Currency}\n"
      "    place: {type: point, lat: la, lon: longitude}\n    la: {type: float, from: Latitude}\n");
  REQUIRE(result.diagnostics.empty());
  const SchemaTable& account = result.schema.tables[0];
  CHECK(named(account, "amount").currency_from == "Currency");
  CHECK(named(account, "amount").type.scale == 0);
  CHECK(named(account, "place").latitude_from == "Latitude");
  CHECK(named(account, "place").longitude_from == "longitude");
  CHECK(named(account, "amount").type.optional);  // its currency may have no rate
  CHECK_FALSE(named(account, "amount").accepts_missing);
}

TEST_CASE("a point has two hidden columns behind those that the schema names") {
  const SchemaResult result = load_schema_text(
      "account:\n  key: id\n  columns:\n    place: {type: point, lat: Lat, lon: Lon, on_bad: missing}\n    id: text\n"
      "    home: {type: point, lat: a, lon: b, optional: true, class: personal}\n");
  REQUIRE(result.diagnostics.empty());
  const SchemaTable& account = result.schema.tables[0];
  REQUIRE(account.columns.size() == 7);
  CHECK(account.columns[0].latitude == 3U);
  CHECK(account.columns[0].longitude == 4U);
  CHECK(account.columns[2].latitude == 5U);
  const SchemaColumn& latitude = account.columns[3];
  CHECK(latitude.form == ColumnForm::kCoordinate);
  CHECK(latitude.name == "place.latitude");
  CHECK(latitude.from == "Lat");
  CHECK(latitude.type.kind == Kind::kFloat);
  CHECK(latitude.type.optional);
  CHECK_FALSE(latitude.accepts_missing);
  CHECK(latitude.bad_is_missing);
  CHECK(latitude.point == 0U);
  CHECK(account.columns[6].data_class == DataClass::kPersonal);
  CHECK(account.columns[6].accepts_missing);
  CHECK_FALSE(find_column(account, "place.latitude"));
  CHECK(column_names(account) == std::vector<std::string>{"place", "id", "home"});
}

TEST_CASE("an empty schema is an error at its start") {
  for (const std::string text : {"", "\n\n", "# nothing\n", "---\n", "\xEF\xBB\xBF"}) {
    const SchemaResult result = load_schema_text(text);
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].kind == DiagnosticKind::kMissingKey);
  }
}

TEST_CASE("of very many errors the first hundred are told, and how many follow") {
  std::string text = "account:\n  key: id\n  columns:\n    id: text\n";
  for (int i = 0; i < 150; ++i) text += "    c" + std::to_string(i) + ": txt\n";
  const SchemaResult result = load_schema_text(text);
  REQUIRE(result.diagnostics.size() == 100);
  CHECK(result.diagnostics.front().message == "unknown type `txt`; did you mean `text`?");
  CHECK(result.diagnostics.back().notes.back().message == "50 more follow in this file; mend these first");
}

TEST_CASE("long chains of relations and many columns take linear time") {
  std::string text = "account: {key: id, columns: {id: text}}\nrelations:\n";
  std::string parent = "account";
  for (int i = 0; i < 5000; ++i) {
    const std::string name = "r" + std::to_string(i);
    text += "  " + name + ": {of: " + parent + ", on: p, key: id, columns: {id: text}}\n";
    parent = name;
  }
  const SchemaResult result = load_schema_text(text);
  CHECK(result.diagnostics.empty());
  CHECK(result.schema.tables.size() == 5001);
}

}  // namespace
}  // namespace segue
