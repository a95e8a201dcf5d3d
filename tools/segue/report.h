// This file's external interface is Report: all that a verb has to say at its end, and the documents that scripts get of it
// (`docs/command.md`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/prove/prove_project.h"
#include "bindings/cpp/segue.h"

namespace segue::command {

// What came of a call. A call that failed early has little of it.
struct Report {
  std::optional<OpenedProject> project;
  std::optional<std::int64_t> clock;
  std::optional<Evaluation> evaluation;    // of run
  std::optional<Audit> audit;              // of run --audit
  std::optional<Assessment> assessment;    // of run --assess
  std::optional<History> history;          // of run --history
  std::optional<Profile> profile;          // of run --profile
  std::optional<DataCheck> data_check;     // of check --data
  std::optional<Explanation> explanation;  // of explain
  std::optional<PreparedTables> prepared;  // of prepare
  std::optional<VerifiedTables> verified;  // of prepare --verify
  std::optional<ProvedProject> proved;     // of test: its logical expectations
  std::vector<TableSummary> tables;
  std::vector<Diagnostic> diagnostics;  // sorted; locations are those of the project's sources
  std::string name, key;                // of explain, as asked
};

// The sources of the report's diagnostics.
[[nodiscard]] const SourceMap& sources_of(const Report& report);

// The share of a part, 0 of nothing.
[[nodiscard]] inline double part_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

// `read`, `extended` or `kept`.
[[nodiscard]] std::string_view state_name(PreparedState state);

// The field `diagnostics` of every document.
[[nodiscard]] std::string diagnostics_json(const Report& report);

// The documents `segue.run/1`, `segue.check/1`, `segue.explain/1` and `segue.prepare/1`, with a line break at their end. What is not known is null.
[[nodiscard]] std::string run_document(const Report& report);
[[nodiscard]] std::string check_document(const Report& report);
[[nodiscard]] std::string explain_document(const Report& report);
[[nodiscard]] std::string prepare_document(const Report& report);

}  // namespace segue::command
