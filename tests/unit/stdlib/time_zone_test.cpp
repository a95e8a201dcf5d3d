// Time zones: offsets far back and far ahead, skipped and repeated wall time, days without midnight.
#include "stdlib/time_zone.h"

#include <algorithm>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "stdlib/parse_value.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

struct ZoneCase {
  const char* zone;
  std::int64_t instant;
  std::int64_t offset_seconds;
  std::int64_t from_local;
};

#define RATIO(...)
#define QUOTIENT(...)
#define COMPARISON(...)
#define SUM(...)
#define ZONE(...) {__VA_ARGS__},
const ZoneCase kZones[] = {
#include "cases.inc"
};
#undef RATIO
#undef QUOTIENT
#undef COMPARISON
#undef SUM
#undef ZONE

const TimeZone& zone_of(const std::string& name) {
  static std::map<std::string, TimeZone> loaded;
  if (!loaded.contains(name)) loaded.emplace(name, load_time_zone(name).value());
  return loaded.at(name);
}

std::int64_t utc_at(const char* text) { return parse_timestamp(text, utc_zone()).value; }
std::int64_t day_in_utc(const char* text) { return parse_date(text).value; }

}  // namespace

TEST_CASE("zones agree with the system's data read elsewhere, up to the year 9997") {
  for (const ZoneCase& c : kZones) {
    INFO(c.zone << " at " << print_timestamp_utc(c.instant));
    CHECK(offset_at(zone_of(c.zone), c.instant) == c.offset_seconds * kMicrosPerSecond);
    CHECK(instant_of_local(zone_of(c.zone), c.instant) == c.from_local);
  }
}

TEST_CASE("skipped wall time moves forward by the gap") {
  const TimeZone& berlin = zone_of("Europe/Berlin");
  CHECK(instant_of_local(berlin, utc_at("2026-03-29T02:30:00Z")) == utc_at("2026-03-29T01:30:00Z"));  // 03:30 local
  CHECK(instant_of_local(berlin, utc_at("2026-03-29T02:00:00Z")) == utc_at("2026-03-29T01:00:00Z"));
  CHECK(instant_of_local(berlin, utc_at("2026-03-29T03:00:00Z")) == utc_at("2026-03-29T01:00:00Z"));
  CHECK(instant_of_local(berlin, utc_at("2026-03-29T01:59:59Z")) == utc_at("2026-03-29T00:59:59Z"));
  // the rule still holds beyond the years that the data record
  CHECK(instant_of_local(berlin, utc_at("2085-03-25T02:30:00Z")) == utc_at("2085-03-25T01:30:00Z"));
  CHECK(instant_of_local(berlin, utc_at("8888-07-01T12:00:00Z")) == utc_at("8888-07-01T10:00:00Z"));
}

TEST_CASE("repeated wall time is the first") {
  const TimeZone& berlin = zone_of("Europe/Berlin");
  CHECK(instant_of_local(berlin, utc_at("2026-10-25T02:30:00Z")) == utc_at("2026-10-25T00:30:00Z"));
  CHECK(instant_of_local(berlin, utc_at("2026-10-25T03:00:00Z")) == utc_at("2026-10-25T02:00:00Z"));
  const TimeZone& lord_howe = zone_of("Australia/Lord_Howe");  // moves by half an hour
  CHECK(instant_of_local(lord_howe, utc_at("2026-04-05T01:45:00Z")) == utc_at("2026-04-04T14:45:00Z"));
}

TEST_CASE("local days follow the wall clock") {
  const TimeZone& berlin = zone_of("Europe/Berlin");
  CHECK(local_day_of(berlin, utc_at("2026-03-01T22:59:59Z")) == day_in_utc("2026-03-01"));
  CHECK(local_day_of(berlin, utc_at("2026-03-01T23:00:00Z")) == day_in_utc("2026-03-02"));
  CHECK(local_day_of(berlin, utc_at("2026-07-01T22:00:00Z")) == day_in_utc("2026-07-02"));
  CHECK(local_day_of(utc_zone(), utc_at("1969-12-31T23:59:59.999999Z")) == -1);
  CHECK(local_time_of_day(berlin, utc_at("2026-07-01T22:30:00Z")) == 30 * kMicrosPerMinute);
  CHECK(first_instant_of_day(berlin, day_in_utc("2026-03-29")) == utc_at("2026-03-28T23:00:00Z"));
  CHECK(last_instant_of_day(berlin, day_in_utc("2026-03-29")) == utc_at("2026-03-29T21:59:59.999999Z"));  // 23 hours
  CHECK(last_instant_of_day(berlin, day_in_utc("2026-10-25")) - first_instant_of_day(berlin, day_in_utc("2026-10-25")) + 1 ==
        25 * kMicrosPerHour);
}

TEST_CASE("a day whose midnight is skipped starts when the clocks have changed") {
  const TimeZone& sao_paulo = zone_of("America/Sao_Paulo");
  CHECK(first_instant_of_day(sao_paulo, day_in_utc("2018-11-04")) == utc_at("2018-11-04T03:00:00Z"));
  CHECK(local_day_of(sao_paulo, utc_at("2018-11-04T03:00:00Z")) == day_in_utc("2018-11-04"));
  CHECK(local_day_of(sao_paulo, utc_at("2018-11-04T02:59:59Z")) == day_in_utc("2018-11-03"));
}

TEST_CASE("a day that a zone left out is empty") {
  const TimeZone& apia = zone_of("Pacific/Apia");
  CHECK(first_instant_of_day(apia, day_in_utc("2011-12-30")) == first_instant_of_day(apia, day_in_utc("2011-12-31")));
  CHECK(local_day_of(apia, utc_at("2011-12-30T09:59:59Z")) == day_in_utc("2011-12-29"));
  CHECK(local_day_of(apia, utc_at("2011-12-30T10:00:00Z")) == day_in_utc("2011-12-31"));
}

TEST_CASE("names of zones are those of IANA") {
  CHECK(load_time_zone("UTC").has_value());
  CHECK(load_time_zone("Etc/GMT+5").value().offsets == std::vector<std::int64_t>{-5 * kMicrosPerHour});
  CHECK(load_time_zone("Europe/Berln").error() == "unknown time zone `Europe/Berln`; write an IANA name such as `Europe/Berlin`");
  for (const char* name :
       {"", "localtime", "posix/Europe/Berlin", "right/Europe/Berlin", "../zoneinfo/UTC", "europe/berlin", "CEST", "Europe"}) {
    INFO(name);
    CHECK(!load_time_zone(name).has_value());
  }
  const std::vector<std::string> names = time_zone_names();
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (const char* name : {"Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "Asia/Kolkata"})
    CHECK(std::find(names.begin(), names.end(), name) != names.end());
  CHECK(std::none_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.starts_with("right/") || name.ends_with(".tab"); }));
}

TEST_CASE("every zone of the data loads and its local time comes back") {
  std::size_t failures = 0;
  for (const std::string& name : time_zone_names()) {
    const std::expected<TimeZone, std::string> zone = load_time_zone(name);
    if (!zone) {
      ++failures;
      continue;
    }
    for (const char* text : {"1900-05-01T12:00:00Z", "1955-01-10T05:00:00Z", "2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z",
                             "2100-07-15T12:00:00Z", "6543-07-15T12:00:00Z"}) {
      const std::int64_t instant = utc_at(text);
      if (instant_of_local(*zone, local_time_of(*zone, instant)) != instant) ++failures;
    }
  }
  CHECK(failures == 0);
}

}  // namespace segue
