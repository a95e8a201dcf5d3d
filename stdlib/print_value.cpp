// This file implements the printing of values.
#include "stdlib/print_value.h"

#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "stdlib/calendar.h"
#include "stdlib/number.h"
#include "stdlib/rounding.h"

namespace segue {

namespace {

template <typename Count>
std::string counted(Count count, const char* unit) {
  const bool is_singular = count == 1 || count == static_cast<Count>(-1);
  return fmt::format("{} {}{}", count, unit, is_singular ? "" : "s");
}

// `T09:30:00.5`: the time of day of a local time, without trailing zeros.
std::string print_local_time(std::int64_t local_time) {
  const std::int64_t day = local_time / kMicrosPerDay - (local_time % kMicrosPerDay < 0 ? 1 : 0);
  const std::int64_t time = local_time - day * kMicrosPerDay;
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", print_date(day), time / kMicrosPerHour, time / kMicrosPerMinute % 60,
                                 time / kMicrosPerSecond % 60);
  const std::int64_t micros = time % kMicrosPerSecond;
  if (micros != 0) {
    text += fmt::format(".{:06}", micros);
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

std::string print_offset(std::int64_t offset) {
  const std::int64_t seconds = std::abs(offset) / kMicrosPerSecond;
  std::string text = fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', seconds / 3600, seconds / 60 % 60);
  if (seconds % 60 != 0) text += fmt::format(":{:02}", seconds % 60);
  return text;
}

}  // namespace

std::string print_float(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, canonical_float(value));
  return {buffer, end.ptr};
}

std::string print_int(std::int64_t value) { return fmt::format_int(value).str(); }

std::string print_decimal(std::int64_t raw, int scale) {
  const auto magnitude = static_cast<std::uint64_t>(magnitude_of(raw));
  const auto unit = static_cast<std::uint64_t>(kPowersOf10[scale]);
  std::string text = fmt::format("{}{}", raw < 0 ? "-" : "", magnitude / unit);
  if (scale > 0) text += fmt::format(".{:0{}}", magnitude % unit, scale);
  return text;
}

std::string print_date(std::int64_t day) {
  const CivilDate date = civil_of_day(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string print_timestamp_utc(std::int64_t instant) { return print_local_time(instant) + "Z"; }

std::string print_timestamp(std::int64_t instant, const TimeZone& zone) {
  if (zone.name == utc_zone().name) return print_timestamp_utc(instant);
  const std::int64_t offset = offset_at(zone, instant);
  return print_local_time(instant + offset) + print_offset(offset);
}

std::string print_days(std::int64_t days) { return counted(days, "day"); }

std::string print_months(std::int64_t months) { return counted(months, "month"); }

std::string print_span(std::int64_t micros) {
  std::string text = micros < 0 ? "-" : "";
  const auto magnitude = static_cast<std::uint64_t>(magnitude_of(micros));
  const auto append = [&](std::uint64_t count, const char* unit) {
    if (count == 0) return;
    if (text.size() > 1) text += ' ';
    text += counted(count, unit);
  };
  append(magnitude / kMicrosPerHour, "hour");
  append(magnitude / kMicrosPerMinute % 60, "minute");
  append(magnitude / kMicrosPerSecond % 60, "second");
  append(magnitude % kMicrosPerSecond, "microsecond");
  return text.empty() ? "0 seconds" : text;
}

}  // namespace segue
