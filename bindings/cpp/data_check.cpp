// `check --data`: everything is read and everything is evaluated.
#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/data_diagnostics.h"
#include "bindings/cpp/decided_accounts.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/outcomes.h"

namespace segue {
namespace {

// What missing values decide: one note for each segment that has undetermined accounts.
std::vector<Diagnostic> undetermined_diagnostics(const OpenedProject& project, const DataCheck& found) {
  std::vector<Diagnostic> diagnostics;
  for (const DefinitionOutcome& outcome : found.definitions) {
    if (outcome.undetermined == 0) continue;
    const Definition& definition = project.checked->program().definition(project.checked->program().results[outcome.definition]);
    diagnostics.push_back(
        make_diagnostic(DiagnosticKind::kMissingDecides, definition.name_span,
                        fmt::format("missing values decide whether {} of {} account{} belong{} to `{}`; `segue explain {} KEY` shows which",
                                    outcome.undetermined, found.accounts, found.accounts == 1 ? "" : "s",
                                    outcome.undetermined == 1 ? "s" : "", definition.name, definition.name)));
  }
  return diagnostics;
}

// Bad rows are findings here, not a failure of the check.
std::expected<DataCheck, Failure> only_bad_rows(const OpenedProject& project, Failure failure) {
  if (failure.kind != FailureKind::kRules || failure.tables.empty()) return std::unexpected(std::move(failure));
  DataCheck found;
  found.tables = std::move(failure.tables);
  found.diagnostics = project.diagnostics;
  std::ranges::move(failure.diagnostics, std::back_inserter(found.diagnostics));
  std::ranges::move(orphan_diagnostics(found.tables), std::back_inserter(found.diagnostics));
  return found;
}

std::vector<std::size_t> all_indices(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace

std::expected<DataCheck, Failure> check_data(const OpenedProject& project, const EvaluateOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const CheckedProject& checked = *project.checked;
  auto data = load_data(checked, options.data, all_columns(checked.schema()));
  if (!data) return only_bad_rows(project, std::move(data.error()));
  const DecisiveProgram decisive = with_warned_conditions(checked.program(), project.diagnostics);
  auto results = run_engine(checked, decisive.program, *data->database, decisive.roots, options);
  if (!results) return std::unexpected(std::move(results.error()));

  DataCheck found;
  found.accounts = data->database->tables[kAccountTable].rows;
  found.tables = std::move(data->tables);
  found.definitions = outcomes_of(*results, all_indices(project.definitions.size()), project.definitions, found.accounts);
  found.diagnostics = with_decided_counts(decisive, *results, found.accounts, project.diagnostics);
  std::ranges::move(data->diagnostics, std::back_inserter(found.diagnostics));
  std::ranges::move(orphan_diagnostics(found.tables), std::back_inserter(found.diagnostics));
  std::ranges::move(undetermined_diagnostics(project, found), std::back_inserter(found.diagnostics));
  return found;
}

}  // namespace segue
