// What is printed reads back as the same value.
#include "stdlib/print_value.h"

#include <bit>
#include <cmath>
#include <random>

#include <catch2/catch.hpp>

#include "stdlib/parse_value.h"

namespace segue {

TEST_CASE("a float is the shortest text that reads back") {
  CHECK(print_float(0.1) == "0.1");
  CHECK(print_float(12.25) == "12.25");
  CHECK(print_float(85) == "85");
  CHECK(print_float(-0.0) == "0");
  CHECK(print_float(1e300) == "1e+300");
  CHECK(print_float(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(print_float(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(print_float(1.0 / 3.0) == "0.3333333333333333");
  std::mt19937_64 random(3);
  for (int i = 0; i < 2'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    CHECK(parse_float(print_float(value)).value == value);
  }
}

TEST_CASE("a decimal shows all digits of its scale") {
  CHECK(print_decimal(1230, 2) == "12.30");
  CHECK(print_decimal(-5, 2) == "-0.05");
  CHECK(print_decimal(7, 0) == "7");
  CHECK(print_decimal(1, 18) == "0.000000000000000001");
  CHECK(print_decimal(-999'999'999'999'999'999, 4) == "-99999999999999.9999");
  CHECK(print_int(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("dates and timestamps print as they are written") {
  CHECK(print_date(0) == "1970-01-01");
  CHECK(print_date(-719'162) == "0001-01-01");
  CHECK(print_timestamp_utc(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(print_timestamp_utc(1'500'000) == "1970-01-01T00:00:01.5Z");
  const TimeZone berlin = load_time_zone("Europe/Berlin").value();
  CHECK(print_timestamp(0, berlin) == "1970-01-01T01:00:00+01:00");
  CHECK(print_timestamp(0, utc_zone()) == "1970-01-01T00:00:00Z");
  const TimeZone new_york = load_time_zone("America/New_York").value();
  CHECK(print_timestamp(0, new_york) == "1969-12-31T19:00:00-05:00");
  CHECK(print_timestamp(parse_timestamp("1850-01-01T00:00Z", utc_zone()).value, new_york) == "1849-12-31T19:03:58-04:56:02");
}

TEST_CASE("durations print in words") {
  CHECK(print_days(30) == "30 days");
  CHECK(print_days(1) == "1 day");
  CHECK(print_days(-1) == "-1 day");
  CHECK(print_months(3) == "3 months");
  CHECK(print_span(0) == "0 seconds");
  CHECK(print_span(90 * kMicrosPerMinute) == "1 hour 30 minutes");
  CHECK(print_span(-kMicrosPerSecond) == "-1 second");
  CHECK(print_span(49 * kMicrosPerHour + 1) == "49 hours 1 microsecond");
}

}  // namespace segue
