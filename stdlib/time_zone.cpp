// This file implements the conversions between instants and local time over the table that `load_time_zone` makes.
#include "stdlib/time_zone.h"

#include <algorithm>

#include "stdlib/floor_divide.h"
#include "stdlib/time_zone_table.h"

namespace segue {

namespace {

// How far an instant lies beyond the table, in whole periods of the calendar.
std::int64_t cycles_beyond(const TimeZone& zone, std::int64_t instant) {
  if (!zone.has_cycle || instant < zone.cycle_start + kMicrosPerCycle) return 0;
  return (instant - zone.cycle_start) / kMicrosPerCycle;
}

// The segment of an instant inside the table.
std::size_t segment_at(const TimeZone& zone, std::int64_t instant) {
  if (zone.starts.empty() || instant < zone.starts.front()) return 0;
  if (instant >= zone.starts.back()) return zone.starts.size();
  const auto bucket = static_cast<std::size_t>((instant - zone.starts.front()) >> kBucketBits);
  std::size_t segment = zone.first_segment[bucket];
  while (zone.starts[segment] <= instant) ++segment;  // the last start lies after the instant
  return segment;
}

// `instant_of_local` inside the table. The first segment that ends after the wall time, read in its offset, is the one; where the wall time lies
// before its begin, a change of clocks skipped it, and reading it in the offset before moves it forward by the gap.
std::int64_t instant_inside(const TimeZone& zone, std::int64_t local_time) {
  constexpr std::int64_t kWidestOffset = 48 * kMicrosPerHour;
  std::size_t segment = segment_at(zone, local_time - kWidestOffset);
  while (segment < zone.starts.size() && local_time - zone.offsets[segment] >= zone.starts[segment]) ++segment;
  const std::int64_t instant = local_time - zone.offsets[segment];
  const bool is_skipped = segment > 0 && instant < zone.starts[segment - 1];
  return is_skipped ? local_time - zone.offsets[segment - 1] : instant;
}

}  // namespace

const TimeZone& utc_zone() {
  static const TimeZone kUtc;
  return kUtc;
}

void index_segments(TimeZone& zone) {
  zone.first_segment.clear();
  if (zone.starts.empty()) return;
  std::uint32_t segment = 0;
  for (std::int64_t begin = zone.starts.front(); begin <= zone.starts.back(); begin += std::int64_t{1} << kBucketBits) {
    while (segment < zone.starts.size() && zone.starts[segment] <= begin) ++segment;
    zone.first_segment.push_back(segment);
  }
}

std::int64_t offset_at(const TimeZone& zone, std::int64_t instant) {
  return zone.offsets[segment_at(zone, instant - cycles_beyond(zone, instant) * kMicrosPerCycle)];
}

std::int64_t local_day_of(const TimeZone& zone, std::int64_t instant) { return floor_divide(local_time_of(zone, instant), kMicrosPerDay); }

std::int64_t local_time_of_day(const TimeZone& zone, std::int64_t instant) {
  const std::int64_t local_time = local_time_of(zone, instant);
  return local_time - floor_divide(local_time, kMicrosPerDay) * kMicrosPerDay;
}

std::int64_t instant_of_local(const TimeZone& zone, std::int64_t local_time) {
  const std::int64_t shift = cycles_beyond(zone, local_time) * kMicrosPerCycle;
  return instant_inside(zone, local_time - shift) + shift;
}

std::int64_t first_instant_of_day(const TimeZone& zone, std::int64_t day) { return instant_of_local(zone, day * kMicrosPerDay); }

std::int64_t last_instant_of_day(const TimeZone& zone, std::int64_t day) { return first_instant_of_day(zone, day + 1) - 1; }

}  // namespace segue
