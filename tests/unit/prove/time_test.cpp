// Windows at any clock, moments, the calendar.
#include <catch2/catch.hpp>

#include "tests/unit/prove/verdict.h"

using namespace segue::test;

TEST_CASE("windows of days", "[prove]") {
  CHECK(subset("signed_on within last 7 days", "signed_on within last 30 days") == "proved");
  CHECK(subset("signed_on within last 30 days", "signed_on within last 7 days") == "refuted");
  CHECK(subset("seen_at within last 7 days", "seen_at within last 30 days") == "proved");
  CHECK(subset("seen_at within last 30 days", "seen_at within last 7 days") == "refuted");
  CHECK(disjoint("signed_on within next 7 days", "signed_on < today") == "proved");
  CHECK(disjoint("seen_at within last 7 days", "seen_at > now") == "proved");
  CHECK(disjoint("signed_on within last 7 days", "signed_on within last 28 days as of 7 days ago") == "proved");
  CHECK(disjoint("seen_at within last 7 days", "seen_at within last 28 days as of 7 days ago") == "proved");
}

TEST_CASE("windows of the calendar", "[prove]") {
  CHECK(subset("signed_on within this month", "signed_on within this quarter") == "proved");
  CHECK(subset("signed_on within this quarter", "signed_on within this year") == "proved");
  CHECK(disjoint("signed_on within this quarter", "signed_on within previous quarter") == "proved");
  CHECK(subset("signed_on within last 3 months", "signed_on within last 92 days") == "proved");
  CHECK(subset("signed_on within last 89 days", "signed_on within last 3 months") == "proved");
  CHECK(disjoint("seen_at within this week", "seen_at within next week") == "proved");
  CHECK(subset("signed_on within this month", "signed_on within this fiscal year") == "proved");
}

TEST_CASE("exact time", "[prove]") {
  CHECK(subset("seen_at within last 12 hours", "seen_at within last 24 hours") == "proved");
  CHECK(disjoint("seen_at within last 24 hours", "seen_at within last 24 hours as of 24 hours ago") == "proved");
  CHECK(subset("seen_at within last 24 hours", "seen_at within last 3 days") == "proved");
  CHECK(subset("seen_at >= 12 hours ago", "seen_at > 1 day ago") == "refuted");
}

TEST_CASE("days and months", "[prove]") {
  CHECK(never("year(signed_on) = 2024 and month(signed_on) = 13") == "proved");
  CHECK(disjoint("year(signed_on) = 2024", "signed_on >= 2025-01-01") == "proved");
  CHECK(subset("year(signed_on) >= 2024", "signed_on >= 2024-01-01") == "proved");
  CHECK(never("weekday(signed_on) = saturday and day(signed_on) = 31") == "refuted");
  CHECK(same("days_since(signed_on) <= 30", "signed_on >= 30 days ago") == "proved");
  CHECK(never("signed_on + 30 days < signed_on") == "proved");
  CHECK(disjoint("seen_at >= 2026-03-01", "seen_at < 2026-03-01") == "proved");
  CHECK(never("founded - signed_on > 10 days and founded < signed_on") == "proved");
}
