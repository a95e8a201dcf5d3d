// One account, found by its key, and the trace of one definition for it.
#include "bindings/cpp/explain.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/suppressed.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/interpret/explain.h"

namespace segue {
namespace {

// Keys that did-you-mean looks at: a million would take seconds.
constexpr std::size_t kMostCandidates = 100'000;

std::optional<RowId> find_account(const CheckedProject& project, const Database& database, std::string_view key) {
  const Column& keys = key_column(project, database);
  const bool is_text = keys.type.kind == Kind::kText;
  for (std::size_t row = 0; row < keys.rows; ++row) {
    if (is_text ? keys.text_at(row) == key : cell_text(project, keys, row) == key) return static_cast<RowId>(row);
  }
  return std::nullopt;
}

Failure unknown_account(const CheckedProject& project, const Database& database, std::string_view key, const DataOptions& options) {
  const Column& keys = key_column(project, database);
  const std::size_t count = std::min(keys.rows, kMostCandidates);
  std::vector<std::string> candidates;
  candidates.reserve(count);
  for (std::size_t row = 0; row < count; ++row) candidates.push_back(cell_text(project, keys, row));
  return failure_of(FailureKind::kCall, DiagnosticKind::kUnknownAccount,
                    fmt::format("no account has the key `{}` at {}{}", key, clock_text(options.clock), did_you_mean(key, candidates)));
}

}  // namespace

std::expected<Explanation, Failure> explain_account(const OpenedProject& project, std::string_view name, std::string_view key,
                                                    const DataOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto definition = explained_definition(project, name);
  if (!definition) return std::unexpected(definition.error());
  const CheckedProject& checked = *project.checked;
  std::vector<NeededColumns> needed = needed_columns(checked.program(), std::span(&*definition, 1));
  need_suppress_columns(checked, needed);
  auto data = load_data(checked, options, std::move(needed));
  if (!data) return std::unexpected(std::move(data.error()));
  const auto account = find_account(checked, *data->database, key);
  if (!account) return std::unexpected(unknown_account(checked, *data->database, key, options));
  const auto suppressed = read_suppressed(checked, *data->database);
  if (!suppressed) return std::unexpected(suppressed.error());
  return Explanation{
      .trace = explain(checked.program(), *data->database, clock_of(checked, options.clock), project.sources, *definition, *account),
      .title = checked.program().definition(*definition).title,
      .is_suppressed = suppressed->accounts.test(*account),
      .clock = options.clock,
      .tables = std::move(data->tables),
      .diagnostics = std::move(data->diagnostics)};
}

}  // namespace segue
