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
#include "bindings/cpp/suppressed.h"

namespace segue {
namespace {

std::string undetermined_text(const DefinitionInfo& info, std::uint64_t undetermined, std::uint64_t accounts) {
  const std::string_view plural = undetermined == 1 ? "" : "s";
  const std::string_view verb = undetermined == 1 ? "s" : "";
  const std::string advice = fmt::format("`segue explain {} KEY` shows which", info.name);
  if (info.kind == ResultKind::kAudience)
    return fmt::format("missing values decide whether {} row{} of `{}` belong{} to `{}`; {}", undetermined, plural, info.relation, verb,
                       info.name, advice);
  const std::string some = fmt::format("{} of {} account{}", undetermined, accounts, accounts == 1 ? "" : "s");
  if (has_values(info.kind))
    return fmt::format("missing values decide which value of `{}` {} ha{}; {}", info.name, some, undetermined == 1 ? "s" : "ve", advice);
  return fmt::format("missing values decide whether {} belong{} to `{}`; {}", some, verb, info.name, advice);
}

// What missing values decide: one note for each definition that has undetermined accounts.
std::vector<Diagnostic> undetermined_diagnostics(const OpenedProject& project, const DataCheck& found) {
  std::vector<Diagnostic> diagnostics;
  for (const DefinitionOutcome& outcome : found.definitions) {
    if (outcome.undetermined == 0) continue;
    const Definition& definition = project.checked->program().definition(project.checked->program().results[outcome.definition]);
    diagnostics.push_back(
        make_diagnostic(DiagnosticKind::kMissingDecides, definition.name_span,
                        undetermined_text(project.definitions[outcome.definition], outcome.undetermined, found.accounts)));
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
  // Lists of suppressed accounts are data, too.
  if (auto suppressed = read_suppressed(checked, *data->database); !suppressed) return std::unexpected(std::move(suppressed.error()));
  const DecisiveProgram decisive = with_warned_conditions(checked.program(), project.diagnostics);
  auto results = run_engine(checked, decisive.program, *data->database, decisive.roots, options);
  if (!results) return std::unexpected(std::move(results.error()));

  DataCheck found;
  found.accounts = data->database->tables[kAccountTable].rows;
  found.tables = std::move(data->tables);
  const Answered answered{decisive.program, *data->database, decisive.roots, *results};
  found.definitions = outcomes_of(answered, all_indices(project.definitions.size()));
  found.diagnostics = with_decided_counts(decisive, *results, found.accounts, project.diagnostics);
  std::ranges::move(data->diagnostics, std::back_inserter(found.diagnostics));
  std::ranges::move(orphan_diagnostics(found.tables), std::back_inserter(found.diagnostics));
  std::ranges::move(undetermined_diagnostics(project, found), std::back_inserter(found.diagnostics));
  return found;
}

}  // namespace segue
