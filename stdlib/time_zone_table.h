// This file's external interface is the shape of a TimeZone's table, shared by what builds it and what looks things up in it. Private to
// stdlib.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "stdlib/time_zone.h"

namespace segue {

inline constexpr std::int64_t kDaysPerCycle = 146'097;  // 400 Gregorian years, a whole number of weeks
inline constexpr std::int64_t kMicrosPerCycle = kDaysPerCycle * kMicrosPerDay;
inline constexpr int kBucketBits = 43;  // about 102 days in µs: a bucket rarely holds more than one change of clocks

// Fills `first_segment` from `starts`.
void index_segments(TimeZone& zone);

// Appends the changes of clocks that a rule of POSIX.1 (`CET-1CEST,M3.5.0,M10.5.0/3`, with RFC 9636's extensions) makes after the table's last
// start: one calendar period and two years, and marks the period. `after_year` is the UTC year of the last start. False where the rule
// is not well formed; then the table is left as it was.
[[nodiscard]] bool extend_by_rule(TimeZone& zone, std::string_view rule, std::int64_t after_year);

}  // namespace segue
