// Windows, moments, and arithmetic of timestamps: the tables of `language.md`, "Time", written out.
#include "stdlib/clock.h"

#include <string>

#include <catch2/catch.hpp>

#include "stdlib/parse_value.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

const TimeZone& berlin_clock_zone() {
  static const TimeZone kZone = load_time_zone("Europe/Berlin").value();
  return kZone;
}

std::int64_t at(const char* text) { return parse_timestamp(text, berlin_clock_zone()).value; }
std::int64_t clock_day(const char* text) { return parse_date(text).value; }

// Wednesday, a quarter past ten in Berlin, summer time.
const Clock& wednesday() {
  static const Clock kClock = make_clock(at("2026-07-15T10:15"), berlin_clock_zone(), {Weekday::kMonday, 2});
  return kClock;
}

Window last(std::int64_t count, TimeUnit unit) { return {WindowKind::kLast, count, unit, std::nullopt}; }
Window next(std::int64_t count, TimeUnit unit) { return {WindowKind::kNext, count, unit, std::nullopt}; }
Window whole(WindowKind kind, TimeUnit unit) { return {kind, 1, unit, std::nullopt}; }

// `2026-07-01 .. 2026-07-15`, or `nothing`.
std::string days(const Window& window, const Clock& clock = wednesday()) {
  const IntRange range = window_bounds(window, clock).days;
  return range.is_empty() ? "nothing" : print_date(range.low) + " .. " + print_date(range.high);
}

std::string instants(const Window& window, const Clock& clock = wednesday()) {
  const IntRange range = window_bounds(window, clock).instants;
  return range.is_empty() ? "nothing" : print_timestamp(range.low, *clock.zone) + " .. " + print_timestamp(range.high, *clock.zone);
}

std::string moment(KnownInt instant) { return instant.known ? print_timestamp(instant.value, berlin_clock_zone()) : "missing"; }
std::string moment_day(KnownInt day) { return day.known ? print_date(day.value) : "missing"; }

}  // namespace

TEST_CASE("the last 30 days are the 30 local days that end with today, up to now") {
  CHECK(days(last(30, TimeUnit::kDay)) == "2026-06-16 .. 2026-07-15");
  CHECK(instants(last(30, TimeUnit::kDay)) == "2026-06-16T00:00:00+02:00 .. 2026-07-15T10:15:00+02:00");
  CHECK(days(last(1, TimeUnit::kDay)) == "2026-07-15 .. 2026-07-15");
  CHECK(days(last(2, TimeUnit::kWeek)) == "2026-07-02 .. 2026-07-15");
}

TEST_CASE("the next 90 days are the 90 local days that start with today, from now on") {
  CHECK(days(next(90, TimeUnit::kDay)) == "2026-07-15 .. 2026-10-12");
  CHECK(instants(next(1, TimeUnit::kDay)) == "2026-07-15T10:15:00+02:00 .. 2026-07-15T23:59:59.999999+02:00");
}

TEST_CASE("the last 3 months are the days after the same day 3 months ago, and next is its mirror") {
  CHECK(days(last(3, TimeUnit::kMonth)) == "2026-04-16 .. 2026-07-15");
  CHECK(days(next(3, TimeUnit::kMonth)) == "2026-07-15 .. 2026-10-14");
  CHECK(days(last(1, TimeUnit::kQuarter)) == "2026-04-16 .. 2026-07-15");
  CHECK(days(last(1, TimeUnit::kYear)) == "2025-07-16 .. 2026-07-15");
  const Clock month_end = make_clock(at("2026-03-31T12:00"), berlin_clock_zone(), {});
  CHECK(days(last(1, TimeUnit::kMonth), month_end) == "2026-03-01 .. 2026-03-31");  // after 28 February
  CHECK(days(next(1, TimeUnit::kMonth), month_end) == "2026-03-31 .. 2026-04-29");
  CHECK(instants(last(1, TimeUnit::kMonth), month_end) == "2026-03-01T00:00:00+01:00 .. 2026-03-31T12:00:00+02:00");
}

TEST_CASE("the last 24 hours are exact, open at their begin") {
  CHECK(instants(last(24, TimeUnit::kHour)) == "2026-07-14T10:15:00.000001+02:00 .. 2026-07-15T10:15:00+02:00");
  CHECK(instants(next(24, TimeUnit::kHour)) == "2026-07-15T10:15:00+02:00 .. 2026-07-16T10:14:59.999999+02:00");
  CHECK(instants(last(90, TimeUnit::kMinute)) == "2026-07-15T08:45:00.000001+02:00 .. 2026-07-15T10:15:00+02:00");
  CHECK(days(last(24, TimeUnit::kHour)) == "nothing");
  const Clock after_change = make_clock(at("2026-03-29T12:00"), berlin_clock_zone(), {});
  CHECK(instants(last(24, TimeUnit::kHour), after_change) == "2026-03-28T11:00:00.000001+01:00 .. 2026-03-29T12:00:00+02:00");
}

TEST_CASE("calendar periods are whole") {
  CHECK(days(whole(WindowKind::kThis, TimeUnit::kDay)) == "2026-07-15 .. 2026-07-15");
  CHECK(days(whole(WindowKind::kThis, TimeUnit::kWeek)) == "2026-07-13 .. 2026-07-19");
  CHECK(days(whole(WindowKind::kPrevious, TimeUnit::kWeek)) == "2026-07-06 .. 2026-07-12");
  CHECK(days(whole(WindowKind::kFollowing, TimeUnit::kMonth)) == "2026-08-01 .. 2026-08-31");
  CHECK(days(whole(WindowKind::kThis, TimeUnit::kQuarter)) == "2026-07-01 .. 2026-09-30");
  CHECK(days(whole(WindowKind::kPrevious, TimeUnit::kQuarter)) == "2026-04-01 .. 2026-06-30");
  CHECK(days(whole(WindowKind::kFollowing, TimeUnit::kYear)) == "2027-01-01 .. 2027-12-31");
  CHECK(days(whole(WindowKind::kThis, TimeUnit::kFiscalYear)) == "2026-02-01 .. 2027-01-31");
  CHECK(days(whole(WindowKind::kPrevious, TimeUnit::kFiscalQuarter)) == "2026-02-01 .. 2026-04-30");
  CHECK(instants(whole(WindowKind::kThis, TimeUnit::kMonth)) == "2026-07-01T00:00:00+02:00 .. 2026-07-31T23:59:59.999999+02:00");
  Clock sunday_weeks = wednesday();
  sunday_weeks.rules.week_start = Weekday::kSunday;
  CHECK(days(whole(WindowKind::kThis, TimeUnit::kWeek), sunday_weeks) == "2026-07-12 .. 2026-07-18");
}

TEST_CASE("as of 7 days ago sees the window from the end of that local day") {
  Window window = last(28, TimeUnit::kDay);
  window.as_of = {-7, TimeUnit::kDay};
  CHECK(days(window) == "2026-06-11 .. 2026-07-08");
  CHECK(instants(window) == "2026-06-11T00:00:00+02:00 .. 2026-07-08T23:59:59.999999+02:00");
  window = whole(WindowKind::kThis, TimeUnit::kMonth);
  window.as_of = {-1, TimeUnit::kMonth};
  CHECK(days(window) == "2026-06-01 .. 2026-06-30");
  window = last(1, TimeUnit::kHour);
  window.as_of = {-2, TimeUnit::kHour};
  CHECK(instants(window) == "2026-07-15T07:15:00.000001+02:00 .. 2026-07-15T08:15:00+02:00");
  window.as_of = {-1, TimeUnit::kDay};
  CHECK(instants(window) == "2026-07-14T23:00:00+02:00 .. 2026-07-14T23:59:59.999999+02:00");
  window.as_of = {-9'000, TimeUnit::kYear};
  CHECK(instants(window) == "nothing");
}

TEST_CASE("a count below 1 covers nothing, and a huge one everything on its side") {
  for (const std::int64_t count : {std::int64_t{0}, std::int64_t{-5}, std::numeric_limits<std::int64_t>::min()}) {
    for (const TimeUnit unit : {TimeUnit::kHour, TimeUnit::kDay, TimeUnit::kMonth}) {
      CHECK(instants(last(count, unit)) == "nothing");
      CHECK(instants(next(count, unit)) == "nothing");
      CHECK(days(last(count, unit)) == "nothing");
    }
  }
  const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  CHECK(days(last(huge, TimeUnit::kWeek)) == "0001-01-01 .. 2026-07-15");
  CHECK(days(next(huge, TimeUnit::kQuarter)) == "2026-07-15 .. 9999-12-31");
  CHECK(window_bounds(last(huge, TimeUnit::kHour), wednesday()).instants ==
        IntRange{std::numeric_limits<std::int64_t>::min(), wednesday().now});
  CHECK(window_bounds(next(huge, TimeUnit::kHour), wednesday()).instants ==
        IntRange{wednesday().now, std::numeric_limits<std::int64_t>::max()});
}

TEST_CASE("a bare date as the clock is the end of that local day") {
  const Clock clock = clock_at_end_of_day(clock_day("2026-03-29"), berlin_clock_zone(), {});
  CHECK(moment({clock.now, true}) == "2026-03-29T23:59:59.999999+02:00");
  CHECK(clock.today == clock_day("2026-03-29"));
  CHECK(instants(last(1, TimeUnit::kDay), clock) == "2026-03-29T00:00:00+01:00 .. 2026-03-29T23:59:59.999999+02:00");
}

TEST_CASE("14 days ago is a date, 36 hours ago a timestamp") {
  CHECK(moment_day(moment_date(wednesday(), {-14, TimeUnit::kDay})) == "2026-07-01");
  CHECK(moment_day(moment_date(wednesday(), {10, TimeUnit::kDay})) == "2026-07-25");
  CHECK(moment_day(moment_date(wednesday(), {-2, TimeUnit::kWeek})) == "2026-07-01");
  CHECK(moment_day(moment_date(wednesday(), {1, TimeUnit::kQuarter})) == "2026-10-15");
  CHECK(moment_day(moment_date(wednesday(), {-9'999, TimeUnit::kYear})) == "missing");
  CHECK(moment(moment_timestamp(wednesday(), {-36, TimeUnit::kHour})) == "2026-07-13T22:15:00+02:00");
  CHECK(moment(moment_timestamp(wednesday(), {std::numeric_limits<std::int64_t>::max(), TimeUnit::kHour})) == "missing");
}

TEST_CASE("a timestamp and calendar units keep the local time of day") {
  CHECK(moment(add_days_to_instant(berlin_clock_zone(), at("2026-03-28T09:30"), 1)) == "2026-03-29T09:30:00+02:00");
  CHECK(moment(add_days_to_instant(berlin_clock_zone(), at("2026-03-28T02:30"), 1)) == "2026-03-29T03:30:00+02:00");
  CHECK(moment(add_months_to_instant(berlin_clock_zone(), at("2026-01-31T09:30"), 1)) == "2026-02-28T09:30:00+01:00");
  CHECK(moment(add_span_to_instant(berlin_clock_zone(), at("2026-03-28T09:30"), 24 * kMicrosPerHour)) == "2026-03-29T10:30:00+02:00");
  const std::int64_t second_half_past_two = at("2026-10-25T02:30:00+01:00");
  CHECK(add_days_to_instant(berlin_clock_zone(), second_half_past_two, 0) == KnownInt{second_half_past_two, true});
}

TEST_CASE("results outside the years 0001 to 9999 are missing") {
  CHECK(add_days_to_date(kMaxDay, 1) == kMissingInt);
  CHECK(add_days_to_date(kMinDay, -1) == kMissingInt);
  CHECK(add_days_to_date(0, std::numeric_limits<std::int64_t>::max()) == kMissingInt);
  CHECK(add_months_to_date(kMaxDay, 1) == kMissingInt);
  CHECK(add_months_to_date(clock_day("2026-01-31"), 1) == KnownInt{clock_day("2026-02-28"), true});
  CHECK(add_span_to_instant(berlin_clock_zone(), at("9999-12-31T23:59"), kMicrosPerHour) == kMissingInt);
  CHECK(add_days_to_instant(berlin_clock_zone(), at("9999-12-31T23:59"), 1) == kMissingInt);
  CHECK(add_months_to_instant(berlin_clock_zone(), at("0001-01-01T00:00"), -1) == kMissingInt);
}

TEST_CASE("exact time compares with days of 24 hours") {
  CHECK(compare_span_days(24 * kMicrosPerHour, 1) == 0);
  CHECK(compare_span_days(24 * kMicrosPerHour + 1, 1) == 1);
  CHECK(compare_span_days(0, std::numeric_limits<std::int64_t>::max()) == -1);
}

}  // namespace segue
