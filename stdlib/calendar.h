// This file's external interface is the proleptic Gregorian calendar: days since 1970-01-01 to and from year, month and day,
// weeks, quarters, fiscal years, and month arithmetic. No time zones here. `language.md`, "Time".
// Algorithms: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
#pragma once

#include <cstdint>

#include "stdlib/number.h"

namespace segue {

// Days are counted since 1970-01-01. A date of the language lies in the years 0001 to 9999.
inline constexpr std::int64_t kMinDay = -719'162;   // 0001-01-01
inline constexpr std::int64_t kMaxDay = 2'932'896;  // 9999-12-31

[[nodiscard]] inline bool is_day(std::int64_t day) { return day >= kMinDay && day <= kMaxDay; }

// `day`, or missing where it lies outside the years 0001 to 9999.
[[nodiscard]] inline KnownInt known_day(std::int64_t day) { return is_day(day) ? KnownInt{day, true} : kMissingInt; }

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31

  friend bool operator==(const CivilDate&, const CivilDate&) = default;
};

// The order of `weekday`'s enum; also the index of its values.
enum class Weekday : std::uint8_t { kMonday, kTuesday, kWednesday, kThursday, kFriday, kSaturday, kSunday };

// Names of the weekdays and months in English lower case, as `segue.yaml` and the enum of `weekday` write them.
inline constexpr const char* kWeekdayNames[7] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
inline constexpr const char* kMonthNames[12] = {"january", "february", "march",     "april",   "may",      "june",
                                                "july",    "august",   "september", "october", "november", "december"};

// `week_starts` and `fiscal_year_starts` of the project.
struct CalendarRules {
  Weekday week_start = Weekday::kMonday;
  int fiscal_month = 1;  // the month that opens the fiscal year, 1 to 12

  friend bool operator==(const CalendarRules&, const CalendarRules&) = default;
};

[[nodiscard]] bool is_leap_year(std::int64_t year);
[[nodiscard]] int days_in_month(std::int64_t year, int month);
[[nodiscard]] bool is_valid_date(std::int64_t year, int month, int day);  // within the years 0001 to 9999

[[nodiscard]] std::int64_t day_of_civil(CivilDate date);
[[nodiscard]] CivilDate civil_of_day(std::int64_t day);

[[nodiscard]] Weekday weekday_of(std::int64_t day);

// 1 to 4.
[[nodiscard]] int quarter_of(std::int64_t day);

// The fiscal year is numbered by the year in which it ends; its quarters are 1 to 4.
[[nodiscard]] std::int64_t fiscal_year_of(std::int64_t day, const CalendarRules& rules);
[[nodiscard]] int fiscal_quarter_of(std::int64_t day, const CalendarRules& rules);

// The same day of the month `months` later (or earlier), clamped to the month's last day. The result may lie outside the years
// 0001 to 9999; |months| is saturated at 200,000, which is beyond them.
[[nodiscard]] std::int64_t add_months(std::int64_t day, std::int64_t months);

// The first day on or after `today` with the month and day of `date`; 29 February is 28 February in other years.
[[nodiscard]] std::int64_t next_anniversary_of(std::int64_t date, std::int64_t today);

// Whole calendar periods.
enum class Period : std::uint8_t { kDay, kWeek, kMonth, kQuarter, kYear, kFiscalQuarter, kFiscalYear };

// The first day of the period that contains `day`.
[[nodiscard]] std::int64_t start_of_period(std::int64_t day, Period period, const CalendarRules& rules);

// The first day of the period that lies `count` periods after the one that starts on `start` (`start` must start a period).
[[nodiscard]] std::int64_t period_after(std::int64_t start, Period period, std::int64_t count);

}  // namespace segue
