// A real account as a `test`: its rows are written, checked like any rules, and asked once more, so that what is expected is what the test gives.
#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/find_account.h"
#include "bindings/cpp/format.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/test.h"
#include "bindings/cpp/test_database.h"
#include "bindings/cpp/test_literals.h"
#include "compiler/check/dependencies.h"
#include "compiler/check/walk.h"
#include "compiler/interpret/explain.h"
#include "compiler/syntax/parse.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

constexpr std::string_view kFileName = "(new test)";

// What is written, and what is met on the way.
struct Writer {
  const CheckedProject& project;
  const CheckedProgram& program;
  const Database& database;
  std::vector<TableReads> reads;                        // what the text of the definition names
  std::vector<bool> keys;                               // by table: whether its key is written
  std::size_t reference_depth = 0;                      // how far references are followed
  std::vector<std::pair<RowId, std::size_t>> accounts;  // to be written, with how many references lead there; the account itself first
  std::set<std::string> personal;                       // columns with personal data that are written
  std::optional<std::string> unwritable;

  [[nodiscard]] const SchemaTable& schema(TableId id) const { return program.schema.tables[id]; }
};

// ---- what is read

// `parent.parent.customer` follows two references.
std::size_t longest_reference(const CheckedProgram& program) {
  std::size_t longest = 0;
  for (const Expr& expr : program.exprs) {
    if (const auto* read = std::get_if<ReferenceRead>(&expr.node)) longest = std::max(longest, read->references.size());
  }
  return longest;
}

// Tables whose keys settle ties, or are what references name; and the account's always.
std::vector<bool> tables_with_keys(const CheckedProgram& program, const std::vector<TableReads>& reads) {
  std::vector<bool> keys(program.schema.tables.size());
  keys[kAccountTable] = true;
  for (const Expr& expr : program.exprs) {
    const auto* aggregate = std::get_if<Aggregate>(&expr.node);
    if (aggregate != nullptr && (aggregate->fn == AggregateFn::kLatest || aggregate->fn == AggregateFn::kEarliest))
      keys[program.frame(aggregate->rows).table] = true;
    if (const auto* top = std::get_if<TopOf>(&expr.node)) keys[program.frame(program.definition(top->candidates).frame).table] = true;
  }
  for (TableId id = 0; id < reads.size(); ++id) {
    const std::vector<SchemaReference>& references = program.schema.tables[id].references;
    for (std::size_t i = 0; i < references.size(); ++i) {
      if (reads[id].references[i]) keys[references[i].to] = true;
    }
  }
  return keys;
}

bool is_join_column(const SchemaTable& table, ColumnId id) {
  return std::ranges::any_of(table.parents, [&](const ParentLink& link) { return link.column == id; });
}

bool is_written(const Writer& writer, TableId table, ColumnId id) {
  const SchemaTable& schema = writer.schema(table);
  const SchemaColumn& column = schema.columns[id];
  if (column.form == ColumnForm::kCoordinate || is_join_column(schema, id)) return false;
  if (schema.key == id && writer.keys[table]) return true;
  return writer.reads[table].columns[id] || (column.latitude && writer.reads[table].columns[*column.latitude]);
}

// ---- rows

std::optional<std::string> point_literal(const Table& table, const SchemaColumn& column, RowId row) {
  const Column& latitude = table.columns[*column.latitude];
  const Column& longitude = table.columns[*column.longitude];
  if (!latitude.is_known(row) || !longitude.is_known(row)) return "missing";
  const auto lat = float_literal(latitude.float_at(row));
  const auto lon = float_literal(longitude.float_at(row));
  return lat && lon ? std::optional(fmt::format("[{}, {}]", *lat, *lon)) : std::nullopt;
}

void write_columns(Writer& writer, TableId id, RowId row, std::vector<std::string>& fields) {
  const SchemaTable& schema = writer.schema(id);
  const Table& table = writer.database.tables[id];
  for (ColumnId column = 0; column < schema.columns.size(); ++column) {
    if (!is_written(writer, id, column)) continue;
    const SchemaColumn& from = schema.columns[column];
    const auto literal = from.form == ColumnForm::kPoint ? point_literal(table, from, row)
                                                         : cell_literal(writer.program, table.columns[column], row, writer.project.zone);
    if (!literal) writer.unwritable = from.name;
    if (from.data_class == DataClass::kPersonal || from.data_class == DataClass::kSensitive)
      writer.personal.insert(fmt::format("`{}` of `{}`", from.name, schema.name));
    fields.push_back(fmt::format("{}: {}", written_name(from.name), literal.value_or("missing")));
  }
}

// The account that a row belongs to, through the parents that are read.
RowId account_of(const Writer& writer, TableId table, RowId row) {
  while (table != kAccountTable && row != kNoRow) {
    const std::vector<bool>& parents = writer.reads[table].parents;
    const auto link = static_cast<std::size_t>(std::ranges::find(parents, true) - parents.begin());
    if (link == parents.size()) return kNoRow;
    row = writer.database.tables[table].links[link].parent_of[row];
    table = writer.schema(table).parents[link].table;
  }
  return row;
}

// Whether a row of the account stands in a row that is nested in the account, and so is not written beside it.
bool is_nested_deeper(const Writer& writer, TableId table, RowId row, RowId account) {
  for (std::size_t link = 0; link < writer.schema(table).parents.size(); ++link) {
    const TableId parent = writer.schema(table).parents[link].table;
    if (parent == kAccountTable || !writer.reads[table].parents[link]) continue;
    const RowId above = writer.database.tables[table].links[link].parent_of[row];
    if (above != kNoRow && account_of(writer, parent, above) == account) return true;
  }
  return false;
}

void follow_references(Writer& writer, TableId id, RowId row, std::size_t depth) {
  const std::vector<SchemaReference>& references = writer.schema(id).references;
  for (std::size_t i = 0; i < references.size() && depth < writer.reference_depth; ++i) {
    if (!writer.reads[id].references[i] || references[i].to != kAccountTable) continue;
    const RowId target = writer.database.tables[id].references[i][row];
    const auto is_target = [&](const auto& account) { return account.first == target; };
    if (target != kNoRow && std::ranges::none_of(writer.accounts, is_target)) writer.accounts.emplace_back(target, depth + 1);
  }
}

// Relations nest as deep as the schema's parents do, which is no circle.
std::string row_text(Writer& writer, TableId id, RowId row, std::size_t depth) {
  std::vector<std::string> fields;
  write_columns(writer, id, row, fields);
  follow_references(writer, id, row, depth);
  for (TableId child = 0; child < writer.reads.size(); ++child) {
    for (std::size_t l = 0; l < writer.schema(child).parents.size(); ++l) {
      if (writer.schema(child).parents[l].table != id || !writer.reads[child].parents[l]) continue;
      const Link& link = writer.database.tables[child].links[l];
      std::string rows;
      for (std::uint64_t i = link.offsets[row]; i < link.offsets[row + 1]; ++i) {
        const RowId nested = link.child(i);
        if (id == kAccountTable && is_nested_deeper(writer, child, nested, row)) continue;
        rows += (rows.empty() ? "" : ", ") + row_text(writer, child, nested, depth);
      }
      fields.push_back(fmt::format("{}: [{}]", written_name(writer.schema(child).name), rows));
    }
  }
  return fmt::format("{{{}}}", fmt::join(fields, ", "));
}

// ---- what is expected

// `contacts.logins`: the relation of an audience from the account on.
std::string relation_path(const CheckedProgram& program, FrameId frame) {
  std::vector<std::string> names;
  for (; frame != kAccountFrame; frame = program.frame(frame).outer)
    names.push_back(written_name(program.schema.tables[program.frame(frame).table].name));
  std::ranges::reverse(names);
  return fmt::format("{}", fmt::join(names, "."));
}

std::optional<std::string> value_literal(const TraceValue& value) {
  const auto* scalar = std::get_if<TraceScalar>(&value.data);
  if (scalar == nullptr) return std::nullopt;
  if (value.kind == Kind::kFloat) {
    const auto* real = std::get_if<double>(scalar);
    return real == nullptr ? std::nullopt : float_literal(*real);
  }
  if (value.kind == Kind::kEnum) return enum_literal(std::get<std::string>(*scalar));
  if (value.kind == Kind::kDays || value.kind == Kind::kMonths || value.kind == Kind::kSpan) return std::nullopt;
  return value.shown;
}

std::string expectation_of_value(const std::string& name, const TraceValue& value) {
  if (value.missing) return fmt::format("{} is missing", name);
  if (value.kind == Kind::kBool) return std::get<bool>(std::get<TraceScalar>(value.data)) ? name : fmt::format("not {}", name);
  const auto literal = value_literal(value);
  return literal ? fmt::format("{} = {}", name, *literal) : fmt::format("{} is known", name);
}

struct Asked {
  const CheckedProgram& program;
  const Database& database;
  DefinitionId definition{};
  RowId account = 0;
};

// What the definition answers for the account, as an `expect` says it.
std::expected<std::string, Failure> expectation(const OpenedProject& project, const Asked& asked, const EvaluateOptions& options) {
  const CheckedProject& checked = *project.checked;
  const Definition& definition = asked.program.definition(asked.definition);
  const std::string name = written_name(definition.name);
  if (definition.kind != DefinitionKind::kAudience) {
    const Clock clock = clock_of(checked, options.data.clock);
    return expectation_of_value(name,
                                explain(asked.program, asked.database, clock, project.sources, asked.definition, asked.account).value);
  }
  const auto results = run_engine(checked, asked.program, asked.database, std::array{asked.definition}, options);
  if (!results) return std::unexpected(results.error());
  const std::vector<RowId> accounts = accounts_of_rows(asked.program, asked.database, definition.frame);
  std::size_t count = 0;
  for (std::size_t row = 0; row < accounts.size(); ++row)
    count += accounts[row] == asked.account && results->definitions[0].members.test(row);
  return fmt::format("count({} where {}) = {}", relation_path(asked.program, definition.frame), name, count);
}

// ---- the test

std::string clock_literal(const CheckedProject& project, std::int64_t clock) {
  const std::int64_t day = local_day_of(project.zone, clock);
  return clock == clock_at_end_of_day(day, project.zone, project.rules).now ? print_date(day) : print_timestamp_utc(clock);
}

// The accounts' text; the same however often it is asked.
std::string accounts_text(Writer& writer) {
  std::string text;
  for (std::size_t i = 0; i < writer.accounts.size(); ++i) {
    const auto [row, depth] = writer.accounts[i];
    const std::string record = row_text(writer, kAccountTable, row, depth);
    text += fmt::format("  account {} {}\n", i == 0 ? std::string("tested") : fmt::format("referenced_{}", i), record);
  }
  if (writer.accounts.size() == 1) text.replace(text.find(" tested"), std::string_view(" tested").size(), "");
  return text;
}

std::expected<std::string, Failure> formatted(const std::string& title, const std::string& clock, const std::string& accounts,
                                              const std::string& expected, bool is_named) {
  const FormattedRules rules =
      format_rules(std::string(kFileName), fmt::format("test {} {{\n  as of {}\n{}  expect {}{}\n}}\n", quoted_text(title), clock, accounts,
                                                       is_named ? "tested: " : "", expected));
  if (rules.text) return *rules.text;
  return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure,
                                    fmt::format("the account cannot be written as a test: {}", rules.diagnostics.front().message)));
}

// The project with the new test in it.
std::expected<OpenedProject, Failure> opened_with(const OpenedProject& project, OpenOptions opening, const std::string& text) {
  opening.further_rules = NamedText{std::string(kFileName), text};
  opening.warns = false;
  auto opened = open_project(project.root / project.checked->workspace.project_file, opening);
  if (!opened || !opened->has_errors()) return opened;
  return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure,
                                    fmt::format("the account cannot be written as a test: {}", opened->diagnostics.front().message)));
}

// What the definition answers inside the test.
std::expected<std::string, Failure> expectation_in_test(const OpenedProject& opened, const std::string& name, std::int64_t clock) {
  const CheckedTests& tests = opened.checked->check.tests;
  const auto is_new = [&](const CheckedTest& test) { return source_of(opened.sources, test.title_span.source).path == kFileName; };
  const auto test = std::ranges::find_if(tests.tests, is_new);
  const auto definition = std::ranges::find(tests.program.definitions, name, &Definition::name);
  const TestTables tables = test_database(tests.program.schema, *test);
  const auto id = static_cast<DefinitionId>(definition - tests.program.definitions.begin());
  EvaluateOptions options{.data = {.clock = clock, .sources = {}, .progress = {}}, .names = {}, .engine = Engine::kInterpreter};
  return expectation(opened, {tests.program, tables.database, id, tables.rows[kAccountTable][test->claims.front().account]}, options);
}

Diagnostic remark(std::string message) { return make_diagnostic(DiagnosticKind::kTestFromData, {}, std::move(message)); }

void add_remarks(const Writer& writer, const std::string& in_data, const std::string& in_test, NewTest& made) {
  if (!writer.personal.empty()) {
    made.diagnostics.push_back(
        remark(fmt::format("the test holds personal data: {}; write other values before you share it", fmt::join(writer.personal, ", "))));
  }
  if (in_data == in_test) return;
  made.diagnostics.push_back(remark(fmt::format(
      "on all data it is `{}`; the test expects `{}`, because it has this account only, and ranks and shares are among its accounts",
      in_data, in_test)));
}

Writer writer_of(const CheckedProject& project, const Database& database, DefinitionId definition, RowId account) {
  const CheckedProgram& program = project.program();
  Writer writer{.project = project,
                .program = program,
                .database = database,
                .reads = columns_read(program, std::array{definition}, ReadsOf::kText),
                .keys = {},
                .reference_depth = longest_reference(program),
                .accounts = {{account, 0}},
                .personal = {},
                .unwritable = {}};
  writer.keys = tables_with_keys(program, writer.reads);
  return writer;
}

}  // namespace

std::expected<NewTest, Failure> new_test(const OpenedProject& project, const OpenOptions& opening, std::string_view name,
                                         std::string_view key, const DataOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto definition = explained_definition(project, name);
  if (!definition) return std::unexpected(definition.error());
  const CheckedProject& checked = *project.checked;
  auto data = load_data(checked, options, needed_columns(checked.program(), std::span(&*definition, 1)));
  if (!data) return std::unexpected(std::move(data.error()));
  const auto account = find_account(checked, *data->database, key, options);
  if (!account) return std::unexpected(account.error());
  const auto in_data = expectation(project, {checked.program(), *data->database, *definition, *account}, {.data = options, .names = {}});
  if (!in_data) return std::unexpected(in_data.error());

  Writer writer = writer_of(checked, *data->database, *definition, *account);
  const std::string accounts = accounts_text(writer);
  if (writer.unwritable) {
    return std::unexpected(failure_of(FailureKind::kRules, DiagnosticKind::kInvalidTest,
                                      fmt::format("a value of `{}` is not one that rules can write", *writer.unwritable)));
  }
  const std::string title = fmt::format("{}: {}", name, key);
  const std::string clock = clock_literal(checked, options.clock);
  const bool is_named = writer.accounts.size() > 1;
  const auto draft = formatted(title, clock, accounts, *in_data, is_named);
  if (!draft) return std::unexpected(draft.error());
  const auto opened = opened_with(project, opening, *draft);
  if (!opened) return std::unexpected(opened.error());
  const auto in_test = expectation_in_test(*opened, std::string(name), options.clock);
  if (!in_test) return std::unexpected(in_test.error());
  const auto text = formatted(title, clock, accounts, *in_test, is_named);
  if (!text) return std::unexpected(text.error());
  NewTest made{.text = *text, .diagnostics = std::move(data->diagnostics), .tables = std::move(data->tables)};
  add_remarks(writer, *in_data, *in_test, made);
  return made;
}

}  // namespace segue
