// This file implements the proleptic Gregorian calendar.
#include "stdlib/calendar.h"

#include <algorithm>
#include <cassert>

#include "stdlib/floor_divide.h"

namespace segue {

namespace {

constexpr std::int64_t kDaysPerEra = 146'097;  // 400 years
constexpr std::int64_t kMonthLimit = 200'000;

int months_of(Period period) {
  switch (period) {
    case Period::kMonth: return 1;
    case Period::kQuarter:
    case Period::kFiscalQuarter: return 3;
    case Period::kYear:
    case Period::kFiscalYear: return 12;
    default: return 0;
  }
}

// Months since the first fiscal month of the calendar year in which the fiscal year began, 0 to 11.
int fiscal_month_index(int month, const CalendarRules& rules) { return (month - rules.fiscal_month + 12) % 12; }

// The first of the month that lies `back` months before the month of `date`.
std::int64_t first_of_month(CivilDate date, int back) {
  const std::int64_t month = date.year * 12 + (date.month - 1) - back;
  const std::int64_t year = floor_divide(month, 12);
  return day_of_civil({year, static_cast<int>(month - year * 12) + 1, 1});
}

}  // namespace

bool is_leap_year(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(std::int64_t year, int month) {
  assert(month >= 1 && month <= 12);
  constexpr int kDays[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

bool is_valid_date(std::int64_t year, int month, int day) {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

std::int64_t day_of_civil(CivilDate date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - 719'468;
}

CivilDate civil_of_day(std::int64_t day) {
  const std::int64_t shifted = day + 719'468;
  const std::int64_t era = floor_divide(shifted, kDaysPerEra);
  const std::int64_t day_of_era = shifted - era * kDaysPerEra;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day_of_month = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_month};
}

Weekday weekday_of(std::int64_t day) {
  const std::int64_t index = (day + 3) % 7;  // 1970-01-01 was a Thursday
  return static_cast<Weekday>(index < 0 ? index + 7 : index);
}

int quarter_of(std::int64_t day) { return (civil_of_day(day).month - 1) / 3 + 1; }

std::int64_t fiscal_year_of(std::int64_t day, const CalendarRules& rules) {
  const CivilDate date = civil_of_day(day);
  return date.year + (rules.fiscal_month > 1 && date.month >= rules.fiscal_month ? 1 : 0);
}

int fiscal_quarter_of(std::int64_t day, const CalendarRules& rules) { return fiscal_month_index(civil_of_day(day).month, rules) / 3 + 1; }

std::int64_t add_months(std::int64_t day, std::int64_t months) {
  const CivilDate date = civil_of_day(day);
  const std::int64_t month = date.year * 12 + (date.month - 1) + std::clamp(months, -kMonthLimit, kMonthLimit);
  const std::int64_t year = floor_divide(month, 12);
  const int month_of_year = static_cast<int>(month - year * 12) + 1;
  return day_of_civil({year, month_of_year, std::min(date.day, days_in_month(year, month_of_year))});
}

std::int64_t next_anniversary_of(std::int64_t date, std::int64_t today) {
  const CivilDate origin = civil_of_day(date);
  const std::int64_t year = civil_of_day(today).year;
  const auto in_year = [&](std::int64_t y) {
    return day_of_civil({y, origin.month, std::min(origin.day, days_in_month(y, origin.month))});
  };
  return in_year(year) >= today ? in_year(year) : in_year(year + 1);
}

std::int64_t start_of_period(std::int64_t day, Period period, const CalendarRules& rules) {
  const CivilDate date = civil_of_day(day);
  switch (period) {
    case Period::kDay: return day;
    case Period::kWeek: return day - (static_cast<int>(weekday_of(day)) - static_cast<int>(rules.week_start) + 7) % 7;
    case Period::kMonth: return first_of_month(date, 0);
    case Period::kQuarter: return first_of_month(date, (date.month - 1) % 3);
    case Period::kYear: return first_of_month(date, date.month - 1);
    case Period::kFiscalQuarter: return first_of_month(date, fiscal_month_index(date.month, rules) % 3);
    case Period::kFiscalYear: return first_of_month(date, fiscal_month_index(date.month, rules));
  }
  return day;
}

std::int64_t period_after(std::int64_t start, Period period, std::int64_t count) {
  switch (period) {
    case Period::kDay: return start + count;
    case Period::kWeek: return start + 7 * count;
    default: return add_months(start, months_of(period) * count);
  }
}

}  // namespace segue
