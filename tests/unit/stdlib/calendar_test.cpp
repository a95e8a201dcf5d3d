// The calendar: every day of the years 0001 to 9999, weeks, fiscal years, month arithmetic.
#include "stdlib/calendar.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

std::int64_t day(std::int64_t year, int month, int day_of_month) { return day_of_civil({year, month, day_of_month}); }

constexpr CalendarRules kFebruary{Weekday::kSunday, 2};

}  // namespace

TEST_CASE("every day from 0001-01-01 to 9999-12-31 goes to civil and back") {
  CHECK(day(1, 1, 1) == kMinDay);
  CHECK(day(9999, 12, 31) == kMaxDay);
  CHECK(day(1970, 1, 1) == 0);
  CivilDate expected{1, 1, 1};
  std::int64_t failures = 0;
  int weekday = 0;  // 0001-01-01 was a Monday
  for (std::int64_t d = kMinDay; d <= kMaxDay; ++d) {
    if (civil_of_day(d) != expected || day_of_civil(expected) != d || static_cast<int>(weekday_of(d)) != weekday) ++failures;
    weekday = (weekday + 1) % 7;
    if (++expected.day <= days_in_month(expected.year, expected.month)) continue;
    expected.day = 1;
    if (++expected.month <= 12) continue;
    expected.month = 1;
    ++expected.year;
  }
  CHECK(failures == 0);
}

TEST_CASE("dates that do not exist are not valid") {
  CHECK(is_valid_date(2024, 2, 29));
  CHECK(!is_valid_date(2023, 2, 29));
  CHECK(!is_valid_date(1900, 2, 29));
  CHECK(is_valid_date(2000, 2, 29));
  CHECK(!is_valid_date(0, 1, 1));
  CHECK(!is_valid_date(10000, 1, 1));
  CHECK(!is_valid_date(2026, 13, 1));
  CHECK(!is_valid_date(2026, 4, 31));
}

TEST_CASE("a fiscal year is numbered by the year in which it ends") {
  CHECK(fiscal_year_of(day(2026, 1, 31), kFebruary) == 2026);
  CHECK(fiscal_year_of(day(2026, 2, 1), kFebruary) == 2027);
  CHECK(fiscal_year_of(day(2026, 12, 31), kFebruary) == 2027);
  CHECK(fiscal_year_of(day(2026, 1, 1), {}) == 2026);
  CHECK(fiscal_year_of(day(2026, 12, 31), {}) == 2026);
  CHECK(fiscal_quarter_of(day(2026, 1, 31), kFebruary) == 4);
  CHECK(fiscal_quarter_of(day(2026, 2, 1), kFebruary) == 1);
  CHECK(fiscal_quarter_of(day(2026, 5, 1), kFebruary) == 2);
  CHECK(fiscal_quarter_of(day(2026, 12, 31), {}) == 4);
  CHECK(quarter_of(day(2026, 3, 31)) == 1);
  CHECK(quarter_of(day(2026, 4, 1)) == 2);
}

TEST_CASE("periods start where the project says") {
  const std::int64_t sunday = day(2026, 3, 1);
  CHECK(start_of_period(sunday, Period::kWeek, {}) == day(2026, 2, 23));
  CHECK(start_of_period(sunday, Period::kWeek, kFebruary) == sunday);
  CHECK(start_of_period(sunday, Period::kMonth, {}) == sunday);
  CHECK(start_of_period(sunday, Period::kQuarter, {}) == day(2026, 1, 1));
  CHECK(start_of_period(sunday, Period::kYear, {}) == day(2026, 1, 1));
  CHECK(start_of_period(sunday, Period::kFiscalYear, kFebruary) == day(2026, 2, 1));
  CHECK(start_of_period(sunday, Period::kFiscalQuarter, kFebruary) == day(2026, 2, 1));
  CHECK(start_of_period(day(2026, 1, 31), Period::kFiscalYear, kFebruary) == day(2025, 2, 1));
  CHECK(start_of_period(day(2026, 1, 31), Period::kFiscalQuarter, kFebruary) == day(2025, 11, 1));
  CHECK(period_after(day(2026, 1, 1), Period::kQuarter, -1) == day(2025, 10, 1));
  CHECK(period_after(day(2026, 2, 1), Period::kFiscalYear, 1) == day(2027, 2, 1));
  CHECK(period_after(day(2026, 2, 23), Period::kWeek, -1) == day(2026, 2, 16));
}

TEST_CASE("month arithmetic clamps to the month's last day") {
  CHECK(add_months(day(2026, 1, 31), 1) == day(2026, 2, 28));
  CHECK(add_months(day(2024, 1, 31), 1) == day(2024, 2, 29));
  CHECK(add_months(day(2026, 3, 31), -1) == day(2026, 2, 28));
  CHECK(add_months(day(2024, 2, 29), 12) == day(2025, 2, 28));
  CHECK(add_months(day(2026, 1, 15), -13) == day(2024, 12, 15));
  CHECK(add_months(day(2026, 11, 30), 3) == day(2027, 2, 28));
  CHECK(!is_day(add_months(day(2026, 1, 1), std::numeric_limits<std::int64_t>::max())));
  CHECK(!is_day(add_months(day(2026, 1, 1), std::numeric_limits<std::int64_t>::min())));
}

TEST_CASE("the next anniversary counts today, and 29 February clamps") {
  CHECK(next_anniversary_of(day(2020, 3, 1), day(2026, 3, 1)) == day(2026, 3, 1));
  CHECK(next_anniversary_of(day(2020, 3, 1), day(2026, 3, 2)) == day(2027, 3, 1));
  CHECK(next_anniversary_of(day(2020, 2, 29), day(2026, 1, 1)) == day(2026, 2, 28));
  CHECK(next_anniversary_of(day(2020, 2, 29), day(2027, 3, 1)) == day(2028, 2, 29));
  CHECK(next_anniversary_of(day(2020, 2, 29), day(2028, 2, 29)) == day(2028, 2, 29));
  CHECK(next_anniversary_of(day(2030, 5, 5), day(2026, 6, 1)) == day(2027, 5, 5));
  CHECK(next_anniversary_of(day(2020, 1, 1), day(9999, 6, 1)) == day(10000, 1, 1));
}

}  // namespace segue
