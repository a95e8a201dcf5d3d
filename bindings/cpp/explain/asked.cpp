// Name → tree → further roots → tables → answers.
#include "bindings/cpp/explain/asked.h"

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/answers.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/explain/group_columns.h"
#include "bindings/cpp/find_account.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/needed_columns.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/interpret/written_text.h"

namespace segue {
namespace {

std::string_view trimmed_name(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '"')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '"')) text.remove_suffix(1);
  return text;
}

Failure cannot_ask(std::string message) { return failure_of(FailureKind::kCall, DiagnosticKind::kUnknownDefinition, std::move(message)); }

std::string_view word_of(DefinitionKind kind) {
  switch (kind) {
    case DefinitionKind::kSegment: return "segment";
    case DefinitionKind::kScore: return "score";
    case DefinitionKind::kDefine: return "define";
    case DefinitionKind::kTiers: return "tiers";
    case DefinitionKind::kStages: return "stages";
    case DefinitionKind::kGrid: return "grid";
    case DefinitionKind::kSplit: return "split";
    case DefinitionKind::kAudience: return "audience";
  }
  return "";
}

std::string_view word_of(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::kTest: return "test";
    case ClauseKind::kAll: return "all";
    case ClauseKind::kAny: return "any";
    case ClauseKind::kNot: return "not";
    case ClauseKind::kDefinition: return "definition";
    case ClauseKind::kRow: return "row";
    case ClauseKind::kTerm: return "term";
  }
  return "";
}

}  // namespace

AskedName asked_name(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {std::string(text), std::nullopt};
  return {std::string(trimmed_name(text.substr(0, equals))), std::string(trimmed_name(text.substr(equals + 1)))};
}

std::expected<AskedClauses, Failure> AskedClauses::ask(const OpenedProject& project, std::string_view name, AskedFor what,
                                                       const GroupOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  AskedClauses asked;
  asked.project_ = &project;
  asked.options_ = &options;
  asked.program_ = std::make_unique<CheckedProgram>(project.checked->program());
  if (auto found = asked.find(name, what); !found) return std::unexpected(std::move(found.error()));
  if (auto apart = asked.take_apart(what); !apart) return std::unexpected(std::move(apart.error()));
  if (auto done = asked.evaluate(options); !done) return std::unexpected(std::move(done.error()));
  asked.find_members();
  return asked;
}

std::expected<void, Failure> AskedClauses::find(std::string_view name, AskedFor what) {
  const AskedName parts = asked_name(name);
  const auto found = explained_definition(*project_, parts.name);
  if (!found) return std::unexpected(found.error());
  definition_ = *found;
  const Definition& asked = definition();
  const bool is_valued = has_values(asked.kind);
  const std::string value_list =
      is_valued ? fmt::format("{}", fmt::join(program_->enums[program_->expr(asked.body).type.enum_id].values, ", ")) : "";
  if (parts.value) {
    if (!is_valued) return std::unexpected(cannot_ask(fmt::format("`{}` has no values; write `{}` alone", parts.name, parts.name)));
    const std::vector<std::string>& names = program_->enums[program_->expr(asked.body).type.enum_id].values;
    const auto place = std::ranges::find(names, *parts.value);
    if (place == names.end())
      return std::unexpected(
          cannot_ask(fmt::format("`{}` has no value `{}`{}", parts.name, *parts.value, did_you_mean(*parts.value, names))));
    value_ = static_cast<std::uint32_t>(place - names.begin());
  }
  if (what == AskedFor::kGroup) return {};
  if (what == AskedFor::kClauses && asked.kind == DefinitionKind::kSplit)
    return std::unexpected(cannot_ask(
        fmt::format("`{}` is a split: a hash of the key chooses the part, no clause; ask for the definition that it is of", asked.name)));
  if (is_valued && !value_) {
    return std::unexpected(cannot_ask(fmt::format("`{}` is a `{}`, so say which value is meant: `{}=VALUE`, where VALUE is one of {}",
                                                  asked.name, word_of(asked.kind), asked.name, value_list)));
  }
  if (is_valued || program_->expr(asked.body).type.kind == Kind::kBool) return {};
  return std::unexpected(
      cannot_ask(fmt::format("`{}` is a number or another value that accounts have, which has no members; name a segment, an audience, or "
                             "a value of tiers, stages or a grid",
                             asked.name)));
}

std::expected<void, Failure> AskedClauses::take_apart(AskedFor what) {
  const Definition asked = definition();  // by value: the program gets more of them below
  roots_.push_back(definition_);
  const bool is_split = asked.kind == DefinitionKind::kSplit;
  tree_ = clause_tree(*program_, project_->sources, definition_,
                      {.value = is_split ? std::nullopt : value_,
                       .lists = !(program_->expr(asked.body).type.kind == Kind::kBool) && (is_split || !value_)});
  if (!tree_ && what == AskedFor::kClauses) return std::unexpected(cannot_ask(fmt::format("`{}` has no clauses", asked.name)));
  if (tree_) {
    clause_roots_ = add_clause_roots(*program_, *tree_, roots_);
    values_ = compared_values(*program_, project_->sources, *tree_, roots_);
  }
  if (asked.kind != DefinitionKind::kScore) return {};
  const ScoreSum score = std::get<ScoreSum>(program_->expr(program_->definition(definition_).body).node);
  for (const ScoreTerm& term : score.terms) {
    term_roots_.push_back(roots_.size());
    roots_.push_back(
        add_condition(*program_, kAccountFrame,
                      add_expr(*program_, ScoreSum{.terms = {term}, .range = std::nullopt}, kAccountFrame, Type{.kind = Kind::kFloat})));
    program_->definitions.back().kind = DefinitionKind::kScore;
  }
  return {};
}

std::expected<void, Failure> AskedClauses::evaluate(const GroupOptions& options) {
  std::vector<NeededColumns> needed = needed_columns(*program_, roots_);
  need_suppress_columns(checked(), needed);
  const SchemaTable& schema = program_->schema.tables[table()];
  if (schema.key) needed[table()].columns[*schema.key] = true;
  auto data = load_data(checked(), options.data, needed);
  if (!data) return std::unexpected(std::move(data.error()));
  data_ = std::move(*data);
  auto suppressed = read_suppressed(checked(), database());
  if (!suppressed) return std::unexpected(std::move(suppressed.error()));
  suppressed_ = std::move(*suppressed);
  EvaluateOptions evaluate_options;
  evaluate_options.data = options.data;
  evaluate_options.engine = options.engine;
  auto results = run_engine(checked(), *program_, database(), roots_, evaluate_options);
  if (!results) return std::unexpected(std::move(results.error()));
  results_ = std::move(*results);
  return {};
}

void AskedClauses::find_members() {
  rows_ = Bitmap(table_rows(), true);
  if (frame() != kAccountFrame) {
    account_of_ = accounts_of_rows(*program_, database(), frame());
    for (std::size_t row = 0; row < account_of_.size(); ++row) {
      if (account_of_[row] == kNoRow) rows_.set(row, false);
    }
  }
  if (has_values(definition().kind)) {
    members_ = Bitmap(table_rows());
    const std::vector<std::int32_t>& codes = answer().codes;
    for (std::size_t row = 0; row < codes.size(); ++row) {
      if (value_ ? codes[row] == static_cast<std::int32_t>(*value_) : codes[row] >= 0) members_.set(row);
    }
  } else {
    members_ = answer().members.empty() ? Bitmap(table_rows()) : answer().members;
  }
}

bool AskedClauses::is_suppressed(std::size_t row) const {
  const RowId account = account_of(row);
  return account != kNoRow && !suppressed_.accounts.empty() && suppressed_.accounts.test(account);
}

std::string AskedClauses::account_key(std::size_t row) const {
  const RowId account = account_of(row);
  return account == kNoRow ? std::string() : key_of_account(account);
}

std::string AskedClauses::key_of_account(RowId account) const { return cell_text(checked(), key_column(checked(), database()), account); }

std::string AskedClauses::row_key(std::size_t row) const {
  const std::optional<ColumnId> key = program_->schema.tables[table()].key;
  if (frame() == kAccountFrame || !key) return {};
  return cell_text(checked(), database().tables[table()].columns[*key], row);
}

void AskedClauses::clause_words(std::size_t word, std::vector<std::uint64_t>& bits) const {
  bits.assign(tree_->clauses.size(), 0);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (clause_roots_[i]) bits[i] = results_.definitions[*clause_roots_[i]].members.words()[word];
  }
  combine_clauses(*tree_, bits);
}

std::uint64_t AskedClauses::undetermined(std::uint32_t clause) const {
  return clause_roots_[clause] ? results_.definitions[*clause_roots_[clause]].undetermined : 0;
}

std::expected<std::vector<RowId>, Failure> AskedClauses::accounts_of_keys(const std::vector<std::string>& keys) const {
  std::unordered_map<std::string_view, RowId> found;
  for (const std::string& key : keys) found.emplace(key, kNoRow);
  const Column& column = key_column(checked(), database());
  for (std::size_t row = 0; row < column.rows; ++row) {
    const std::string text = cell_text(checked(), column, row);
    if (const auto place = found.find(text); place != found.end()) place->second = static_cast<RowId>(row);
  }
  std::vector<RowId> accounts;
  for (const std::string& key : keys) {
    const RowId row = found.at(key);
    if (row == kNoRow) return std::unexpected(find_account(checked(), database(), key, options_->data).error());
    if (std::ranges::find(accounts, row) == accounts.end()) accounts.push_back(row);
  }
  return accounts;
}

std::expected<Bitmap, Failure> AskedClauses::rows_of_keys(const std::vector<std::string>& keys) const {
  const auto accounts = accounts_of_keys(keys);
  if (!accounts) return std::unexpected(accounts.error());
  Bitmap named(database().tables[kAccountTable].rows);
  for (const RowId account : *accounts) named.set(account);
  if (frame() == kAccountFrame) return named;
  Bitmap rows(table_rows());
  for (std::size_t row = 0; row < table_rows(); ++row) {
    if (account_of_[row] != kNoRow && named.test(account_of_[row])) rows.set(row);
  }
  return rows;
}

// The group becomes a column that is never missing: `clause and group` is unknown exactly for the rows of the group for which the clause is.
std::expected<std::vector<std::uint64_t>, Failure> AskedClauses::undetermined_of(const Bitmap& group,
                                                                                 const std::vector<std::size_t>& roots) const {
  CheckedProgram program = *program_;
  const ExprId is_in_group = add_group_column(program, frame());
  std::vector<DefinitionId> asked;
  for (const std::size_t root : roots) {
    const ExprId read = add_expr(program, DefinitionRead{roots_[root]}, frame());
    asked.push_back(add_condition(program, frame(), add_expr(program, And{{read, is_in_group}}, frame())));
  }
  Database database = borrowed_tables(data_.database);
  append_group(database, table(), group);
  EvaluateOptions options;
  options.data = options_->data;
  options.engine = options_->engine;
  const auto results = run_engine(checked(), program, database, asked, options);
  if (!results) return std::unexpected(results.error());
  std::vector<std::uint64_t> counts;
  for (const DefinitionResult& result : results->definitions) counts.push_back(result.undetermined);
  return counts;
}

AskedGroup AskedClauses::described() const {
  const Definition& asked = definition();
  AskedGroup out{.name = asked.name, .value = std::nullopt, .title = asked.title, .kind = std::string(word_of(asked.kind)), .relation = {}};
  if (value_) {
    out.value = program_->enums[program_->expr(asked.body).type.enum_id].values[*value_];
    if (*value_ < asked.value_titles.size()) out.title = asked.value_titles[*value_];
  }
  if (asked.kind == DefinitionKind::kAudience) out.relation = program_->schema.tables[table()].name;
  out.rows = rows_.count();
  out.members = members_.count();
  out.undetermined = answer().undetermined;
  return out;
}

ClauseOutline AskedClauses::outline(std::uint32_t clause) const {
  const Clause& asked = tree_->clauses[clause];
  const auto place = static_cast<std::size_t>(std::ranges::find(tree_->in_order, clause) - tree_->in_order.begin());
  return {.text = asked.text,
          .word = std::string(word_of(asked.kind)),
          .depth = tree_->depths[place],
          .definition = program_->definition(asked.within).name,
          .span = asked.span};
}

ClauseOutline AskedClauses::term_outline(Span span) const {
  return {.text = written_text(sources(), span), .word = "term", .depth = 0, .definition = definition().name, .span = span};
}

FailedClause AskedClauses::failed(std::uint32_t test, std::size_t row, const ValueReader& reader) const {
  FailedClause out{.clause = outline(test), .values = {}, .needs = {}};
  const auto needed = needed_value(*program_, sources(), values_, *tree_, test, reader, static_cast<RowId>(row));
  for (const std::uint32_t place : values_.of_clause[test]) {
    const ComparedValue& value = values_.values[place];
    if (!may_show(value.data_class)) continue;
    TraceValue shown = reader.shown(value, static_cast<RowId>(row));
    const bool is_missing = shown.missing;
    out.values.push_back({.text = value.text, .value = std::move(shown), .unknown = is_missing, .note = {}});
  }
  if (needed && may_show(values_.values[needed->value].data_class)) out.needs = needed->needs;
  return out;
}

bool AskedClauses::may_show(DataClass data_class) const {
  return (data_class != DataClass::kPersonal && data_class != DataClass::kSensitive) || !definition().basis.empty();
}

}  // namespace segue
