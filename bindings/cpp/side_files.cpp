// Side files from disk.
#include "bindings/cpp/side_files.h"

#include <utility>

#include "compiler/schema/rates_file.h"

namespace segue {
namespace {

Location place_in(const SideFile& file, const Location& location) {
  const ResolvedLocation resolved = resolve(location, file.sources);
  if (resolved.file.empty()) return {};
  return FileLocation{.file = std::string(resolved.file), .start = resolved.start, .end = resolved.end};
}

}  // namespace

std::expected<SideFile, Failure> read_side_file(const CheckedProject& project, const ProjectText& path) {
  SideFile file;
  const auto id = read_source(file.sources, project.workspace.root, path.text);
  if (!id) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnreadableFile, id.error().message, path.span));
  file.id = *id;
  return file;
}

Failure side_file_failure(const SideFile& file, std::vector<Diagnostic> diagnostics) {
  for (Diagnostic& diagnostic : diagnostics) {
    diagnostic.location = place_in(file, diagnostic.location);
    for (Note& note : diagnostic.notes) note.location = place_in(file, note.location);
    diagnostic.fix.reset();  // its edits are of a source that nobody else has
  }
  return {.kind = FailureKind::kRules, .diagnostics = std::move(diagnostics), .tables = {}};
}

std::expected<ExchangeRates, Failure> read_rates(const CheckedProject& project) {
  const Project& settings = project.workspace.project;
  if (!settings.rates) return ExchangeRates{.currency = settings.currency, .by_currency = {}};
  const auto file = read_side_file(project, *settings.rates);
  if (!file) return std::unexpected(file.error());
  RatesFile rates = read_rates_file(file->source(), file->id, settings.currency);
  if (has_errors(rates.diagnostics)) return std::unexpected(side_file_failure(*file, std::move(rates.diagnostics)));
  return std::move(rates.rates);
}

}  // namespace segue
