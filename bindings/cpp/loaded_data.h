// This file's external interface is `load_data`: the tables of a project in memory, or why they cannot be evaluated. Private to this folder.
#pragma once

#include <expected>
#include <memory>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/table_specs.h"
#include "runtime/table.h"

namespace segue {

struct LoadedData {
  std::shared_ptr<const Database> database;
  std::vector<TableSummary> tables;
  std::vector<Diagnostic> diagnostics;  // bad rows that were skipped, values read as missing
};

// Bad rows under kFail are a Failure with the tables' summaries.
[[nodiscard]] std::expected<LoadedData, Failure> load_data(const CheckedProject& project, const DataOptions& options,
                                                           const std::vector<NeededColumns>& needed);

}  // namespace segue
