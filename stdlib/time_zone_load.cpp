// This file loads time zones from the system's IANA data. Howard Hinnant's date library finds the zones and reads their recorded changes of
// clocks; it leaves out the rule that holds after the last of them, which is read here.
#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>

#include <date/tz.h>

#include "stdlib/calendar.h"
#include "stdlib/time_zone_table.h"

namespace segue {

namespace {

constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo/";

// Names in the data's folder that are not zones of IANA: what the machine is set to, and variants of the whole tree.
bool is_iana_name(std::string_view name) {
  return name != "localtime" && name != "posixrules" && name != "Factory" && !name.starts_with("posix/") && !name.starts_with("right/");
}

// The last line of a zone's file, RFC 9636, 3.3; empty where there is none.
std::string rule_of_zone(std::string_view name) {
  std::ifstream file(std::string(kZoneFolder).append(name), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!bytes.ends_with('\n')) return {};
  const std::size_t before = bytes.rfind('\n', bytes.size() - 2);
  return before == std::string::npos ? std::string() : bytes.substr(before + 1, bytes.size() - before - 2);
}

std::int64_t micros_of_seconds(date::sys_seconds instant) { return instant.time_since_epoch().count() * kMicrosPerSecond; }

// The recorded segments, between the years 1 and 9999; neighbours of one offset are one segment.
void append_recorded(TimeZone& zone, const date::time_zone& source) {
  const date::sys_seconds last = date::sys_days{date::year{9999} / 12 / 31};
  date::sys_info info = source.get_info(date::sys_seconds{date::sys_days{date::year{1} / 1 / 1}});
  zone.offsets = {info.offset.count() * kMicrosPerSecond};
  while (info.end < last) {
    info = source.get_info(info.end);
    const std::int64_t offset = info.offset.count() * kMicrosPerSecond;
    if (offset == zone.offsets.back()) continue;
    zone.starts.push_back(micros_of_seconds(info.begin));
    zone.offsets.push_back(offset);
  }
}

std::int64_t year_of_last_start(const TimeZone& zone) {
  constexpr std::int64_t kFirstYearOfRules = 1970;
  if (zone.starts.empty()) return kFirstYearOfRules;
  const std::int64_t day = zone.starts.back() / kMicrosPerDay;
  return civil_of_day(day).year;
}

}  // namespace

std::expected<TimeZone, std::string> load_time_zone(std::string_view name) {
  if (name == utc_zone().name) return utc_zone();
  if (!is_iana_name(name)) return std::unexpected("`" + std::string(name) + "` is not a time zone of the IANA data");
  TimeZone zone;
  zone.name = name;
  try {
    const date::time_zone* source = date::locate_zone(name);
    append_recorded(zone, *source);
  } catch (const std::exception&) {
    const std::string quoted = "`" + std::string(name) + "`";
    if (time_zone_names().empty())
      return std::unexpected("no time-zone data on this machine; install the package `tzdata` to read " + quoted);
    return std::unexpected("unknown time zone " + quoted + "; write an IANA name such as `Europe/Berlin`");
  }
  const std::string rule = rule_of_zone(name);
  if (!rule.empty() && !extend_by_rule(zone, rule, year_of_last_start(zone))) {
    return std::unexpected("the time-zone data of `" + zone.name + "` end with a rule that is not understood: `" + rule + "`");
  }
  index_segments(zone);
  return zone;
}

std::vector<std::string> time_zone_names() {
  std::vector<std::string> names;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) {
      if (is_iana_name(zone.name())) names.push_back(zone.name());
    }
  } catch (const std::exception&) {
    return {};
  }
  if (std::find(names.begin(), names.end(), "UTC") == names.end()) names.emplace_back("UTC");
  std::sort(names.begin(), names.end());
  return names;
}

std::string time_zone_data_version() {
  std::ifstream file(std::string(kZoneFolder) + "tzdata.zi");
  std::string line;
  constexpr std::string_view kPrefix = "# version ";
  if (!std::getline(file, line) || !line.starts_with(kPrefix)) return {};
  return line.substr(kPrefix.size());
}

}  // namespace segue
