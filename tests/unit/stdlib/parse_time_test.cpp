// The reading of dates and timestamps, in ISO 8601 and in a column's own format.
#include <string>

#include <catch2/catch.hpp>

#include "stdlib/parse_value.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

const TimeZone& berlin_zone() {
  static const TimeZone kZone = load_time_zone("Europe/Berlin").value();
  return kZone;
}

std::string timestamp(std::string_view text, const TimeZone& zone = utc_zone()) {
  const KnownInt value = parse_timestamp(text, zone);
  return value.known ? print_timestamp_utc(value.value) : "bad";
}

std::string formatted(std::string_view text, std::string_view format) {
  const KnownInt value = parse_timestamp(text, compile_time_format(format, FormatKind::kTimestamp).value(), utc_zone());
  return value.known ? print_timestamp_utc(value.value) : "bad";
}

std::string formatted_date(std::string_view text, std::string_view format) {
  const KnownInt value = parse_date(text, compile_time_format(format, FormatKind::kDate).value());
  return value.known ? print_date(value.value) : "bad";
}

}  // namespace

TEST_CASE("a date is four, two and two digits of a day that exists") {
  CHECK(parse_date("1970-01-02") == KnownInt{1, true});
  CHECK(parse_date("2024-02-29").known);
  CHECK(parse_date("0001-01-01").known);
  CHECK(parse_date("9999-12-31").known);
  for (const char* text :
       {"", "2026-3-1", "2026-03-1", "26-03-01", "2023-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01", "10000-01-01",
        "2026/03/01", "01.03.2026", "2026-03-01T00:00:00", " 2026-03-01", "2026-03-01 ", "-2026-03-01", "20260301"}) {
    INFO(text);
    CHECK(!parse_date(text).known);
  }
}

TEST_CASE("a timestamp is ISO 8601, with seconds and decimals as far as they are known") {
  CHECK(timestamp("2026-03-01T09:30:00Z") == "2026-03-01T09:30:00Z");
  CHECK(timestamp("2026-03-01 09:30") == "2026-03-01T09:30:00Z");
  CHECK(timestamp("2026-03-01T09:30:15.5Z") == "2026-03-01T09:30:15.5Z");
  CHECK(timestamp("2026-03-01T09:30:15.123456+02:00") == "2026-03-01T07:30:15.123456Z");
  CHECK(timestamp("2026-03-01T09:30-0530") == "2026-03-01T15:00:00Z");
  CHECK(timestamp("2026-03-01T09:30:00+02") == "2026-03-01T07:30:00Z");
  CHECK(timestamp("1969-12-31T23:59:59.999999Z") == "1969-12-31T23:59:59.999999Z");
  for (const char* text : {"",
                           "2026-03-01",
                           "2026-03-01T",
                           "2026-03-01T9:30",
                           "2026-03-01T09",
                           "2026-03-01T24:00",
                           "2026-03-01T23:60",
                           "2026-03-01T23:59:60Z",
                           "2026-03-01T09:30:00.",
                           "2026-03-01T09:30:00.1234567Z",
                           "2026-03-01T09:30.5Z",
                           "2026-03-01t09:30",
                           "2026-03-01T09:30z",
                           "2026-03-01  09:30",
                           "2026-03-01T09:30:00 Z",
                           "2026-03-01T09:30+2",
                           "2026-03-01T09:30+02:",
                           "2026-03-01T09:30+24:00",
                           "2026-03-01T09:30+02:60",
                           "2026-02-30T09:30",
                           "20260301T093000",
                           "2026-03-01T09:30:00,5",
                           "1767225600"}) {
    INFO(text);
    CHECK(timestamp(text) == "bad");
  }
  CHECK(has_offset("2026-03-01T09:30Z"));
  CHECK(has_offset("2026-03-01T09:30-05:00"));
  CHECK(!has_offset("2026-03-01T09:30"));
}

TEST_CASE("a timestamp without an offset is wall time in the project's time zone") {
  CHECK(timestamp("2026-03-01T09:30", berlin_zone()) == "2026-03-01T08:30:00Z");
  CHECK(timestamp("2026-07-01T09:30", berlin_zone()) == "2026-07-01T07:30:00Z");
  CHECK(timestamp("2026-03-29T02:30", berlin_zone()) == "2026-03-29T01:30:00Z");  // skipped: moves forward
  CHECK(timestamp("2026-10-25T02:30", berlin_zone()) == "2026-10-25T00:30:00Z");  // repeated: the first
  CHECK(timestamp("2026-10-25T02:30+01:00", berlin_zone()) == "2026-10-25T01:30:00Z");
}

TEST_CASE("the local day of a timestamp lies in the years 0001 to 9999") {
  CHECK(timestamp("9999-12-31T23:59:59.999999Z") != "bad");
  CHECK(timestamp("9999-12-31T23:30:00Z", berlin_zone()) == "bad");  // already the year 10000 there
  CHECK(timestamp("0001-01-01T00:00:00+01:00") == "bad");
  CHECK(timestamp("0001-01-01T00:00:00") != "bad");
}

TEST_CASE("a column's own format reads dates") {
  CHECK(formatted_date("01.03.2026", "%d.%m.%Y") == "2026-03-01");
  CHECK(formatted_date("1.3.2026", "%d.%m.%Y") == "2026-03-01");
  CHECK(formatted_date("3/1/26", "%m/%d/%y") == "2026-03-01");
  CHECK(formatted_date("3/1/69", "%D") == "1969-03-01");
  CHECK(formatted_date("20260301", "%Y%m%d") == "2026-03-01");
  CHECK(formatted_date("1 Mar 2026", "%d %b %Y") == "2026-03-01");
  CHECK(formatted_date("MARCH 1, 2026", "%B %d, %Y") == "2026-03-01");
  CHECK(formatted_date("may 5 2026", "%b %e %Y") == "2026-05-05");
  CHECK(formatted_date("Sun 2026-03-01", "%a %F") == "2026-03-01");
  CHECK(formatted_date("Mon 2026-03-01", "%a %F") == "bad");  // it was a Sunday
  CHECK(formatted_date("2024-366", "%Y-%j") == "2024-12-31");
  CHECK(formatted_date("2023-366", "%Y-%j") == "bad");
  CHECK(formatted_date("100% 2026-03-01", "100%% %Y-%m-%d") == "2026-03-01");
  CHECK(formatted_date("31.02.2026", "%d.%m.%Y") == "bad");
  CHECK(formatted_date("01.03.2026 ", "%d.%m.%Y") == "bad");
  CHECK(formatted_date("01.03.26", "%d.%m.%Y") == "bad");
}

TEST_CASE("a column's own format reads timestamps") {
  CHECK(formatted("01.03.2026 09:30", "%d.%m.%Y %H:%M") == "2026-03-01T09:30:00Z");
  CHECK(formatted("3/1/2026 9:30 PM", "%m/%d/%Y %I:%M %p") == "2026-03-01T21:30:00Z");
  CHECK(formatted("3/1/2026 12:05 am", "%m/%d/%Y %I:%M %p") == "2026-03-01T00:05:00Z");
  CHECK(formatted("3/1/2026 12:05 pm", "%m/%d/%Y %I:%M %p") == "2026-03-01T12:05:00Z");
  CHECK(formatted("3/1/2026 13:05 pm", "%m/%d/%Y %I:%M %p") == "bad");
  CHECK(formatted("2026-03-01T09:30:00.25 +0200", "%FT%T.%f %z") == "2026-03-01T07:30:00.25Z");
  CHECK(formatted("2026-03-01 09:30:00 UTC", "%F %T %Z") == "2026-03-01T09:30:00Z");
  CHECK(formatted("2026-03-01 09:30:00 CET", "%F %T %Z") == "bad");
  CHECK(formatted("2026-03-01", "%F") == "2026-03-01T00:00:00Z");
  CHECK(formatted("2026-03-01 24:00", "%F %R") == "bad");
  const TimeFormat plain = compile_time_format("%d.%m.%Y %H:%M", FormatKind::kTimestamp).value();
  CHECK(print_timestamp_utc(parse_timestamp("01.07.2026 09:30", plain, berlin_zone()).value) == "2026-07-01T07:30:00Z");
}

TEST_CASE("a format that cannot work is explained") {
  const auto error = [](const char* format, FormatKind kind = FormatKind::kDate) { return compile_time_format(format, kind).error(); };
  CHECK(error("%d.%m") == "names no year; add `%Y`");
  CHECK(error("%Y") == "names no month; add `%m`");
  CHECK(error("%Y-%m") == "names no day; add `%d`");
  CHECK(error("%Y-%m-%q") == "`%q` is not known; use such as `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`");
  CHECK(error("%Y-%m-%d%") == "ends with a single `%`; write `%%` for a percent sign");
  CHECK(error("%Y-%m-%d %H:%M") == "names a time of day, but the column is a `date`; make it a `timestamp`");
  CHECK(error("%Y-%m-%d %m") == "`%m` and `%m` say the same thing; keep one of them");
  CHECK(error("%F %I:%M", FormatKind::kTimestamp) == "`%I` counts to 12; add `%p`, or write `%H`");
  CHECK(error("%F %H:%M %p", FormatKind::kTimestamp) == "`%p` stands beside `%I` only");
  CHECK(error("") == "names no year; add `%Y`");
}

}  // namespace segue
