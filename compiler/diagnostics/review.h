// This file's external interface is how diagnostics are shown where changes are reviewed: as workflow commands of GitHub Actions,
// which become annotations of the changed lines, and as SARIF 2.1.0, which code scanning and editors read.
#pragma once

#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"

namespace segue {

// A diagnostic with what stands beside it in a review.
struct ReviewFinding {
  Diagnostic diagnostic;
  std::string title;    // of its annotation; empty: the diagnostic's code
  std::string details;  // further lines of the message, such as the tree of `explain`
};

// What the call went through, such as 12 tests `passed`: a property of the run in SARIF.
struct ReviewCount {
  std::string name;
  std::uint64_t number = 0;
};

// All that one call has to say.
struct ReviewRun {
  std::vector<ReviewFinding> findings;
  std::string folder;   // of the project, relative to the root of the repository: empty, or with a `/` at its end
  std::string version;  // of Segue
  int exit_code = 0;    // of the call
  std::vector<ReviewCount> counts;
};

// A line a finding: `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=…::message`. Columns stand only where both ends are on one
// line, as GitHub wants it. What a message must not hold is escaped.
[[nodiscard]] std::string render_github(const ReviewRun& run, const SourceMap& sources);

// One SARIF document with a line break at its end. Findings without a place are notifications of the call, since code scanning refuses results
// without one. A finding keeps its fingerprint when lines above it come and go.
[[nodiscard]] std::string render_sarif(const ReviewRun& run, const SourceMap& sources);

}  // namespace segue
