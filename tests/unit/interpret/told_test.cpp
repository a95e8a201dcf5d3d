// From the text of rules to answers: what the checker makes of the language means what the language says.
#include "tests/unit/interpret/told.h"

#include <catch2/catch.hpp>

#include "tests/unit/interpret/tree_text.h"

namespace segue::test {
namespace {

constexpr std::string_view kSchema = R"(account:
  key: account_id
  columns:
    account_id: text
    domain: {type: text, case: insensitive, optional: true}
    industry: {type: enum, values: [Software, Fintech, Retail], optional: true}
    size: {type: enum, values: [small, medium, large], ordered: true}
    employees: int?
    revenue: {type: decimal(2), optional: true}
    fit: float?
    technologies: {type: list<text>, case: insensitive}
    customer: bool
    founded: date?
    parent_id: text?
  references: {parent: {to: account, by: parent_id}}
relations:
  contacts:
    of: account
    on: account_id
    key: contact_id
    columns: {contact_id: text, title: text?, active: bool, level: int}
  events:
    of: {account: account_id, contacts: contact_id}
    time: occurred_at
    key: event_id
    columns: {event_id: text, occurred_at: timestamp, kind: {type: enum, values: [demo, webinar]}, points: int?, topic: text?}
  logins: {of: contacts, on: contact_id, time: on_day, columns: {on_day: date, device: text}}
)";

const std::vector<TableText> kTables = {
    {"account",
     R"(account_id | domain   | industry | size   | employees | revenue | fit | technologies       | customer | founded    | parent_id
a          | ACME.com | Software | large  | 900       | 12.50   | 0.1 | Salesforce;HubSpot | true     | 2020-02-29 |
b          | acme.COM | Fintech  | medium | 120       |         |     | hubspot            | false    | 2026-03-01 | a
c          |          |          | small  |           | 0.05    | 0.2 |                    | false    |            | b
d          | other.io | Retail   | medium | 200       | 1.00    | 70  | SAP                | true     | 1999-12-31 | z)"},
    {"contacts", R"(contact_id | account_id | title          | active | level
c1         | a          | Chief Buyer    | true   | 1
c2         | a          | Head of Sales  | false  | 2
c3         | b          |                | true   | 3
c4         | c          | vp             | true   | 1
c5         | nobody     | vp             | true   | 1)"},
    {"events", R"(event_id | account_id | contact_id | occurred_at               | kind    | points | topic
e1       | a          | c1         | 2026-03-10T08:00:00+01:00 | demo    | 5      | x
e2       | a          | c1         | 2026-03-04T00:00:00+01:00 | webinar | 7      | X
e3       | a          | c2         | 2026-03-03T23:59:59+01:00 | demo    |        |
e4       | b          | c3         | 2026-03-11T00:00:00+01:00 | demo    | 1      | y
e5       | d          |            | 2026-02-10T12:00:00+01:00 | webinar | 3      | y)"},
    {"logins", R"(contact_id | on_day     | device
c1         | 2026-03-10 | phone
c1         | 2026-03-09 | desk
c2         | 2026-03-08 | phone
c3         | 2026-01-01 | desk)"},
};

Told told(const std::string& rules) { return Told(kSchema, rules, kTables, "2026-03-10T09:00:00"); }

std::string members(const std::string& condition) {
  const Told world = told("segment s { where " + condition + " }");
  return world.errors.empty() ? world.members("s") : world.errors;
}

std::string values(const std::string& expression) {
  const Told world = told("define x = " + expression);
  return world.errors.empty() ? world.values("x") : world.errors;
}

}  // namespace

TEST_CASE("conditions on the account as an author writes them") {
  CHECK(members("employees between 150 and 5_000") == "a d | c");
  CHECK(members("not employees between 150 and 5_000") == "b c?");
  CHECK(members("employees != 900") == "b c? d");
  CHECK(members("industry in [Software, Retail]") == "a d | c");
  CHECK(members("industry not in [Software, Retail]") == "b c?");
  CHECK(members("size >= medium") == "a b d");
  CHECK(members("domain = \"Acme.Com\"") == "a b | c");
  CHECK(members("technologies has any [\"HUBSPOT\"]") == "a b");
  CHECK(members("technologies has none [\"HUBSPOT\"]") == "c d");
  CHECK(members("technologies is empty") == "c");
  CHECK(members("employees is missing or customer") == "a c d");
  CHECK(members("revenue >= 1 and customer") == "a d");
  CHECK(members("fit = 0.1") == "a | b");
  CHECK(members("(employees or else 0) < 150") == "b c");
  CHECK(members("revenue * 2 >= 2.00") == "a d | b");
  CHECK(members("parent.customer") == "b | a d");
  CHECK(members("parent.parent.customer") == "c | a b d");
}

TEST_CASE("dates and the clock as an author writes them") {
  CHECK(members("founded >= 2020-01-01") == "a b | c");
  CHECK(members("founded within last 10 days") == "b | c");
  CHECK(members("next_anniversary(founded) = 2027-02-28") == "a | c");
  CHECK(members("days_since(founded) = 9") == "b | c");
  CHECK(values("today") == "2026-03-10 2026-03-10 2026-03-10 2026-03-10");
  CHECK(values("founded + 1 month") == "2020-03-29 2026-04-01 missing 2000-01-31");
}

TEST_CASE("aggregates as an author writes them") {
  CHECK(values("count(events)") == "3 1 0 1");
  CHECK(values("count(events within last 7 days)") == "2 0 0 0");
  CHECK(values("count(events within last 9 hours where kind = demo)") == "1 0 0 0");
  CHECK(values("sum(events: points)") == "12 1 0 3");
  CHECK(values("avg(events: points where kind = webinar)") == "7 missing missing 3");
  CHECK(values("share(events where kind = demo)") == "0.6666666666666666 1 missing 0");
  CHECK(values("distinct(events: topic)") == "2 1 0 1");
  CHECK(values("latest(events: kind)") == "demo demo missing webinar");
  CHECK(values("earliest(events: points)") == "missing 1 missing 3");
  CHECK(values("max(events: occurred_at)") == "2026-03-10T08:00:00+01:00 2026-03-11T00:00:00+01:00 missing 2026-02-10T12:00:00+01:00");
  CHECK(members("any(events where points >= 7)") == "a");
  CHECK(members("any(events where points >= 6 and kind = demo)") == "| a");
  CHECK(members("none(events where points >= 6 and kind = demo)") == "a? b c d");
  CHECK(members("every(events where kind = demo)") == "b c");
  CHECK(members("every(events within last 7 days where kind = webinar)") == "b c d");
}

TEST_CASE("relations of relations, paths, parents and the account from inside") {
  CHECK(values("count(contacts.logins)") == "3 1 0 0");
  CHECK(values("count(contacts.logins where contacts.active)") == "2 1 0 0");
  CHECK(values("count(contacts.events)") == "3 1 0 0");
  CHECK(values("count(contacts where count(logins) >= 2)") == "1 0 0 0");
  CHECK(values("count(contacts where any(events where kind = demo))") == "2 1 0 0");
  CHECK(values("count(contacts where account.customer)") == "2 0 0 0");
  CHECK(values("count(contacts where count(account.events) > level)") == "2 0 0 0");
  CHECK(values("count(contacts where any(account.events where points = contacts.level))") == "0 0 0 0");
  CHECK(values("count(contacts where any(account.events where points > contacts.level + 4))") == "2 0 0 0");
  CHECK(values("sum(contacts: count(logins where device = \"phone\"))") == "2 0 0 0");
}

TEST_CASE("definitions with parameters and for a relation") {
  const Told world = told(R"(
param least: int = 2
list phones = ["phone"]
define recent(n: int) = count(events within last n days)
define buyer for contacts = title matches "(?i)\\b(chief|vp)\\b"
define busy for contacts = buyer and count(logins where device in phones) >= 1
segment engaged { where recent(7) >= least except recent(7) > 100 }
segment both { where any(contacts where busy) and engaged }
segment other { where customer except engaged, recent(60) = 0 }
score heat {
  range 0..10
  +10 when engaged
  +2.5 * count(contacts where buyer)
  -employees / 100 when customer
}
)");
  REQUIRE(world.errors.empty());
  CHECK(world.members("engaged") == "a");
  CHECK(world.members("both") == "a");
  CHECK(world.members("other") == "d");
  CHECK(world.values("heat") == "3.5 0 2.5 0");
}

TEST_CASE("an explanation follows the text of the rules") {
  const Told world = told(R"(
param least: int = 2
define recent(n: int) = count(events within last n days where kind = demo)
segment icp "Ideal" {
  where employees between 200
      and 5_000   # mid-market
    and (industry in [Software, Retail] or size = large)
    and domain is known
    and recent(7) >= least
  except customer, technologies has any ["SAP"], industry not in [Software]
}
)");
  REQUIRE(world.errors.empty());
  CHECK(
      tree_text(world.explained("icp", "a")) ==
      R"(and `employees between 200 and 5_000 and (industry in [Software, Retail] or size = large) and domain is known and recent(7) >= least except customer, technologies has any ["SAP"], industry not in [Software]` false
  and `employees between 200 and 5_000 and (industry in [Software, Retail] or size = large) and domain is known and recent(7) >= least` false
    test `employees between 200 and 5_000` true; employees = 900
    or `industry in [Software, Retail] or size = large` true
      test `industry in [Software, Retail]` true; industry = Software
      test `size = large` true; size = large
    test `domain is known` true; domain = "ACME.com"
    test `recent(7) >= least` false; recent(7) = 1; least = 2
      definition `recent(7)` 1
        aggregate `count(events within last n days where kind = demo)` 1; 1/2
  test `not customer` false
  test `not technologies has any ["SAP"]` true; technologies = ["HubSpot", "Salesforce"]
  test `not industry not in [Software]` true; industry = Software
)");
}

TEST_CASE("an explanation of what is missing says so") {
  const Told world = told("segment s { where not employees >= 200 and founded + 30 days <= today and parent.customer }");
  REQUIRE(world.errors.empty());
  CHECK(tree_text(world.explained("s", "c")) ==
        R"(and `not employees >= 200 and founded + 30 days <= today and parent.customer` false
  not `not employees >= 200` true unknown
    test `employees >= 200` false missing unknown; employees = missing
  test `founded + 30 days <= today` false missing unknown; founded + 30 days = missing; founded = missing; today = 2026-03-10
  test `parent.customer` false
)");
  const Told bare = told("segment s { where parent.customer }");
  CHECK(tree_text(bare.explained("s", "a")) == "test `parent.customer` false missing unknown; parent.customer = missing\n");
}

}  // namespace segue::test
