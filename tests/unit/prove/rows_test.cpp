// Related rows: some, none, all, how many, nested, and values over them.
#include <catch2/catch.hpp>

#include "tests/unit/prove/verdict.h"

using namespace segue::test;

TEST_CASE("some, none and every", "[prove]") {
  CHECK(disjoint("any(contacts where active)", "none(contacts where active)") == "proved");
  CHECK(disjoint("any(contacts where not active)", "every(contacts where active)") == "proved");
  CHECK(subset("any(contacts where active and age > 40)", "any(contacts where active)") == "proved");
  CHECK(subset("any(contacts where active) and any(contacts where age > 40)", "any(contacts where active and age > 40)") == "refuted");
  CHECK(never("every(contacts where active) and none(contacts where active)") == "refuted");  // no contacts at all
  CHECK(never("every(contacts where active) and none(contacts where active) and any(contacts)") == "proved");
  CHECK(subset("any(events within last 7 days where kind = demo)", "any(events within last 30 days where kind = demo)") == "proved");
  CHECK(subset("any(events within last 30 days where kind = demo)", "any(events within last 7 days where kind = demo)") == "refuted");
}

TEST_CASE("how many", "[prove]") {
  CHECK(disjoint("count(events) >= 5", "count(events) < 5") == "proved");
  CHECK(subset("count(events within last 7 days) >= 3", "count(events within last 30 days) >= 3") == "proved");
  CHECK(subset("count(events within last 30 days) >= 3", "count(events within last 7 days) >= 3") == "refuted");
  CHECK(subset("count(contacts where active and age > 40) > 0", "any(contacts where active)") == "proved");
  CHECK(subset("count(contacts where active) >= 2 and count(contacts where not active) >= 3", "count(contacts) >= 5") == "proved");
  CHECK(subset("count(contacts where active) >= 2 and count(contacts where age > 40) >= 3", "count(contacts) >= 5") == "refuted");
  CHECK(never("count(contacts) < 0") == "proved");
  CHECK(subset("count(events) >= 40", "count(events) >= 20") == "proved");
  CHECK(subset("share(contacts where active) = 1", "any(contacts)") == "proved");
  CHECK(disjoint("share(contacts where active) >= 50%", "none(contacts where active)") == "proved");
}

TEST_CASE("what rows say of the account", "[prove]") {
  CHECK(subset("any(contacts where age > account.seats) and seats > 40", "any(contacts where age > 40)") == "proved");
  CHECK(subset("any(contacts where account.customer)", "customer") == "proved");
}

TEST_CASE("rows inside rows", "[prove]") {
  CHECK(subset("any(contacts where active and any(logins within last 7 days))", "any(contacts where any(logins within last 30 days))") ==
        "proved");
  CHECK(same("any(contacts.logins where device = \"x\")", "any(contacts where any(logins where device = \"x\"))") == "proved");
  CHECK(subset("any(contacts where any(logins))", "any(contacts where active and any(logins))") == "refuted");
  CHECK(disjoint("any(contacts where count(logins) >= 3)", "none(contacts where any(logins))") == "proved");
}

TEST_CASE("rows of two parents", "[prove]") {
  CHECK(disjoint("any(contacts where any(events where kind = demo))", "none(contacts where any(events))") == "proved");
  CHECK(subset("any(contacts where any(events where kind = demo))", "any(events where kind = demo)").starts_with("unknown") == true);
}

TEST_CASE("values over rows", "[prove]") {
  CHECK(subset("max(deals: value) >= 100", "any(deals where value >= 100)") == "proved");
  CHECK(subset("any(deals where value >= 100)", "max(deals: value) >= 100") == "proved");
  CHECK(disjoint("min(deals: value) > 10", "any(deals where value < 5)") == "proved");
  CHECK(subset("sum(deals: value where won) > 0", "any(deals where won)") == "proved");
  CHECK(subset("sum(deals: value where won) >= 500", "any(deals where won and value > 100)") == "refuted");
  CHECK(disjoint("latest(events: kind) = demo", "none(events where kind = demo)") == "proved");
  CHECK(subset("latest(events: kind) = demo", "latest(events: kind where points > 3) = demo") == "refuted");
  CHECK(subset("distinct(contacts: department) >= 2", "count(contacts) >= 2") == "proved");
  CHECK(never("distinct(contacts: department) >= 2") == "refuted");
  CHECK(never("avg(deals: value) > 100") == "refuted");
  CHECK(subset("sequence(events by topic: kind = demo then kind = pricing, all within 14 days)", "any(events where kind = pricing)") ==
        "proved");
  CHECK(never("sequence(events by topic: kind = demo then kind = pricing, all within 14 days)") == "refuted");
}

TEST_CASE("an audience is about rows", "[prove]") {
  const std::string audience = "audience a of contacts {\n  basis: \"x\"\n  where active and account.customer\n}\n";
  CHECK(verdict_of(audience + "audience b of contacts {\n  basis: \"x\"\n  where not account.customer\n}\n", "a & b") == "proved");
  CHECK(verdict_of(audience, "a") == "refuted");
}
