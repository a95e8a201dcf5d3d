// This file's external interface is `history`: the same definitions at past clocks, with the rows that were known then. `docs/assess.md`.
#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "bindings/cpp/evaluate.h"

namespace segue {

enum class HistoryStep : std::uint8_t { kDaily, kWeekly, kMonthly, kQuarterly };

// The answers at one clock, as in Evaluation.
struct HistoryPoint {
  std::int64_t clock = 0;
  std::uint64_t accounts = 0;
  std::vector<DefinitionOutcome> definitions;  // in the order of the evaluation's
};

struct History {
  std::vector<HistoryPoint> points;     // the oldest first; the last is the evaluation itself
  std::vector<Diagnostic> diagnostics;  // a note where no table that is read says since when its rows are known
};

// Reads and evaluates again at `points` clocks before the evaluation's, a step apart: the same local time of day, on the same day of the month or its
// last. `options` are those of the evaluation. A clock before the year 1 ends the walk. Fails as `evaluate` does.
[[nodiscard]] std::expected<History, Failure> history(const OpenedProject& project, const Evaluation& evaluation,
                                                      const EvaluateOptions& options, HistoryStep step, std::uint32_t points);

}  // namespace segue
