// This file's external interface is the printing of values as text: tables for people, CSV, JSON and `explain`. What is printed
// reads back as the same value.
#pragma once

#include <cstdint>
#include <string>

#include "stdlib/time_zone.h"

namespace segue {

// The shortest text that reads back; `inf`, `-inf`; `0` for -0.0.
[[nodiscard]] std::string print_float(double value);

[[nodiscard]] std::string print_int(std::int64_t value);

// All digits of the scale: `12.30`.
[[nodiscard]] std::string print_decimal(std::int64_t raw, int scale);

// `2026-03-01`.
[[nodiscard]] std::string print_date(std::int64_t day);

// `2026-03-01T09:30:00Z`, with up to 6 decimals where they are not zero.
[[nodiscard]] std::string print_timestamp_utc(std::int64_t instant);

// `2026-03-01T10:30:00+01:00` in the zone's wall time; `Z` where the zone is UTC. Offsets with seconds (before standard time) show them.
[[nodiscard]] std::string print_timestamp(std::int64_t instant, const TimeZone& zone);

// `30 days`, `1 day`; `1 hour 30 minutes`, `0 seconds`; `3 months`.
[[nodiscard]] std::string print_days(std::int64_t days);
[[nodiscard]] std::string print_months(std::int64_t months);
[[nodiscard]] std::string print_span(std::int64_t micros);

}  // namespace segue
