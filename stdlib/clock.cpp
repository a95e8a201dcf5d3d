// This file implements windows, moments, and arithmetic of timestamps with calendar units.
#include "stdlib/clock.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace segue {

namespace {

constexpr std::int64_t kLeastInt = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatestInt = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kDayLimit = 10'000'000;  // further than from one end of the calendar to the other
constexpr IntRange kNothing{kGreatestInt, kLeastInt};
constexpr WindowBounds kNoBounds{kNothing, kNothing};

// Every instant of the years 0001 to 9999 in every zone lies between these two; between them no sum with an offset overflows.
constexpr std::int64_t kFirstInstant = (kMinDay - 2) * kMicrosPerDay;
constexpr std::int64_t kLastInstant = (kMaxDay + 2) * kMicrosPerDay;

KnownInt known_instant(const TimeZone& zone, std::int64_t instant) {
  return is_instant(zone, instant) ? KnownInt{instant, true} : kMissingInt;
}

std::int64_t saturated(KnownInt amount, std::int64_t count) { return amount.known ? amount.value : (count < 0 ? kLeastInt : kGreatestInt); }

// The day that lies `amount` of a calendar unit after `day`, as far as the calendar and a bit beyond.
std::int64_t shifted_day(std::int64_t day, TimeAmount amount) {
  if (amount.unit == TimeUnit::kDay || amount.unit == TimeUnit::kWeek) {
    return day + std::clamp(saturated(days_of(amount), amount.count), -kDayLimit, kDayLimit);
  }
  return add_months(day, saturated(months_of(amount), amount.count));
}

// Whole local days, as far as they lie in the calendar; `from` and `to` cut the instants.
WindowBounds day_bounds(const Clock& clock, std::int64_t first, std::int64_t last, std::int64_t from, std::int64_t to) {
  const IntRange days{std::max(first, kMinDay), std::min(last, kMaxDay)};
  if (days.is_empty()) return kNoBounds;
  const IntRange instants{std::max(first_instant_of_day(*clock.zone, days.low), from),
                          std::min(last_instant_of_day(*clock.zone, days.high), to)};
  return {instants.is_empty() ? kNothing : instants, days};
}

WindowBounds exact_bounds(const Window& window, const Clock& clock) {
  const KnownInt length = micros_of({window.count, window.unit});
  if (window.kind == WindowKind::kLast) {
    const KnownInt before = length.known ? subtract_int(clock.now, length.value) : kMissingInt;
    return {{before.known ? before.value + 1 : kLeastInt, clock.now}, kNothing};
  }
  const KnownInt after = length.known ? add_int(clock.now, length.value) : kMissingInt;
  return {{clock.now, after.known ? after.value - 1 : kGreatestInt}, kNothing};
}

WindowBounds rolling_bounds(const Window& window, const Clock& clock) {
  if (window.count < 1) return kNoBounds;
  if (is_exact(window.unit)) return exact_bounds(window, clock);
  // 30 days that end with today begin 29 days before it; three months begin the day after the same day three months ago.
  if (window.kind == WindowKind::kLast) {
    const std::int64_t before = shifted_day(clock.today, {-window.count, window.unit});
    return day_bounds(clock, before + 1, clock.today, kLeastInt, clock.now);
  }
  const std::int64_t after = shifted_day(clock.today, {window.count, window.unit});
  return day_bounds(clock, clock.today, after - 1, clock.now, kGreatestInt);
}

Period period_of(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kWeek: return Period::kWeek;
    case TimeUnit::kMonth: return Period::kMonth;
    case TimeUnit::kQuarter: return Period::kQuarter;
    case TimeUnit::kYear: return Period::kYear;
    case TimeUnit::kFiscalQuarter: return Period::kFiscalQuarter;
    case TimeUnit::kFiscalYear: return Period::kFiscalYear;
    default: assert(unit == TimeUnit::kDay); return Period::kDay;
  }
}

WindowBounds period_bounds(const Window& window, const Clock& clock) {
  const Period period = period_of(window.unit);
  const int shift = window.kind == WindowKind::kPrevious ? -1 : window.kind == WindowKind::kFollowing ? 1 : 0;
  const std::int64_t first = period_after(start_of_period(clock.today, period, clock.rules), period, shift);
  return day_bounds(clock, first, period_after(first, period, 1) - 1, kLeastInt, kGreatestInt);
}

}  // namespace

Clock make_clock(std::int64_t now, const TimeZone& zone, CalendarRules rules) { return {now, local_day_of(zone, now), &zone, rules}; }

Clock clock_at_end_of_day(std::int64_t day, const TimeZone& zone, CalendarRules rules) {
  Clock clock = make_clock(last_instant_of_day(zone, day), zone, rules);
  clock.today = day;  // also where the zone left the day out
  return clock;
}

KnownInt micros_of(TimeAmount amount) {
  assert(is_exact(amount.unit));
  constexpr std::int64_t kMicros[] = {kMicrosPerSecond, kMicrosPerMinute, kMicrosPerHour};
  return multiply_int(amount.count, kMicros[static_cast<int>(amount.unit)]);
}

KnownInt days_of(TimeAmount amount) {
  assert(amount.unit == TimeUnit::kDay || amount.unit == TimeUnit::kWeek);
  return multiply_int(amount.count, amount.unit == TimeUnit::kWeek ? 7 : 1);
}

KnownInt months_of(TimeAmount amount) {
  switch (amount.unit) {
    case TimeUnit::kMonth: return {amount.count, true};
    case TimeUnit::kQuarter:
    case TimeUnit::kFiscalQuarter: return multiply_int(amount.count, 3);
    default: assert(amount.unit == TimeUnit::kYear || amount.unit == TimeUnit::kFiscalYear); return multiply_int(amount.count, 12);
  }
}

WindowBounds window_bounds(const Window& window, const Clock& clock) {
  const std::optional<Clock> seen = window.as_of ? shifted_clock(clock, *window.as_of) : clock;
  if (!seen) return kNoBounds;
  const bool is_rolling = window.kind == WindowKind::kLast || window.kind == WindowKind::kNext;
  return is_rolling ? rolling_bounds(window, *seen) : period_bounds(window, *seen);
}

std::optional<Clock> shifted_clock(const Clock& clock, TimeAmount shift) {
  const KnownInt moment = is_exact(shift.unit) ? moment_timestamp(clock, shift) : moment_date(clock, shift);
  if (!moment.known) return std::nullopt;
  return is_exact(shift.unit) ? make_clock(moment.value, *clock.zone, clock.rules)
                              : clock_at_end_of_day(moment.value, *clock.zone, clock.rules);
}

KnownInt moment_date(const Clock& clock, TimeAmount shift) { return known_day(shifted_day(clock.today, shift)); }

KnownInt moment_timestamp(const Clock& clock, TimeAmount shift) {
  const KnownInt length = micros_of(shift);
  return length.known ? add_span_to_instant(*clock.zone, clock.now, length.value) : kMissingInt;
}

bool is_instant(const TimeZone& zone, std::int64_t instant) {
  return instant >= kFirstInstant && instant <= kLastInstant && is_day(local_day_of(zone, instant));
}

KnownInt add_days_to_date(std::int64_t day, std::int64_t days) {
  const KnownInt sum = add_int(day, days);
  return sum.known ? known_day(sum.value) : kMissingInt;
}

KnownInt add_months_to_date(std::int64_t day, std::int64_t months) { return known_day(add_months(day, months)); }

KnownInt add_span_to_instant(const TimeZone& zone, std::int64_t instant, std::int64_t micros) {
  const KnownInt sum = add_int(instant, micros);
  return sum.known ? known_instant(zone, sum.value) : kMissingInt;
}

namespace {

// The instant with the same local time of day on another day; the same instant on the same day, repeated hours included.
KnownInt moved_to_day(const TimeZone& zone, std::int64_t instant, std::int64_t from, KnownInt to) {
  if (!to.known) return kMissingInt;
  if (to.value == from) return {instant, true};
  return known_instant(zone, instant_of_local(zone, to.value * kMicrosPerDay + local_time_of_day(zone, instant)));
}

}  // namespace

KnownInt add_days_to_instant(const TimeZone& zone, std::int64_t instant, std::int64_t days) {
  const std::int64_t day = local_day_of(zone, instant);
  return moved_to_day(zone, instant, day, add_days_to_date(day, days));
}

KnownInt add_months_to_instant(const TimeZone& zone, std::int64_t instant, std::int64_t months) {
  const std::int64_t day = local_day_of(zone, instant);
  return moved_to_day(zone, instant, day, add_months_to_date(day, months));
}

}  // namespace segue
