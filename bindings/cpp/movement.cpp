// Accounts meet by their keys as text; answers are compared as the text that an output holds.
#include "bindings/cpp/movement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/data_diagnostics.h"
#include "bindings/cpp/lazy_libraries.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

// Moves of a score that are kept: it may have as many as there are accounts.
constexpr std::size_t kMostScoreMoves = 1000;
constexpr std::int32_t kNowhere = -1;

// Which earlier account each row is, and the earlier accounts that are gone.
struct Matching {
  std::vector<std::int32_t> earlier_of_row;  // kNowhere: new
  std::vector<std::int32_t> gone;
};

Matching match_accounts(const EarlierComparison& comparison) {
  const std::vector<std::string>& keys = comparison.earlier.accounts;
  std::unordered_map<std::string_view, std::int32_t> earlier_of_key;
  earlier_of_key.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) earlier_of_key.emplace(keys[i], static_cast<std::int32_t>(i));
  const Column& key = key_column(comparison.project, comparison.answered.database);
  Matching matching;
  std::vector<bool> is_there(keys.size());
  for (std::size_t row = 0; row < comparison.answered.accounts(); ++row) {
    const auto found = earlier_of_key.find(cell_text(comparison.project, key, row));
    matching.earlier_of_row.push_back(found == earlier_of_key.end() ? kNowhere : found->second);
    if (found != earlier_of_key.end()) is_there[static_cast<std::size_t>(found->second)] = true;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!is_there[i]) matching.gone.push_back(static_cast<std::int32_t>(i));
  }
  return matching;
}

// ── Segments ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

// By earlier account whether it was a member; nothing where the column is none of a segment.
std::optional<std::vector<bool>> earlier_members(const EarlierColumn& column) {
  std::vector<bool> is_true;
  for (const std::string& value : column.values) {
    if (value != "true" && value != "false") return std::nullopt;
    is_true.push_back(value == "true");
  }
  std::vector<bool> members;
  for (const std::int32_t code : column.codes) members.push_back(code >= 0 && is_true[static_cast<std::size_t>(code)]);
  return members;
}

Movement segment_movement(const EarlierComparison& comparison, const Matching& matching, const Bitmap& now,
                          const std::vector<bool>& before) {
  Movement movement;
  for (std::size_t row = 0; row < matching.earlier_of_row.size(); ++row) {
    if (comparison.suppressed.test(row)) continue;
    const std::int32_t earlier = matching.earlier_of_row[row];
    const bool was_member = earlier != kNowhere && before[static_cast<std::size_t>(earlier)];
    movement.entered += now.test(row) && !was_member;
    movement.left += !now.test(row) && was_member;
  }
  for (const std::int32_t gone : matching.gone) movement.left += before[static_cast<std::size_t>(gone)];
  movement.accounts = movement.entered + movement.left;
  return movement;
}

// ── Definitions with values, and scores ──────────────────────────────────────────────────────────────────────────────────

// The values as numbers that order the moves: those of now, those of an earlier output that are no longer there, and last that there is none.
struct ValueNumbers {
  std::vector<std::string> names;
  std::vector<std::size_t> of_earlier;  // by index into EarlierColumn::values

  [[nodiscard]] std::size_t none() const { return names.size(); }
  [[nodiscard]] std::optional<std::string> name(std::size_t number) const {
    return number == none() ? std::nullopt : std::optional(names[number]);
  }
};

ValueNumbers number_values(std::vector<std::string> now, const EarlierColumn& earlier) {
  ValueNumbers numbers{.names = std::move(now), .of_earlier = {}};
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < numbers.names.size(); ++i) known.emplace(numbers.names[i], i);
  for (const std::string& value : earlier.values) {
    const auto [found, is_new] = known.emplace(value, numbers.names.size());
    if (is_new) numbers.names.push_back(value);
    numbers.of_earlier.push_back(found->second);
  }
  return numbers;
}

using Moves = std::map<std::pair<std::size_t, std::size_t>, std::uint64_t>;

// `now_of` gives the number of the value that a row has now.
template <typename NowOf>
Movement value_movement(const EarlierComparison& comparison, const Matching& matching, const EarlierColumn& earlier,
                        const ValueNumbers& numbers, const NowOf& now_of) {
  const auto before_of = [&](std::int32_t account) {
    const std::int32_t code = account == kNowhere ? kNowhere : earlier.codes[static_cast<std::size_t>(account)];
    return code < 0 ? numbers.none() : numbers.of_earlier[static_cast<std::size_t>(code)];
  };
  Moves moves;
  const auto count = [&](std::size_t from, std::size_t to) {
    if (from != to) ++moves[{from, to}];
  };
  for (std::size_t row = 0; row < matching.earlier_of_row.size(); ++row) {
    if (!comparison.suppressed.test(row)) count(before_of(matching.earlier_of_row[row]), now_of(row));
  }
  for (const std::int32_t gone : matching.gone) count(before_of(gone), numbers.none());
  Movement movement;
  for (const auto& [move, size] : moves) {
    movement.moved.push_back({numbers.name(move.first), numbers.name(move.second), size});
    movement.accounts += size;
  }
  return movement;
}

Movement choice_movement(const EarlierComparison& comparison, const Matching& matching, const EarlierColumn& earlier, std::size_t root) {
  const CheckedProgram& program = comparison.answered.program;
  const Definition& definition = comparison.answered.definition(root);
  const ValueNumbers numbers = number_values(program.enums[program.expr(definition.body).type.enum_id].values, earlier);
  const std::vector<std::int32_t>& codes = comparison.answered.results.definitions[root].codes;
  return value_movement(comparison, matching, earlier, numbers,
                        [&](std::size_t row) { return codes[row] < 0 ? numbers.none() : static_cast<std::size_t>(codes[row]); });
}

// Of a score the moves between its numbers, the largest first.
Movement score_movement(const EarlierComparison& comparison, const Matching& matching, const EarlierColumn& earlier, std::size_t root) {
  const std::vector<double>& scores = comparison.answered.results.definitions[root].scores;
  std::set<double> distinct(scores.begin(), scores.end());
  std::map<double, std::size_t> number_of;
  std::vector<std::string> names;
  for (const double score : distinct) {
    number_of.emplace(score, names.size());
    names.push_back(print_float(score));
  }
  const ValueNumbers numbers = number_values(std::move(names), earlier);
  Movement movement =
      value_movement(comparison, matching, earlier, numbers, [&](std::size_t row) { return number_of.find(scores[row])->second; });
  std::ranges::stable_sort(movement.moved, std::ranges::greater{}, &Move::size);
  if (movement.moved.size() > kMostScoreMoves) movement.moved.resize(kMostScoreMoves);
  return movement;
}

// ── Audiences ────────────────────────────────────────────────────────────────────────────────────────────────────────────

// Account key and row key.
using RowName = std::pair<std::string, std::string>;

std::map<RowName, std::int64_t> earlier_rows(const EarlierAudience& audience, bool has_keys, const std::set<std::string>& suppressed) {
  std::map<RowName, std::int64_t> rows;
  for (std::size_t i = 0; i < audience.accounts.size(); ++i) {
    if (!suppressed.contains(audience.accounts[i])) ++rows[{audience.accounts[i], has_keys ? audience.keys[i] : std::string()}];
  }
  return rows;
}

std::set<std::string> suppressed_keys(const EarlierComparison& comparison) {
  std::set<std::string> keys;
  const Column& key = key_column(comparison.project, comparison.answered.database);
  for (std::size_t row = 0; row < comparison.answered.accounts(); ++row) {
    if (comparison.suppressed.test(row)) keys.insert(cell_text(comparison.project, key, row));
  }
  return keys;
}

// The key of the table that an audience is of, where it has one that was read.
const Column* row_key_of(const EarlierComparison& comparison, const Definition& definition) {
  const std::uint32_t table = comparison.answered.program.frame(definition.frame).table;
  const std::optional<ColumnId> key = comparison.project.schema().tables[table].key;
  if (!key) return nullptr;
  const Column& column = comparison.answered.database.tables[table].columns[*key];
  return column.is_read() ? &column : nullptr;
}

// Rows without a key are told apart by their account only.
Movement audience_movement(const EarlierComparison& comparison, const EarlierAudience& audience, std::size_t root) {
  const Definition& definition = comparison.answered.definition(root);
  const Bitmap& members = comparison.answered.results.definitions[root].members;
  const Column* row_key = audience.has_keys ? row_key_of(comparison, definition) : nullptr;
  const Column& account_key = key_column(comparison.project, comparison.answered.database);
  std::map<RowName, std::int64_t> before = earlier_rows(audience, row_key != nullptr, suppressed_keys(comparison));
  const std::vector<RowId> account_of = accounts_of_rows(comparison.answered.program, comparison.answered.database, definition.frame);
  Movement movement;
  std::set<std::string> touched;
  for (std::size_t row = 0; row < account_of.size(); ++row) {
    const RowId account = account_of[row];
    if (account == kNoRow || !members.test(row) || comparison.suppressed.test(account)) continue;
    RowName name{cell_text(comparison.project, account_key, account),
                 row_key == nullptr ? std::string() : cell_text(comparison.project, *row_key, row)};
    const auto found = before.find(name);
    if (found != before.end() && found->second-- > 0) continue;
    ++movement.entered;
    touched.insert(std::move(name.first));
  }
  for (const auto& [name, count] : before) {
    if (count <= 0) continue;
    movement.left += static_cast<std::uint64_t>(count);
    touched.insert(name.first);
  }
  movement.accounts = touched.size();
  return movement;
}

// ── All of them ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const EarlierColumn* find_column(const EarlierResults& earlier, std::string_view name) {
  const auto found = std::ranges::find(earlier.definitions, name, &EarlierColumn::name);
  return found == earlier.definitions.end() ? nullptr : &*found;
}

Diagnostic lacking(const Definition& definition, std::string_view why) {
  return make_diagnostic(DiagnosticKind::kNotInPrevious, definition.name_span,
                         fmt::format("nothing can be said of who moved in `{}`: {}", definition.name, why));
}

// How root number `root` moved, or why nothing can be said.
std::expected<Movement, std::string_view> movement_of(const EarlierComparison& comparison, const Matching& matching, std::size_t root) {
  const Definition& definition = comparison.answered.definition(root);
  if (definition.kind == DefinitionKind::kAudience) {
    const auto found = std::ranges::find(comparison.earlier.audiences, definition.name, &EarlierAudience::name);
    if (found == comparison.earlier.audiences.end()) return std::unexpected("the earlier output has no file of this audience");
    return audience_movement(comparison, *found, root);
  }
  const EarlierColumn* column = find_column(comparison.earlier, definition.name);
  const Bitmap& members = comparison.answered.results.definitions[root].members;
  if (column == nullptr && comparison.earlier.is_long && definition.kind == DefinitionKind::kSegment)
    return segment_movement(comparison, matching, members, std::vector<bool>(comparison.earlier.accounts.size()));
  if (column == nullptr) return std::unexpected("the earlier output does not hold it");
  if (definition.kind == DefinitionKind::kScore) return score_movement(comparison, matching, *column, root);
  if (has_values(definition.kind)) return choice_movement(comparison, matching, *column, root);
  const auto before = earlier_members(*column);
  if (!before) return std::unexpected("in the earlier output it was no segment");
  return segment_movement(comparison, matching, members, *before);
}

}  // namespace

std::expected<EarlierResults, Failure> read_earlier(const CheckedProject& project, const std::string& path) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  const SchemaTable& accounts = project.schema().tables[kAccountTable];
  EarlierSpec spec{.key_name = accounts.columns[*accounts.key].name, .key_type = accounts.columns[*accounts.key].type, .audiences = {}};
  for (const DefinitionId id : project.program().results) {
    const Definition& definition = project.program().definition(id);
    if (definition.kind != DefinitionKind::kAudience) continue;
    const SchemaTable& rows = project.schema().tables[project.program().frame(definition.frame).table];
    spec.audiences.push_back({definition.name, rows.key ? std::optional(rows.columns[*rows.key].type) : std::nullopt});
  }
  auto earlier = (*io)->read_results(path, spec);
  if (!earlier) return std::unexpected(load_failure({earlier.error()}));
  return std::move(*earlier);
}

std::vector<Diagnostic> compare_with_earlier(const EarlierComparison& comparison, std::vector<DefinitionOutcome>& outcomes) {
  const Matching matching = match_accounts(comparison);
  std::vector<Diagnostic> notes;
  for (std::size_t root = 0; root < outcomes.size(); ++root) {
    auto movement = movement_of(comparison, matching, root);
    if (movement) outcomes[root].movement = std::move(*movement);
    else notes.push_back(lacking(comparison.answered.definition(root), movement.error()));
  }
  return notes;
}

}  // namespace segue
