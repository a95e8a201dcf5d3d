// One evaluation a clock.
#include "bindings/cpp/history.h"

#include <algorithm>
#include <utility>

#include "bindings/cpp/checked_project.h"

namespace segue {
namespace {

KnownInt clock_before(const TimeZone& zone, std::int64_t clock, HistoryStep step, std::int64_t steps) {
  switch (step) {
    case HistoryStep::kDaily: return add_days_to_instant(zone, clock, -steps);
    case HistoryStep::kWeekly: return add_days_to_instant(zone, clock, -7 * steps);
    case HistoryStep::kMonthly: return add_months_to_instant(zone, clock, -steps);
    case HistoryStep::kQuarterly: return add_months_to_instant(zone, clock, -3 * steps);
  }
  return {};
}

// The oldest first.
std::vector<std::int64_t> past_clocks(const TimeZone& zone, std::int64_t clock, HistoryStep step, std::uint32_t points) {
  std::vector<std::int64_t> clocks;
  for (std::uint32_t i = points; i > 0; --i) {
    if (const KnownInt past = clock_before(zone, clock, step, i); past.known) clocks.push_back(past.value);
  }
  return clocks;
}

// Whether a table that was read says since when its rows are known.
bool knows_the_past(const Schema& schema, const Evaluation& evaluation) {
  return std::ranges::any_of(evaluation.tables, [&](const TableSummary& summary) {
    const auto table = find_table(schema, summary.table);
    return table && schema.tables[*table].known_at;
  });
}

HistoryPoint point_of(const Evaluation& evaluation) { return {evaluation.clock, evaluation.accounts, evaluation.definitions}; }

}  // namespace

std::expected<History, Failure> history(const OpenedProject& project, const Evaluation& evaluation, const EvaluateOptions& options,
                                        HistoryStep step, std::uint32_t points) {
  const CheckedProject& checked = *project.checked;
  History history;
  if (!knows_the_past(checked.schema(), evaluation)) {
    history.diagnostics.push_back(make_diagnostic(DiagnosticKind::kNoHistory, {},
                                                  "no table that is read declares `known_at`, so the history shows the rows of today "
                                                  "through the windows of past days; add it in the schema"));
  }
  EvaluateOptions past = options;
  past.previous.reset();
  past.audits = past.keeps_answers = false;
  past.out.reset();
  for (const std::int64_t clock : past_clocks(checked.zone, evaluation.clock, step, points)) {
    past.data.clock = clock;
    auto then = evaluate(project, past);
    if (!then) return std::unexpected(std::move(then.error()));
    history.points.push_back(point_of(*then));
  }
  history.points.push_back(point_of(evaluation));
  return history;
}

}  // namespace segue
