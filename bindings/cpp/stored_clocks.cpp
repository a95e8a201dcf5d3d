// Clocks of rows and of rates.
#include "bindings/cpp/stored_clocks.h"

#include <optional>

namespace segue {

namespace {

// The clocks whose local day lies between two days; `until` excluded.
ClockRange clocks_of_days(const CheckedProject& project, std::optional<std::int64_t> since, std::optional<std::int64_t> until) {
  ClockRange range = kAllClocks;
  if (since) range.since = clock_at_end_of_day(*since - 1, project.zone, project.rules).now + 1;
  if (until) range.until = clock_at_end_of_day(*until - 1, project.zone, project.rules).now;
  return range;
}

}  // namespace

ClockRange clocks_of_rows(const TableSpec& spec, const TableNotes& notes, std::int64_t clock) {
  if (!spec.known_at) return kAllClocks;
  return {clock, notes.report.not_yet_known == 0 ? kAllClocks.until : clock};
}

ClockRange clocks_of_money(const CheckedProject& project, const ExchangeRates& rates, const TableNotes& notes, std::int64_t clock) {
  const std::int64_t day = local_day_of(project.zone, clock);
  if (!notes.missing_rates.empty()) return clocks_of_days(project, day, day + 1);
  std::optional<std::int64_t> since, until;
  for (const auto& [currency, of_currency] : rates.by_currency) {
    for (const ExchangeRate& rate : of_currency) {
      if (rate.valid_from <= day) since = std::max(since.value_or(rate.valid_from), rate.valid_from);
      else until = std::min(until.value_or(rate.valid_from), rate.valid_from);
    }
  }
  return clocks_of_days(project, since, until);
}

}  // namespace segue
