// The reader's findings in the terms that people and scripts see.
#include "bindings/cpp/data_diagnostics.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace segue {
namespace {

DiagnosticKind kind_of(BadKind kind) {
  switch (kind) {
    case BadKind::kType: return DiagnosticKind::kBadValue;
    case BadKind::kMissing: return DiagnosticKind::kMissingValue;
    case BadKind::kEnum: return DiagnosticKind::kValueOutsideEnum;
    case BadKind::kKeyMissing: return DiagnosticKind::kMissingRowKey;
    case BadKind::kKeyRepeated: return DiagnosticKind::kRepeatedRowKey;
    case BadKind::kEncoding: return DiagnosticKind::kBadEncoding;
    case BadKind::kCells: return DiagnosticKind::kRowLength;
  }
  return DiagnosticKind::kBadValue;
}

Location place_of(const BadExample& example) {
  const Position start{.line = static_cast<std::uint32_t>(example.line.value_or(0)), .column = 0};
  return FileLocation{.file = example.file, .start = start, .end = {}};
}

Note note_of(const BadExample& example) {
  Note note = make_note("", place_of(example));
  note.row = static_cast<std::int64_t>(example.row);
  note.value = example.value;
  return note;
}

Diagnostic diagnostic_of(const Schema& schema, const BadValues& bad, OnBadRow on_bad_row) {
  const SchemaTable& table = schema.tables[bad.table];
  Location place;
  if (!bad.examples.empty()) place = place_of(bad.examples.front());
  Diagnostic diagnostic = make_diagnostic(kind_of(bad.kind), std::move(place), bad.message);
  if (bad.read_as_missing || on_bad_row == OnBadRow::kSkip) diagnostic.severity = Severity::kWarning;
  diagnostic.data = DataDetails{.table = table.name,
                                .column = bad.column ? table.columns[*bad.column].name : std::string(),
                                .count = static_cast<std::int64_t>(bad.count)};
  std::ranges::transform(bad.examples, std::back_inserter(diagnostic.notes), note_of);
  return diagnostic;
}

Diagnostic diagnostic_of(const LoadError& error) {
  Location place;
  if (!error.file.empty()) place = FileLocation{.file = error.file, .start = {}, .end = {}};
  const bool is_environment = error.kind == LoadErrorKind::kEnvironment;
  return make_diagnostic(is_environment ? DiagnosticKind::kUnreadableFile : DiagnosticKind::kBrokenFile, std::move(place), error.message);
}

}  // namespace

std::vector<Diagnostic> bad_value_diagnostics(const Schema& schema, const std::vector<BadValues>& bad, OnBadRow on_bad_row) {
  std::vector<Diagnostic> diagnostics;
  diagnostics.reserve(bad.size());
  for (const BadValues& values : bad) diagnostics.push_back(diagnostic_of(schema, values, on_bad_row));
  return diagnostics;
}

std::vector<Diagnostic> missing_rate_diagnostics(const Schema& schema, const std::vector<MissingRates>& missing) {
  std::vector<Diagnostic> diagnostics;
  for (const MissingRates& rates : missing) {
    const SchemaTable& table = schema.tables[rates.table];
    Diagnostic& diagnostic =
        diagnostics.emplace_back(make_diagnostic(DiagnosticKind::kMissingRate, place_of(rates.examples.front()), rates.message));
    diagnostic.data =
        DataDetails{.table = table.name, .column = table.columns[rates.column].name, .count = static_cast<std::int64_t>(rates.count)};
    std::ranges::transform(rates.examples, std::back_inserter(diagnostic.notes), note_of);
  }
  return diagnostics;
}

std::vector<Diagnostic> orphan_diagnostics(const std::vector<TableSummary>& tables) {
  std::vector<Diagnostic> diagnostics;
  for (const TableSummary& table : tables) {
    if (table.orphans == 0) continue;
    const bool is_one = table.orphans == 1;
    diagnostics.push_back(
        make_diagnostic(DiagnosticKind::kOrphanRows, {},
                        fmt::format("{} row{} of `{}` {} to no row of a table above it, and count{} nowhere", table.orphans,
                                    is_one ? "" : "s", table.table, is_one ? "belongs" : "belong", is_one ? "s" : "")));
    diagnostics.back().data = DataDetails{.table = table.table, .column = {}, .count = static_cast<std::int64_t>(table.orphans)};
  }
  return diagnostics;
}

Failure load_failure(const std::vector<LoadError>& errors) {
  Failure failure{.kind = FailureKind::kRules, .diagnostics = {}, .tables = {}};
  for (const LoadError& error : errors) {
    if (error.kind == LoadErrorKind::kCancelled) return {.kind = FailureKind::kCancelled, .diagnostics = {}, .tables = {}};
    if (error.kind == LoadErrorKind::kEnvironment) failure.kind = FailureKind::kEnvironment;
    failure.diagnostics.push_back(diagnostic_of(error));
  }
  return failure;
}

std::vector<TableSummary> table_summaries(const std::vector<TableReport>& reports) {
  std::vector<TableSummary> tables;
  for (const TableReport& report : reports) {
    if (report.was_read) tables.push_back({report.name, report.rows_read, report.bad_rows, report.orphans, report.not_yet_known});
  }
  return tables;
}

}  // namespace segue
