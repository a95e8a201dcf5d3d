// This file's external interface is what a verb says where changes are reviewed: `--format github` and `--format sarif`.
#pragma once

#include <string>
#include <vector>

#include "bindings/cpp/report.h"
#include "tools/segue/arguments.h"
#include "tools/segue/report.h"

namespace segue::command {

// Whether the format is one for reviews, and not for people at a terminal or for scripts.
[[nodiscard]] bool is_for_review(OutputFormat format);

// The report's diagnostics as findings.
[[nodiscard]] std::vector<ReviewFinding> findings_of(const Report& report);

// Workflow commands or a SARIF document of the findings, whose locations are those of the report's project. Paths are relative to the root of the git
// repository that the project lies in; without one, to the current folder where that holds the project, else to the project.
[[nodiscard]] std::string review_document(const Report& report, std::vector<ReviewFinding> findings, OutputFormat format, int code,
                                          std::vector<ReviewCount> counts = {});

}  // namespace segue::command
