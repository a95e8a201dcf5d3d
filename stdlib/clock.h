// This file's external interface is the evaluation clock and what depends on it: windows (`within last 30 days`), moments
// (`14 days ago`), and arithmetic of timestamps with calendar units. `language.md`, "Time".
#pragma once

#include <cstdint>
#include <optional>

#include "stdlib/calendar.h"
#include "stdlib/number.h"
#include "stdlib/time_zone.h"

namespace segue {

// `now`, seen in a zone under a calendar. Make it with `make_clock`, which derives `today`.
struct Clock {
  std::int64_t now = 0;    // µs since 1970-01-01T00:00:00Z
  std::int64_t today = 0;  // its local day
  const TimeZone* zone = &utc_zone();
  CalendarRules rules;
};

// `zone` is borrowed and must outlive the clock.
[[nodiscard]] Clock make_clock(std::int64_t now, const TimeZone& zone, CalendarRules rules);

// The clock of a bare date: the end of that local day, its last microsecond.
[[nodiscard]] Clock clock_at_end_of_day(std::int64_t day, const TimeZone& zone, CalendarRules rules);

// Seconds, minutes and hours are exact; the others are calendar units. Fiscal units stand with this, previous and next only.
enum class TimeUnit : std::uint8_t { kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear, kFiscalQuarter, kFiscalYear };

[[nodiscard]] inline bool is_exact(TimeUnit unit) { return unit <= TimeUnit::kHour; }

// A signed amount of a unit: `30 days`. A negative count goes back.
struct TimeAmount {
  std::int64_t count = 0;
  TimeUnit unit = TimeUnit::kDay;

  friend bool operator==(const TimeAmount&, const TimeAmount&) = default;
};

// The unit in the numbers that durations are made of: exact units in microseconds, days and weeks in days, the rest in months.
// Missing where it does not fit. Fiscal units count like their calendar namesakes.
[[nodiscard]] KnownInt micros_of(TimeAmount amount);  // exact units only
[[nodiscard]] KnownInt days_of(TimeAmount amount);    // days and weeks only
[[nodiscard]] KnownInt months_of(TimeAmount amount);  // months, quarters, years

enum class WindowKind : std::uint8_t {
  kLast,       // last `count` `unit`s
  kNext,       // next `count` `unit`s
  kThis,       // this `unit`
  kPrevious,   // previous `unit`
  kFollowing,  // next `unit`: the whole calendar period after this one
};

struct Window {
  WindowKind kind = WindowKind::kLast;
  std::int64_t count = 1;           // of kLast and kNext; below 1 the window covers nothing
  TimeUnit unit = TimeUnit::kDay;   // exact units with kLast and kNext only, fiscal units with the other three
  std::optional<TimeAmount> as_of;  // `as of 7 days ago` is {-7, kDay}

  friend bool operator==(const Window&, const Window&) = default;
};

// What a window covers, both ends included; nothing where a range is empty.
struct WindowBounds {
  IntRange instants;  // for timestamps, in µs
  IntRange days;      // for dates; empty for exact units, which never stand beside a date

  friend bool operator==(const WindowBounds&, const WindowBounds&) = default;
};

[[nodiscard]] WindowBounds window_bounds(const Window& window, const Clock& clock);

// The clock as `as of` shows it: the end of the local day that lies `shift` away, or for exact units that very moment.
// Nothing where that lies outside the years 0001 to 9999.
[[nodiscard]] std::optional<Clock> shifted_clock(const Clock& clock, TimeAmount shift);

// `14 days ago` is {-14, kDay}, `10 days from now` {10, kDay}: a date for calendar units, a timestamp for exact ones.
// Missing outside the years 0001 to 9999.
[[nodiscard]] KnownInt moment_date(const Clock& clock, TimeAmount shift);
[[nodiscard]] KnownInt moment_timestamp(const Clock& clock, TimeAmount shift);

// Whether an instant's local day lies in the years 0001 to 9999; what `date(t)` and every result of type timestamp must meet.
[[nodiscard]] bool is_instant(const TimeZone& zone, std::int64_t instant);

// date + days, date + months; missing outside the years 0001 to 9999.
[[nodiscard]] KnownInt add_days_to_date(std::int64_t day, std::int64_t days);
[[nodiscard]] KnownInt add_months_to_date(std::int64_t day, std::int64_t months);

// Exact time against whole days, a day being 24 hours: -1, 0 or 1.
[[nodiscard]] inline int compare_span_days(std::int64_t micros, std::int64_t days) {
  const Int128 other = Int128{days} * kMicrosPerDay;
  return (Int128{micros} > other) - (Int128{micros} < other);
}

// timestamp + duration: exact time counts on the time line; days and months keep the local time of day (skipped wall time moves
// forward by the gap, repeated wall time is the first). Missing outside the years 0001 to 9999.
[[nodiscard]] KnownInt add_span_to_instant(const TimeZone& zone, std::int64_t instant, std::int64_t micros);
[[nodiscard]] KnownInt add_days_to_instant(const TimeZone& zone, std::int64_t instant, std::int64_t days);
[[nodiscard]] KnownInt add_months_to_instant(const TimeZone& zone, std::int64_t instant, std::int64_t months);

}  // namespace segue
