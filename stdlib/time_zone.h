// This file's external interface is TimeZone: an IANA time zone as plain data, and the conversions between instants (microseconds
// since 1970-01-01T00:00:00Z) and the local wall clock. `language.md`, "Time" and "Data files". Instants and wall times passed in here lie in the years
// 0001 to 9999, give or take two days.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr std::int64_t kMicrosPerDay = 24 * kMicrosPerHour;

// Offsets from UTC as they follow each other. Made by `load_time_zone`; copies are cheap enough to pass by reference only.
// Beyond the table the rules repeat: the Gregorian calendar has a period of 400 years of whole weeks, and the table covers one such
// period of the zone's last rule.
struct TimeZone {
  std::string name = "UTC";
  std::vector<std::int64_t> starts;         // ascending instants in µs at which segment i + 1 begins
  std::vector<std::int64_t> offsets = {0};  // µs east of UTC in segment i; one more than `starts`
  std::int64_t cycle_start = 0;             // instants from here on, if `has_cycle`, are looked up inside [cycle_start, + 400 years)
  bool has_cycle = false;
  std::vector<std::uint32_t> first_segment;  // by bucket of instants: the segment at the bucket's begin
};

// UTC, without any table.
[[nodiscard]] const TimeZone& utc_zone();

// Loads the zone of an IANA name (`Europe/Berlin`, `UTC`), spelled exactly, from the system's time-zone data; the error says what is wrong.
[[nodiscard]] std::expected<TimeZone, std::string> load_time_zone(std::string_view name);

// Every IANA name that `load_time_zone` knows, sorted; for completion and did-you-mean.
[[nodiscard]] std::vector<std::string> time_zone_names();

// Version of the time-zone data, such as `2026a`; empty where the system does not say.
[[nodiscard]] std::string time_zone_data_version();

// Offset in µs east of UTC at an instant.
[[nodiscard]] std::int64_t offset_at(const TimeZone& zone, std::int64_t instant);

// Wall-clock time of an instant, in µs since local 1970-01-01T00:00:00.
[[nodiscard]] inline std::int64_t local_time_of(const TimeZone& zone, std::int64_t instant) { return instant + offset_at(zone, instant); }

// Local day of an instant, in days since 1970-01-01.
[[nodiscard]] std::int64_t local_day_of(const TimeZone& zone, std::int64_t instant);

// Microseconds since local midnight, by the wall clock.
[[nodiscard]] std::int64_t local_time_of_day(const TimeZone& zone, std::int64_t instant);

// Instant of a wall-clock time. Time that a change of clocks skips moves forward by the gap; repeated time is the first.
[[nodiscard]] std::int64_t instant_of_local(const TimeZone& zone, std::int64_t local_time);

// First instant of a local day, and its last microsecond.
[[nodiscard]] std::int64_t first_instant_of_day(const TimeZone& zone, std::int64_t day);
[[nodiscard]] std::int64_t last_instant_of_day(const TimeZone& zone, std::int64_t day);

}  // namespace segue
