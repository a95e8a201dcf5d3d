// This file's external interface is `Failure`: why something that was asked of Segue was not done, and whose fault it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"

namespace segue {

enum class FailureKind : std::uint8_t {
  kRules,        // the rules, the schema, the project file or the data
  kCall,         // a name, account key or option that does not exist
  kEnvironment,  // a file that is missing or cannot be read or written, a full disk
  kCancelled,    // stopped from outside
};

// What a table held. Rows that do not exist at the clock and repeated rows under `dedupe` count as read.
struct TableSummary {
  std::string table;
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
  std::uint64_t orphans = 0;        // rows that meet no parent
  std::uint64_t not_yet_known = 0;  // rows whose `known_at` lies after the clock
};

struct Failure {
  FailureKind kind = FailureKind::kRules;
  std::vector<Diagnostic> diagnostics;  // at least one, but for kCancelled; locations are those of the project's sources
  std::vector<TableSummary> tables;     // what had been read when bad rows ended the evaluation
};

}  // namespace segue
