// This file's external interface is `load_data`: the tables of a project in memory, or why they cannot be evaluated. Private to this folder.
#pragma once

#include <expected>
#include <memory>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/table_specs.h"
#include "runtime/exchange_rates.h"
#include "runtime/io/api.h"
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

// What reading the sources takes.
struct SourceReading {
  std::vector<TableSpec> specs;
  ExchangeRates rates;  // of `load`
  LoadOptions load;
  const RuntimeIoApi* io = nullptr;
};

// `options` must outlive it.
[[nodiscard]] std::expected<std::unique_ptr<const SourceReading>, Failure> source_reading(const CheckedProject& project,
                                                                                          const DataOptions& options,
                                                                                          std::vector<TableSpec> specs);

// What is said of what was read. Bad rows under kFail are a Failure. `result.database` is not looked at.
[[nodiscard]] std::expected<LoadedData, Failure> judged_data(const CheckedProject& project, const DataOptions& options,
                                                             const LoadResult& result);

}  // namespace segue
