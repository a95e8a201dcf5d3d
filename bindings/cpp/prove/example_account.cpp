// Rows of a CheckedTest → literals → text that is formatted, checked and run like any other rules.
#include "bindings/cpp/prove/example_account.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/format.h"
#include "bindings/cpp/test_database.h"
#include "bindings/cpp/test_literals.h"
#include "compiler/check/dependencies.h"
#include "compiler/interpret/interpret.h"
#include "compiler/syntax/parse.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

constexpr std::string_view kExampleFile = "(example)";

struct ExampleWriter {
  const CheckedProgram& program;
  const CheckedTest& test;
  const Clock& zone;
  std::vector<TableReads> reads;
  bool has_keys = false;
  bool is_writable = true;

  [[nodiscard]] const SchemaTable& schema(TableId id) const { return program.schema.tables[id]; }
};

// ---- values

// The plainest value of a type, for a column that nothing depends on.
std::string plain_literal(const CheckedProgram& program, const Type& type) {
  switch (type.kind) {
    case Kind::kBool: return "false";
    case Kind::kText: return "\"\"";
    case Kind::kDate: return "2026-01-01";
    case Kind::kTimestamp: return "2026-01-01T00:00:00Z";
    case Kind::kList: return "[]";
    case Kind::kEnum: return enum_literal(program.enums[type.enum_id].values.front());
    default: return "0";
  }
}

std::string cell_text(ExampleWriter& writer, const SchemaColumn& column, const TestCell& cell) {
  if (cell.state == TestCell::State::kNotGiven) return column.type.optional ? "missing" : plain_literal(writer.program, column.type);
  if (cell.state == TestCell::State::kMissing) return "missing";
  Type type = column.type;
  if (type.kind == Kind::kList) type.kind = type.element;
  const auto literal = [&](const Constant& value) {
    auto text = constant_literal(writer.program, type, value, *writer.zone.zone);
    writer.is_writable = writer.is_writable && text.has_value();
    return text.value_or("missing");
  };
  if (column.type.kind != Kind::kList) return literal(cell.value);
  std::vector<std::string> elements;
  for (const Constant& element : cell.elements) elements.push_back(literal(element));
  return fmt::format("[{}]", fmt::join(elements, ", "));
}

std::string point_text(ExampleWriter& writer, const SchemaTable& table, const SchemaColumn& column, const TestRow& row) {
  const TestCell& latitude = row.cells[*column.latitude];
  const TestCell& longitude = row.cells[*column.longitude];
  if (latitude.state != TestCell::State::kKnown || longitude.state != TestCell::State::kKnown)
    return column.type.optional ? "missing" : "[0, 0]";
  return fmt::format("[{}, {}]", cell_text(writer, table.columns[*column.latitude], latitude),
                     cell_text(writer, table.columns[*column.longitude], longitude));
}

bool is_join(const SchemaTable& table, ColumnId id) {
  return std::ranges::any_of(table.parents, [&](const ParentLink& link) { return link.column == id; });
}

// What definitions read or the claim gave; keys only where they were given.
bool is_stated(const ExampleWriter& writer, TableId table, ColumnId id, const TestRow& row) {
  const SchemaTable& schema = writer.schema(table);
  const SchemaColumn& column = schema.columns[id];
  if (column.form == ColumnForm::kCoordinate || is_join(schema, id)) return false;
  const auto is_given = [&](ColumnId each) { return row.cells[each].state != TestCell::State::kNotGiven; };
  const bool is_needed = writer.has_keys || writer.reads[table].columns[id] || writer.test.tables[kAccountTable].size() > 1;
  if (schema.key == id) return is_given(id) && is_needed;
  const auto is_read = [&](ColumnId each) { return writer.reads[table].columns[each] || is_given(each); };
  return column.form == ColumnForm::kPoint ? is_read(*column.latitude) || is_read(*column.longitude) || is_read(id) : is_read(id);
}

// ---- rows

bool belongs_to(const TestRow& row, std::size_t link, std::uint32_t parent) { return row.parents[link] == parent; }

// Whether a row of the account stands in a row that is nested in the account, and so is not written beside it.
bool stands_deeper(const ExampleWriter& writer, TableId table, const TestRow& row) {
  for (std::size_t link = 0; link < row.parents.size(); ++link) {
    if (writer.schema(table).parents[link].table != kAccountTable && row.parents[link]) return true;
  }
  return false;
}

bool has_rows_to_say(const ExampleWriter& writer, TableId child, std::size_t link) {
  if (writer.reads[child].parents[link]) return true;
  return std::ranges::any_of(writer.test.tables[child], [&](const TestRow& row) { return row.parents[link].has_value(); });
}

// Relations nest as deep as the schema's parents do, which is no circle.
ExampleRow shown_row(ExampleWriter& writer, TableId table, std::uint32_t at) {
  const TestRow& row = writer.test.tables[table][at];
  const SchemaTable& schema = writer.schema(table);
  ExampleRow shown;
  for (ColumnId id = 0; id < schema.columns.size(); ++id) {
    if (!is_stated(writer, table, id, row)) continue;
    const SchemaColumn& column = schema.columns[id];
    std::string text =
        column.form == ColumnForm::kPoint ? point_text(writer, schema, column, row) : cell_text(writer, column, row.cells[id]);
    shown.fields.push_back({.name = written_name(column.name), .text = std::move(text), .is_relation = false, .rows = {}});
  }
  for (TableId child = 0; child < writer.program.schema.tables.size(); ++child) {
    const SchemaTable& related = writer.schema(child);
    for (std::size_t link = 0; link < related.parents.size(); ++link) {
      if (related.parents[link].table != table || !has_rows_to_say(writer, child, link)) continue;
      ExampleField field{.name = written_name(related.name), .text = {}, .is_relation = true, .rows = {}};
      for (std::uint32_t i = 0; i < writer.test.tables[child].size(); ++i) {
        const TestRow& nested = writer.test.tables[child][i];
        if (!belongs_to(nested, link, at) || (table == kAccountTable && stands_deeper(writer, child, nested))) continue;
        field.rows.push_back(shown_row(writer, child, i));
      }
      shown.fields.push_back(std::move(field));
    }
  }
  return shown;
}

std::string field_text(const ExampleField& field) {
  if (!field.is_relation) return fmt::format("{}: {}", field.name, field.text);
  std::vector<std::string> rows;
  for (const ExampleRow& row : field.rows) rows.push_back(fmt::format("{{{}}}", row_line(row)));
  return fmt::format("{}: [{}]", field.name, fmt::join(rows, ", "));
}

// A bare date where the clock is the end of that local day.
std::string clock_of_example(std::int64_t clock, const Clock& zone) {
  const std::int64_t day = local_day_of(*zone.zone, clock);
  return clock == clock_at_end_of_day(day, *zone.zone, zone.rules).now ? print_date(day) : print_timestamp_utc(clock);
}

}  // namespace

std::optional<ShownExample> shown_example(const CheckedProgram& program, std::span<const DefinitionId> roots, const ExampleAccount& example,
                                          const Clock& zone, bool has_keys) {
  ExampleWriter writer{
      .program = program, .test = example.test, .zone = zone, .reads = columns_read(program, roots, ReadsOf::kText), .has_keys = has_keys};
  ShownExample shown{.clock = clock_of_example(example.test.clock, zone), .reads_clock = example.reads_clock, .names = {}, .accounts = {}};
  const auto accounts = static_cast<std::uint32_t>(example.test.tables[kAccountTable].size());
  for (std::uint32_t i = 0; i < accounts; ++i) {
    shown.accounts.push_back(shown_row(writer, kAccountTable, i));
    if (accounts > 1) shown.names.push_back(i == 0 ? "tested" : fmt::format("other_{}", i));
  }
  return writer.is_writable ? std::optional(std::move(shown)) : std::nullopt;
}

std::string row_line(const ExampleRow& row) {
  std::vector<std::string> fields;
  for (const ExampleField& field : row.fields) fields.push_back(field_text(field));
  return fmt::format("{}", fmt::join(fields, ", "));
}

std::optional<std::string> example_test(const ShownExample& example, std::string_view title, std::string_view expected, bool has_clock) {
  std::string text = fmt::format("test {} {{\n", quoted_text(title));
  if (has_clock) text += fmt::format("  as of {}\n", example.clock);
  for (std::size_t i = 0; i < example.accounts.size(); ++i) {
    const std::string name = example.names.empty() ? std::string() : example.names[i] + " ";
    text += fmt::format("  account {}{{{}}}\n", name, row_line(example.accounts[i]));
  }
  text += fmt::format("  expect {}{}\n}}\n", example.names.empty() ? "" : "tested: ", expected);
  FormattedRules rules = format_rules(std::string(kExampleFile), std::move(text));
  return std::move(rules.text);
}

std::optional<bool> outcome_of_test(const OpenedProject& project, const OpenOptions& opening, const std::string& test) {
  OpenOptions with_test = opening;
  with_test.further_rules = NamedText{std::string(kExampleFile), test};
  with_test.warns = false;
  with_test.profile = nullptr;
  const auto opened = open_project(project.root / project.checked->workspace.project_file, with_test);
  if (!opened || opened->has_errors()) return std::nullopt;
  const CheckedTests& tests = opened->checked->check.tests;
  const auto is_ours = [&](const CheckedTest& each) { return source_of(opened->sources, each.title_span.source).path == kExampleFile; };
  const auto found = std::ranges::find_if(tests.tests, is_ours);
  if (found == tests.tests.end()) return std::nullopt;
  const TestTables tables = test_database(tests.program.schema, *found);
  std::vector<DefinitionId> roots;
  for (const TestClaim& claim : found->claims) roots.push_back(claim.definition);
  const auto results = interpret(tests.program, tables.database, clock_of(*opened->checked, found->clock), roots);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (!results->definitions[i].members.test(tables.rows[kAccountTable][found->claims[i].account])) return false;
  }
  return true;
}

std::string sound_test(const OpenedProject& project, const OpenOptions& opening, const ShownExample& example, std::string_view title,
                       std::string_view expected, bool passes) {
  for (const bool has_clock : {false, true}) {
    if (!has_clock && example.reads_clock) continue;
    const auto text = example_test(example, title, expected, has_clock);
    if (text && outcome_of_test(project, opening, *text) == passes) return *text;
  }
  return {};
}

}  // namespace segue
