// The record at hand is rows behind those that references lead to, in the same tables; it is taken away before the next one comes.
#include "bindings/cpp/account.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/row_cells.h"
#include "compiler/account/program.h"
#include "compiler/account/run.h"

namespace segue {

struct AccountEvaluator::State {
  std::shared_ptr<const CheckedProject> project;
  std::shared_ptr<const AccountProgram> program;
  std::vector<std::size_t> definitions, left_out;
  RowTables tables;
  AccountRun run;
  // Where the record begins: rows, buckets and the bytes of texts.
  std::vector<std::size_t> first_row, first_bucket;
  std::size_t pool_bytes = 0;
  std::vector<std::vector<AccountRow>> parents;  // by table, by row of the record: the row around it

  [[nodiscard]] const Schema& schema() const { return project->schema(); }
  void note_lookups() {
    first_row.clear(), first_bucket.clear();
    for (const RowTable& table : tables.tables) first_row.push_back(table.size()), first_bucket.push_back(table.keys.size());
    pool_bytes = tables.pools.bytes();
  }
  void take_record();
  void find_targets();
  [[nodiscard]] RowId target(const SchemaReference& reference, std::int64_t key) const;
};

namespace {

constexpr std::size_t kSpareBytes = std::size_t{16} << 20;  // of texts of accounts gone by

Failure not_alone(const OpenedProject& project, const std::vector<std::size_t>& definitions) {
  Failure failure{.kind = FailureKind::kCall, .diagnostics = {}, .tables = {}};
  for (const std::size_t index : definitions) {
    const std::string message = fmt::format(
        "`{}` compares accounts with one another (`top`, `percentile`), which one account alone cannot answer; evaluate the whole table, "
        "or follow it",
        project.definitions[index].name);
    failure.diagnostics.push_back(make_diagnostic(DiagnosticKind::kUnknownDefinition, {}, message));
  }
  return failure;
}

// Splits the definitions asked for into those that one account can answer and the others.
std::pair<std::vector<std::size_t>, std::vector<std::size_t>> split_definitions(const CheckedProgram& program,
                                                                                const std::vector<std::size_t>& asked) {
  std::pair<std::vector<std::size_t>, std::vector<std::size_t>> parts;
  const bool has_any = std::ranges::any_of(program.exprs, [](const Expr& expr) {
    return std::holds_alternative<TopOf>(expr.node) || std::holds_alternative<Percentile>(expr.node);
  });
  for (const std::size_t index : asked) {
    const bool is_alone = !has_any || population_levels(program, {program.results[index]}).empty();
    (is_alone ? parts.first : parts.second).push_back(index);
  }
  return parts;
}

KeptColumns kept_of(const Plan& plan, const Schema& schema) {
  KeptColumns kept = no_columns(schema);
  add_kept_columns(plan, schema, kept);
  for (std::size_t table = 0; table < schema.tables.size(); ++table) {
    for (std::size_t i = 0; i < schema.tables[table].references.size(); ++i) {
      const SchemaReference& reference = schema.tables[table].references[i];
      if (!kept.references[table][i]) continue;
      kept.columns[table][reference.by] = true;
      kept.columns[reference.to][*schema.tables[reference.to].key] = true;
    }
  }
  return kept;
}

// The tables that references lead to; of those on the way the columns that lead on.
std::expected<RowTables, Failure> read_lookups(const CheckedProject& project, const KeptColumns& kept, const DataOptions& options) {
  std::vector<NeededColumns> needed;
  const Schema& schema = project.schema();
  for (std::size_t table = 0; table < schema.tables.size(); ++table) needed.push_back({false, kept.columns[table], kept.references[table]});
  for (std::size_t table = 0; table < schema.tables.size(); ++table) {
    for (std::size_t i = 0; i < schema.tables[table].references.size(); ++i) {
      if (kept.references[table][i]) needed[schema.tables[table].references[i].to].table = true;
    }
  }
  bool is_needed = false;
  for (NeededColumns& each : needed) {
    is_needed |= each.table;
    if (!each.table) each.columns.assign(each.columns.size(), false), each.references.assign(each.references.size(), false);
  }
  if (!is_needed) return make_row_tables(schema, kept);
  const auto data = load_data(project, options, needed);
  if (!data) return std::unexpected(data.error());
  Database database = *data->database;
  for (std::size_t table = 0; table < schema.tables.size(); ++table) {  // parents are read as well, and hold no look-ups
    if (!needed[table].table) database.tables[table] = Table{};
    database.tables[table].links.clear();
  }
  return load_row_tables(schema, kept, database);
}

}  // namespace

AccountEvaluator::AccountEvaluator(std::unique_ptr<State> state) : state_(std::move(state)) {}
AccountEvaluator::AccountEvaluator(const AccountEvaluator& other) : state_(std::make_unique<State>(*other.state_)) {}
AccountEvaluator::AccountEvaluator(AccountEvaluator&&) noexcept = default;
AccountEvaluator& AccountEvaluator::operator=(AccountEvaluator&&) noexcept = default;
AccountEvaluator::~AccountEvaluator() = default;

std::expected<AccountEvaluator, Failure> AccountEvaluator::make(const OpenedProject& project, const AccountOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto asked = asked_definitions(project, options.names);
  if (!asked) return std::unexpected(asked.error());
  const CheckedProject& checked = *project.checked;
  auto [alone, left_out] = split_definitions(checked.program(), *asked);
  if (!options.names.empty() && !left_out.empty()) return std::unexpected(not_alone(project, left_out));

  std::vector<DefinitionId> roots;
  for (const std::size_t index : alone) roots.push_back(checked.program().results[index]);
  Plan plan = make_plan(checked.program(), roots);
  const KeptColumns kept = kept_of(plan, checked.schema());
  auto tables = options.lookups ? read_lookups(checked, kept, *options.lookups) : make_row_tables(checked.schema(), kept);
  if (!tables) return std::unexpected(std::move(tables.error()));
  auto program = std::make_shared<const AccountProgram>(std::move(plan), checked.schema(), std::vector<std::uint32_t>{});
  const AccountProgram& made = *program;
  auto state = std::make_unique<State>(State{.project = project.checked,
                                             .program = std::move(program),
                                             .definitions = std::move(alone),
                                             .left_out = std::move(left_out),
                                             .tables = std::move(*tables),
                                             .run = AccountRun(made, clock_of(checked, options.clock)),
                                             .first_row = {},
                                             .first_bucket = {},
                                             .parents = std::vector<std::vector<AccountRow>>(checked.schema().tables.size())});
  state->note_lookups();
  AccountEvaluator evaluator(std::move(state));
  evaluator.clear();
  return evaluator;
}

const std::vector<std::size_t>& AccountEvaluator::definitions() const { return state_->definitions; }
const std::vector<std::size_t>& AccountEvaluator::left_out() const { return state_->left_out; }

std::optional<std::uint32_t> AccountEvaluator::find_table(std::string_view name) const { return segue::find_table(state_->schema(), name); }

std::optional<AccountColumn> AccountEvaluator::find_column(std::string_view table, std::string_view column) const {
  const auto id = find_table(table);
  const auto found = id ? segue::find_column(state_->schema().tables[*id], column) : std::nullopt;
  if (!found || state_->schema().tables[*id].columns[*found].form == ColumnForm::kPoint) return std::nullopt;
  return AccountColumn{*id, *found};
}

std::optional<std::pair<AccountColumn, AccountColumn>> AccountEvaluator::find_point(std::string_view table, std::string_view column) const {
  const auto id = find_table(table);
  const auto found = id ? segue::find_column(state_->schema().tables[*id], column) : std::nullopt;
  if (!found || state_->schema().tables[*id].columns[*found].form != ColumnForm::kPoint) return std::nullopt;
  const SchemaColumn& point = state_->schema().tables[*id].columns[*found];
  return std::pair(AccountColumn{*id, *point.latitude}, AccountColumn{*id, *point.longitude});
}

bool AccountEvaluator::reads(AccountColumn column) const { return state_->tables.tables[column.table].keeps(column.column); }

void AccountEvaluator::set_clock(std::int64_t clock) { state_->run.set_clock(clock_of(*state_->project, clock)); }

// ── look-ups ──

std::expected<void, std::string> AccountEvaluator::add_lookup(std::uint32_t index,
                                                              std::span<const std::pair<AccountColumn, CellInput>> cells) {
  State& state = *state_;
  state.take_record();
  RowTable& table = state.tables.tables[index];
  const SchemaTable& declared = state.schema().tables[index];
  const RowId row = table.add();
  const auto undo = [&] {
    table.truncate(row);
    clear();
  };
  for (const auto& [column, input] : cells) {
    if (!reads(column)) continue;
    const auto value = cell_of(*state.project, declared.columns[column.column], input, state.tables.pools);
    if (!value) return undo(), std::unexpected(fmt::format("`{}`: {}", declared.columns[column.column].name, value.error()));
    table.set(row, column.column, *value);
  }
  const auto key = declared.key && table.keeps(*declared.key) ? table.cell(row, *declared.key) : std::nullopt;
  if (!key) return undo(), std::unexpected(fmt::format("a row of `{}` needs its key, by which references find it", declared.name));
  table.key_of[row] = table.keys.place(*key);
  table.keys.set_row(table.key_of[row], row);
  for (std::size_t i = 0; i < declared.references.size(); ++i) {
    const SchemaReference& reference = declared.references[i];
    const auto by = table.keeps(reference.by) ? table.cell(row, reference.by) : std::nullopt;
    table.references[i].put(row, by ? state.tables.tables[reference.to].keys.place(*by) : kNoBucket);
  }
  state.note_lookups();
  clear();
  return {};
}

// ── the record ──

void AccountEvaluator::State::take_record() {
  for (std::size_t i = 0; i < tables.tables.size(); ++i) {
    RowTable& table = tables.tables[i];
    for (auto row = static_cast<RowId>(first_row[i]); row < table.size(); ++row) {
      for (Chain& link : table.links) link.put(row, kNoBucket);
      for (Chain& reference : table.references) reference.put(row, kNoBucket);
    }
    table.truncate(first_row[i]);
    table.keys.truncate(first_bucket[i]);
    parents[i].clear();
  }
  if (tables.pools.bytes() < pool_bytes + kSpareBytes) return;
  renew_pools(schema(), tables);
  pool_bytes = tables.pools.bytes();
}

AccountRow AccountEvaluator::clear() {
  state_->take_record();
  return add(kAccountTable, {});
}

AccountRow AccountEvaluator::add(std::uint32_t index, AccountRow parent) {
  State& state = *state_;
  RowTable& table = state.tables.tables[index];
  const RowId row = table.add();
  table.key_of[row] = table.keys.add();
  table.keys.set_row(table.key_of[row], row);
  state.parents[index].push_back(parent);
  const std::vector<ParentLink>& links = state.schema().tables[index].parents;
  for (std::size_t link = 0; link < links.size(); ++link) {
    AccountRow around = parent;
    while (around.table != links[link].table && around.table != kAccountTable)
      around = state.parents[around.table][around.row - state.first_row[around.table]];
    const bool is_found = around.table == links[link].table;
    table.links[link].put(row, is_found ? state.tables.tables[around.table].key_of[around.row] : kNoBucket);
  }
  return {index, row};
}

std::expected<void, std::string> AccountEvaluator::set(AccountRow row, AccountColumn column, const CellInput& value) {
  RowTable& table = state_->tables.tables[row.table];
  if (!table.keeps(column.column)) return {};
  if (const auto* number = std::get_if<std::int64_t>(&value)) {  // the quick way of what needs no look
    const Kind kind = state_->schema().tables[row.table].columns[column.column].type.kind;
    if (kind == Kind::kInt || kind == Kind::kDate || kind == Kind::kTimestamp)
      return table.set(row.row, column.column, *number), std::expected<void, std::string>{};
  }
  const SchemaColumn& declared = state_->schema().tables[row.table].columns[column.column];
  const auto cell = cell_of(*state_->project, declared, value, state_->tables.pools);
  if (!cell) return std::unexpected(fmt::format("`{}`: {}", declared.name, cell.error()));
  table.set(row.row, column.column, *cell);
  return {};
}

// A row of the record goes before a look-up with its key.
RowId AccountEvaluator::State::target(const SchemaReference& reference, std::int64_t key) const {
  const RowTable& table = tables.tables[reference.to];
  for (auto row = static_cast<RowId>(first_row[reference.to]); row < table.size(); ++row) {
    if (table.cell(row, *schema().tables[reference.to].key) == key) return row;
  }
  return table.keys.row(table.keys.find(key));
}

void AccountEvaluator::State::find_targets() {
  for (std::size_t i = 0; i < tables.tables.size(); ++i) {
    RowTable& table = tables.tables[i];
    const std::vector<SchemaReference>& references = schema().tables[i].references;
    for (std::size_t index = 0; index < references.size(); ++index) {
      if (!table.keeps(references[index].by) || !tables.tables[references[index].to].keeps(*schema().tables[references[index].to].key))
        continue;
      for (auto row = static_cast<RowId>(first_row[i]); row < table.size(); ++row) {
        const auto key = table.cell(row, references[index].by);
        const RowId to = key ? target(references[index], *key) : kNoRow;
        table.references[index].put(row, to == kNoRow ? kNoBucket : tables.tables[references[index].to].key_of[to]);
      }
    }
  }
}

void AccountEvaluator::evaluate() {
  State& state = *state_;
  state.find_targets();
  state.run.run(state.program->whole(), state.tables, static_cast<RowId>(state.first_row[kAccountTable]));
}

std::span<const std::uint64_t> AccountEvaluator::members() const { return state_->run.members(); }

double AccountEvaluator::score(std::size_t definition) const {
  return std::bit_cast<double>(state_->run.value(static_cast<std::uint32_t>(definition)));
}

std::int32_t AccountEvaluator::value(std::size_t definition) const {
  const auto root = static_cast<std::uint32_t>(definition);
  return state_->run.is_known(root) ? static_cast<std::int32_t>(state_->run.value(root)) : -1;
}

std::vector<AccountRow> AccountEvaluator::rows(std::size_t definition) const {
  const auto root = static_cast<std::uint32_t>(definition);
  const std::uint32_t table = state_->program->plan().frames[index_of(state_->program->roots()[root].frame)].table;
  std::vector<AccountRow> found;
  const std::vector<RowId>& rows = state_->run.rows(root);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (state_->run.is_member(root, i)) found.push_back({table, rows[i]});
  }
  return found;
}

}  // namespace segue
