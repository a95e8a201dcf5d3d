// Names and values of a change as rows and cells, and what came of it in words.
#include "bindings/cpp/live.h"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/outcomes.h"
#include "bindings/cpp/row_cells.h"
#include "bindings/cpp/suppressed.h"
#include "compiler/account/follower.h"
#include "compiler/diagnostics/suggest.h"

namespace segue {

struct LiveEvaluation::State {
  std::shared_ptr<const CheckedProject> project;
  std::vector<std::size_t> asked;
  std::vector<bool> is_read;  // by table
  std::int64_t clock = 0;
  std::uint64_t accounts = 0;
  std::vector<DefinitionOutcome> definitions;
  std::vector<TableSummary> tables;
  std::vector<Diagnostic> diagnostics;
  std::vector<SuppressedValues> suppressed;
  std::unique_ptr<AccountFollower> follower;

  [[nodiscard]] const Schema& schema() const { return project->schema(); }
  [[nodiscard]] ValuePools& pools() const { return follower->tables().pools; }
  [[nodiscard]] std::vector<LiveAccount> told(std::span<const AccountChange> changes) const;
  [[nodiscard]] LiveAnswer told(const AccountChange& account, const AnswerChange& change) const;
  [[nodiscard]] bool is_suppressed(RowId account) const;
};

namespace {

using Problem = std::unexpected<std::string>;

// All that finding rows takes beyond what definitions read: keys, join columns, and under `dedupe` everything.
void need_rows(const Schema& schema, std::vector<NeededColumns>& needed) {
  needed[kAccountTable].table = true;
  for (std::size_t round = 0; round < schema.tables.size(); ++round) {  // parents of parents
    for (std::size_t table = 0; table < schema.tables.size(); ++table) {
      if (!needed[table].table) continue;
      for (const ParentLink& parent : schema.tables[table].parents) needed[parent.table].table = true;
    }
  }
  for (std::size_t table = 0; table < schema.tables.size(); ++table) {
    if (!needed[table].table) continue;
    const SchemaTable& declared = schema.tables[table];
    if (declared.key) needed[table].columns[*declared.key] = true;
    for (const ParentLink& parent : declared.parents) {
      if (parent.column) needed[table].columns[*parent.column] = true;
    }
    if (declared.dedupe && !declared.key) needed[table].columns.assign(declared.columns.size(), true);
  }
}

KeptColumns kept_of(const std::vector<NeededColumns>& needed) {
  KeptColumns kept;
  for (const NeededColumns& table : needed) kept.columns.push_back(table.columns), kept.references.push_back(table.references);
  return kept;
}

// ── a change in the schema's terms ──

// What a name in a change means: a column, or what joins with a parent, or both.
struct Meaning {
  std::optional<ColumnId> column;
  std::vector<std::uint32_t> links;
};

Meaning meaning_of(const SchemaTable& table, std::string_view name) {
  Meaning meaning;
  const auto found = find_column(table, name);
  if (found && table.columns[*found].form != ColumnForm::kPoint) meaning.column = found;
  for (ColumnId id = 0; id < table.columns.size() && !meaning.column; ++id) {
    if (table.columns[id].from == name && table.columns[id].form != ColumnForm::kPoint) meaning.column = id;
  }
  for (std::uint32_t link = 0; link < table.parents.size(); ++link) {
    const bool is_listed = table.parents[link].column && table.parents[link].column == meaning.column;
    if (is_listed || table.parents[link].from == name) meaning.links.push_back(link);
  }
  return meaning;
}

std::string unknown_column(const SchemaTable& table, std::string_view name) {
  std::vector<std::string> names = column_names(table);
  for (const ParentLink& parent : table.parents) names.push_back(parent.from);
  const auto found = find_column(table, name);
  if (found && table.columns[*found].form == ColumnForm::kPoint)
    return fmt::format("`{}` of `{}` is a point; give its two columns, `{}` and `{}`", name, table.name,
                       table.columns[*found].latitude_from, table.columns[*found].longitude_from);
  return fmt::format("unknown column `{}` of `{}`{}", name, table.name, did_you_mean(name, names));
}

class ChangeReader {
 public:
  ChangeReader(const CheckedProject& project, std::uint32_t table, std::int64_t clock, ValuePools& pools, const RowTable& rows)
      : project_(project),
        schema_(project.schema()),
        table_(schema_.tables[table]),
        clock_(clock),
        pools_(pools),
        rows_(rows) {
    change_.table = table;
  }

  std::expected<RowChange, std::string> read(const LiveChange& given) {
    change_.kind = given.kind == LiveChangeKind::kInsert   ? ChangeKind::kInsert
                   : given.kind == LiveChangeKind::kUpdate ? ChangeKind::kUpdate
                                                           : ChangeKind::kDelete;
    if (auto read = read_key(given); !read) return Problem(std::move(read.error()));
    for (const LiveCell& cell : given.cells) {
      if (auto read = read_cell(cell); !read) return Problem(fmt::format("`{}`: {}", cell.column, read.error()));
    }
    if (change_.kind == ChangeKind::kInsert) {
      if (auto whole = require_whole(); !whole) return Problem(std::move(whole.error()));
    }
    return std::move(change_);
  }

 private:
  std::expected<void, std::string> read_key(const LiveChange& given) {
    if (std::holds_alternative<std::monostate>(given.key)) return {};
    if (!table_.key) return Problem(fmt::format("`{}` has no key; rows of it can only be inserted, without `key`", table_.name));
    const auto cell = cell_of(project_, table_.columns[*table_.key].type, given.key, pools_);
    if (!cell) return Problem(fmt::format("`key`: {}", cell.error()));
    change_.key = *cell;
    return {};
  }

  std::expected<void, std::string> read_cell(const LiveCell& given) {
    const Meaning meaning = meaning_of(table_, given.column);
    if (!meaning.column && meaning.links.empty()) return Problem(unknown_column(table_, given.column));
    for (const std::uint32_t link : meaning.links) {
      const auto key = cell_of(project_, key_type(schema_, table_.parents[link]), given.value, pools_);
      // A cell that does not fit the parent's key is an orphan's.
      change_.parents.push_back({link, key ? *key : std::nullopt});
    }
    if (!meaning.column) return {};
    const SchemaColumn& column = table_.columns[*meaning.column];
    const auto cell = cell_of(project_, column, given.value, pools_);
    if (!cell) return Problem(cell.error());
    if (meaning.column == table_.key) return set_key(*cell);
    if (meaning.column == table_.known_at && *cell && is_later(column, **cell))
      return Problem("it lies after the clock: the row does not exist yet; send it when it does");
    change_.cells.push_back({*meaning.column, *cell});
    return {};
  }

  std::expected<void, std::string> set_key(std::optional<std::int64_t> key) {
    if (change_.key && change_.key != key) return Problem("a key cannot change; delete the row and insert another one");
    change_.key = key;
    return {};
  }

  [[nodiscard]] bool is_later(const SchemaColumn& column, std::int64_t value) const {
    return value > (column.type.kind == Kind::kDate ? clock_of(project_, clock_).today : clock_);
  }

  // What an inserted row leaves out is missing, which it may be or not.
  std::expected<void, std::string> require_whole() const {
    for (ColumnId id = 0; id < table_.columns.size(); ++id) {
      const SchemaColumn& column = table_.columns[id];
      const bool is_given = id == table_.key || std::ranges::find(change_.cells, id, &CellChange::column) != change_.cells.end();
      if (is_given || column.accepts_missing || column.bad_is_missing || !rows_.keeps(id) || column.form == ColumnForm::kPoint) continue;
      const bool joins = std::ranges::any_of(table_.parents, [&](const ParentLink& parent) { return parent.column == id; });
      if (!joins)
        return Problem(fmt::format("`{}` of `{}` may not be missing; give it in `row`",
                                   column.form == ColumnForm::kCoordinate ? column.from : column.name, table_.name));
    }
    return {};
  }

  const CheckedProject& project_;
  const Schema& schema_;
  const SchemaTable& table_;
  std::int64_t clock_;
  ValuePools& pools_;
  const RowTable& rows_;
  RowChange change_;
};

std::string refusal_text(const CheckedProject& project, const RowChange& change, ChangeRefusal refusal, const ValuePools& pools) {
  const SchemaTable& table = project.schema().tables[change.table];
  const std::string key = change.key ? cell_text(project, table.columns[*table.key].type, *change.key, pools) : "";
  switch (refusal) {
    case ChangeRefusal::kNoKey: return fmt::format("`{}` has no key; rows of it can only be inserted", table.name);
    case ChangeRefusal::kKeyMissing: return fmt::format("a row of `{}` needs its key, `{}`", table.name, table.columns[*table.key].name);
    case ChangeRefusal::kUnknownRow: return fmt::format("`{}` has no row `{}`; insert it first", table.name, key);
    case ChangeRefusal::kRepeatedKey: return fmt::format("`{}` has a row `{}` already; update it, or delete it first", table.name, key);
  }
  return {};
}

// What was read as the clock of the start saw it.
std::optional<std::string> bound_to_clock(const Schema& schema, const std::vector<NeededColumns>& needed) {
  for (std::size_t table = 0; table < schema.tables.size(); ++table) {
    const SchemaTable& declared = schema.tables[table];
    if (!needed[table].table) continue;
    if (declared.known_at)
      return fmt::format("`{}` has a `known_at`, and rows that were not known at the start were not read", declared.name);
    for (ColumnId id = 0; id < declared.columns.size(); ++id) {
      if (needed[table].columns[id] && declared.columns[id].form == ColumnForm::kMoney && !declared.time)
        return fmt::format("`{}` of `{}` was converted at the rates of the start", declared.columns[id].name, declared.name);
    }
  }
  return std::nullopt;
}

}  // namespace

LiveEvaluation::LiveEvaluation(std::unique_ptr<State> state) : state_(std::move(state)) {}
LiveEvaluation::LiveEvaluation(LiveEvaluation&&) noexcept = default;
LiveEvaluation& LiveEvaluation::operator=(LiveEvaluation&&) noexcept = default;
LiveEvaluation::~LiveEvaluation() = default;

std::expected<LiveEvaluation, Failure> LiveEvaluation::make(const OpenedProject& project, const EvaluateOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  auto asked = asked_definitions(project, options.names);
  if (!asked) return std::unexpected(asked.error());
  const CheckedProject& checked = *project.checked;
  std::vector<DefinitionId> roots;
  for (const std::size_t index : *asked) roots.push_back(checked.program().results[index]);
  std::vector<NeededColumns> needed = needed_columns(checked.program(), roots);
  need_suppress_columns(checked, needed);
  need_rows(checked.schema(), needed);
  auto suppressed = read_suppressed_values(checked);
  if (!suppressed) return std::unexpected(std::move(suppressed.error()));
  auto data = load_data(checked, options.data, needed);
  if (!data) return std::unexpected(std::move(data.error()));
  const auto results = run_engine(checked, checked.program(), *data->database, roots, options);
  if (!results) return std::unexpected(results.error());

  auto state = std::make_unique<State>();
  const Answered answered{checked.program(), *data->database, roots, *results};
  state->project = project.checked;
  state->accounts = answered.accounts();
  state->definitions = outcomes_of(answered, *asked);
  state->asked = std::move(*asked);
  for (const NeededColumns& table : needed) state->is_read.push_back(table.table);
  state->clock = options.data.clock;
  state->tables = std::move(data->tables);
  state->diagnostics = std::move(data->diagnostics);
  state->suppressed = std::move(*suppressed);
  state->follower = std::make_unique<AccountFollower>(checked.program(), kept_of(needed), *data->database,
                                                      clock_of(checked, options.data.clock), roots, &*results);
  return LiveEvaluation(std::move(state));
}

std::uint64_t LiveEvaluation::accounts() const { return state_->accounts; }
const std::vector<DefinitionOutcome>& LiveEvaluation::definitions() const { return state_->definitions; }
const std::vector<TableSummary>& LiveEvaluation::tables() const { return state_->tables; }
const std::vector<Diagnostic>& LiveEvaluation::diagnostics() const { return state_->diagnostics; }

std::expected<std::vector<LiveAccount>, std::string> LiveEvaluation::apply(const LiveChange& change) {
  State& state = *state_;
  const auto table = find_table(state.schema(), change.table);
  if (!table) {
    std::vector<std::string> names;
    for (const SchemaTable& each : state.schema().tables) names.push_back(each.name);
    return Problem(fmt::format("unknown table `{}`{}", change.table, did_you_mean(change.table, names)));
  }
  state.follower->make_room();
  ChangeReader reader(*state.project, *table, state.clock, state.pools(), state.follower->tables().tables[*table]);
  const auto read = reader.read(change);
  if (!read) return Problem(read.error());
  if (!state.is_read[*table]) return std::vector<LiveAccount>{};  // no definition that was asked for looks at it
  const auto changes = state.follower->apply(*read);
  if (!changes) return Problem(refusal_text(*state.project, *read, changes.error(), state.pools()));
  return state.told(*changes);
}

std::expected<std::vector<LiveAccount>, std::string> LiveEvaluation::set_clock(std::int64_t clock) {
  State& state = *state_;
  std::vector<NeededColumns> needed = all_columns(state.schema());
  for (std::size_t table = 0; table < needed.size(); ++table) {
    needed[table].table = state.is_read[table];
    for (ColumnId id = 0; id < needed[table].columns.size(); ++id)
      needed[table].columns[id] = state.follower->tables().tables[table].keeps(id);
  }
  if (const auto bound = bound_to_clock(state.schema(), needed))
    return Problem(fmt::format("the clock cannot move: {}; start again with another `--as-of`", *bound));
  state.clock = clock;
  return state.told(state.follower->set_clock(clock_of(*state.project, clock)));
}

std::optional<std::int64_t> LiveEvaluation::answer(std::size_t definition, std::string_view account) const {
  const State& state = *state_;
  const SchemaTable& table = state.schema().tables[kAccountTable];
  const auto key = cell_of(*state.project, table.columns[*table.key].type, account, state.pools());
  if (!key || !*key) return std::nullopt;
  const KeyIndex& keys = state.follower->tables().tables[kAccountTable].keys;
  const RowId row = keys.row(keys.find(**key));
  return row == kNoRow ? std::nullopt : std::optional(state.follower->answer(static_cast<std::uint32_t>(definition), row));
}

// ── what came of it ──

bool LiveEvaluation::State::is_suppressed(RowId account) const {
  if (account == kNoRow) return false;
  const RowTable& rows = follower->tables().tables[kAccountTable];
  return std::ranges::any_of(suppressed, [&](const SuppressedValues& list) {
    const auto cell = rows.cell(account, list.column);
    return cell && list.holds(cell_text(*project, schema().tables[kAccountTable].columns[list.column].type, *cell, pools()));
  });
}

std::vector<LiveAccount> LiveEvaluation::State::told(std::span<const AccountChange> changes) const {
  std::vector<LiveAccount> accounts;
  const SchemaTable& table = schema().tables[kAccountTable];
  for (const AccountChange& change : changes) {
    if (!suppressed.empty() && is_suppressed(change.account)) continue;
    LiveAccount& account = accounts.emplace_back();
    account.account = cell_text(*project, table.columns[*table.key].type, change.key, pools());
    for (const AnswerChange& answer : change.answers) account.answers.push_back(told(change, answer));
  }
  return accounts;
}

LiveAnswer LiveEvaluation::State::told(const AccountChange& account, const AnswerChange& change) const {
  const CheckedProgram& program = project->program();
  const Definition& definition = program.definition(program.results[asked[change.root]]);
  LiveAnswer answer;
  answer.definition = asked[change.root];
  if (definition.kind == DefinitionKind::kScore) {
    answer.kind = LiveAnswer::Kind::kScored;
    if (!account.is_new) answer.before = std::bit_cast<double>(change.before);
    if (account.account != kNoRow) answer.after = std::bit_cast<double>(change.after);
  } else if (has_values(definition.kind)) {
    answer.kind = LiveAnswer::Kind::kMoved;
    const std::vector<std::string>& values = program.enums[program.expr(definition.body).type.enum_id].values;
    if (change.before >= 0) answer.from = values[static_cast<std::size_t>(change.before)];
    if (change.after >= 0) answer.to = values[static_cast<std::size_t>(change.after)];
  } else {
    answer.kind = change.after != 0 ? LiveAnswer::Kind::kEntered : LiveAnswer::Kind::kLeft;
    const SchemaTable& table = schema().tables[program.frame(definition.frame).table];
    if (change.row_key) answer.row = cell_text(*project, table.columns[*table.key].type, *change.row_key, pools());
  }
  return answer;
}

}  // namespace segue
