// This file's external interface is what is said about data: bad values, orphans and broken files as diagnostics. Private to this folder.
#pragma once

#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "runtime/io/load.h"

namespace segue {

// One diagnostic for each table, column and kind: errors under kFail, warnings under kSkip and for values that are read as missing.
[[nodiscard]] std::vector<Diagnostic> bad_value_diagnostics(const Schema& schema, const std::vector<BadValues>& bad, OnBadRow on_bad_row);

// One warning for each column of money with amounts that have no rate.
[[nodiscard]] std::vector<Diagnostic> missing_rate_diagnostics(const Schema& schema, const std::vector<MissingRates>& missing);

// One note for each table with orphans.
[[nodiscard]] std::vector<Diagnostic> orphan_diagnostics(const std::vector<TableSummary>& tables);

// Tables that could not be read. kEnvironment where a file is missing or unreadable.
[[nodiscard]] Failure load_failure(const std::vector<LoadError>& errors);

[[nodiscard]] std::vector<TableSummary> table_summaries(const std::vector<TableReport>& reports);

}  // namespace segue
