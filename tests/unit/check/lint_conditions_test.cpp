// Warnings about conditions that always or never hold, repeat, or add nothing, and about definitions that nothing uses.

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/check/lint.h"
#include "tests/unit/check/lint_fixture.h"

namespace segue::test {

TEST_CASE("a condition that never holds is warned of") {
  const auto condition = GENERATE(values<std::string_view>({
      "employees > 500 and employees < 100",
      "employees = 5 and employees = 6",
      "seats > 5 and (customer and seats < 3)",
      "seats > 5 and seats < 6",
      "seats = 2.5",
      "rate > 0.5 and rate < 0.5",
      "fit >= 10 and fit < 10",
      "fit > 3 and fit in [1, 2]",
      "industry = Software and industry = Fintech",
      "industry in [Software, Fintech] and industry = Healthcare",
      "size > large",
      "size < small",
      "name = \"a\" and name = \"b\"",
      "domain = \"A.com\" and domain = \"b.com\"",
      "founded > 2025-01-01 and founded < 2020-01-01",
      "founded < 30 days ago and founded > 10 days ago",
      "seen_at > 2025-01-01 and seen_at < 2024-01-01",
      "count(contacts) < 0",
      "distinct(contacts: title) < 0",
      "share(contacts where active) > 100%",
      "month(signed_on) = 13",
      "quarter(founded) > 4",
      "customer and not customer",
      "customer and partner and not customer",
      "technologies has any [\"x\"] and technologies has none [\"x\"]",
      "any(contacts where active) and none(contacts where active)",
      "seats < seats",
      "seats is missing",
      "employees is missing and employees > 5",
      "employees > 500 and seats > 3 and employees < 100",
      "employees > 5 and not employees > 3",
  }));
  CAPTURE(condition);
  CHECK(codes_of(condition) == "never-holds");
}

TEST_CASE("a condition that always holds is warned of") {
  const auto condition = GENERATE(values<std::string_view>({
      "seats >= 5 or seats < 10",
      "seats >= 5 or seats < 5",
      "seats != 5 or seats != 6",
      "employees >= 5 or employees < 10",
      "seats = 5 or not seats = 5",
      "count(contacts) >= 0",
      "count(contacts) > -1",
      "industry in [Software, Fintech, Healthcare, \"Financial Services\"]",
      "size >= small",
      "size in [small, medium] or size = large",
      "customer or not customer",
      "seats = seats",
      "seats is known",
      "seats not between 5 and 4.5 or customer",
      "share(contacts where active) between 0 and 1",
  }));
  CAPTURE(condition);
  const std::string codes = codes_of(condition);
  CHECK((codes == "always-holds" || codes == "reversed-between"));
}

TEST_CASE("nothing is said about conditions that may well be meant") {
  const auto condition = GENERATE(values<std::string_view>({
      "employees > 100 and employees < 500",
      "employees >= 5 and employees <= 5",
      "employees < 100 or employees > 500",
      "seats > 5 and seats < 7",
      "rate > 0.5 and rate < 0.6",
      "fit > 0.1 and fit < 0.2",
      "industry = Software or industry = Fintech",
      "industry in [Software, Fintech] and industry is known",
      "seats != 5 and seats != 6",
      "size != small and size != large",
      "size > small",
      "name = \"a\" or name = \"b\"",
      "domain = \"A.com\" or domain = \"b.com\"",
      "name = \"a\" and domain = \"b\"",
      "founded > 30 days ago and founded < 10 days ago",
      "founded > 2020-01-01 and founded < today",
      "founded between 3 months ago and today",
      "founded between 3 months ago and 89 days ago",
      "count(contacts) >= 1",
      "share(contacts where active) >= 50%",
      "count(contacts where active) > 2 and count(contacts) < 2",
      "any(contacts where age > 50) and any(contacts where age < 30)",
      "any(contacts where active) and any(contacts where not active)",
      "latest(events: points) > 5 and earliest(events: points) < 3",
      "customer and partner",
      "(customer and seats > 5) or (not customer and seats > 50)",
      "(employees > 5 and customer) or (employees > 5 and not customer)",
      "employees is missing or employees > 5",
      "seats > 3 and true",
      "technologies has any [\"x\"] and technologies has none [\"y\"]",
      "technologies has all [\"x\"] and technologies has any [\"x\"]",
      "founded within last 30 days and founded within this year",
      "any(contacts where account.seats > 5) and any(contacts where account.seats < 3)",
      "parent.seats > 5 and seats < 3",
  }));
  CAPTURE(condition);
  CHECK(codes_of(condition).empty());
}

TEST_CASE("messages about conditions name the reason and the way out") {
  CHECK(warnings_of("employees > 500 and employees < 100") ==
        "never-holds: `employees > 500` and `employees < 100` never hold together; write `or` if one of them is enough, or leave one out");
  CHECK(warnings_of("industry = Software and industry = Fintech") ==
        "never-holds: `industry = Software` and `industry = Fintech` never hold together; write `industry in [Software, Fintech]`");
  CHECK(
      warnings_of("any(contacts where title = \"CFO\" and title = \"COO\")") ==
      "never-holds: `title = \"CFO\"` and `title = \"COO\"` never hold together; write `title in [\"CFO\", \"COO\"]`, or ask twice, as in "
      "`any(…) and any(…)`, if two rows are meant");
  CHECK(warnings_of("size != small or size != large") ==
        "always-holds: `size != small` or `size != large` always holds; write `size not in [small, large]`");
  CHECK(warnings_of("count(contacts) >= 0") == "always-holds: `count(contacts) >= 0` always holds: a count is never below 0; leave it out");
  CHECK(warnings_of("share(contacts where active) >= 50") ==
        "never-holds: `share(contacts where active) >= 50` never holds: a share lies between 0% and 100%; write `50%`");
  CHECK(warnings_of("employees between 500 and 100") ==
        "reversed-between: `employees between 500 and 100` never holds: `500` comes after `100`; write `between 100 and 500`");
  CHECK(
      warnings_of("founded between today and 3 months ago") ==
      "reversed-between: `founded between today and 3 months ago` never holds: `today` comes after `3 months ago`; write `between 3 months "
      "ago and today`");
  CHECK(warnings_of("industry in [Software, Fintech, Healthcare, \"Financial Services\"]") ==
        "always-holds: `industry in [Software, Fintech, Healthcare, \"Financial Serv…` holds for every value that is known: these are all "
        "the "
        "values of `industry`; if that is meant, write `industry is known`");
  CHECK(warnings_of("employees >= 5 or employees < 10") ==
        "always-holds: `employees >= 5` or `employees < 10` holds for every `employees` that is known; write `and` if both are needed, or "
        "`employees is known` if that is meant");
  CHECK(warnings_of("seats is known") ==
        "always-holds: `seats is known` always holds: the schema says that every row has `seats`; leave it out");
}

TEST_CASE("fixes of conditions are ready to apply") {
  CHECK(warnings_of("customer or not customer") == "always-holds: `customer` or `not customer` always holds; leave them out");
  CHECK(mended("industry = Software and industry = Fintech") == "industry in [Software, Fintech]");
  CHECK(mended("size != small or size != large") == "size not in [small, large]");
  CHECK(mended("employees between 500 and 100") == "employees between 100 and 500");
  CHECK(mended("share(contacts where active) >= 50") == "share(contacts where active) >= 50%");
  CHECK(mended("customer and seats > 3 and customer") == "customer and seats > 3");
  CHECK(mended("customer and\n    customer") == "customer");
  CHECK(mended("(customer or seats > 3) and (seats > 3 or customer)") == "no fix");
  CHECK(mended("seats > 5 and seats > 3") == "seats > 5");
  CHECK(mended("seats > 3 and seats > 5") == "seats > 5");
}

TEST_CASE("a condition that repeats or adds nothing is warned of") {
  CHECK(warnings_of("customer and seats > 3 and customer") == "repeated-condition: `customer` stands twice in one `and`; leave one out");
  CHECK(codes_of("seats > 3 or customer or seats > 3") == "repeated-condition");
  CHECK(warnings_of("seats > 3 and 3 < seats") ==
        "repeated-condition: `3 < seats` says the same as `seats > 3`, and both stand in one `and`; leave one out");
  CHECK(codes_of("any(contacts where active) and any(contacts where active)") == "repeated-condition");
  CHECK(codes_of("customer and (seats > 3 and customer)") == "repeated-condition");
  CHECK(codes_of("not customer and seats > 3\n  except customer") == "repeated-condition");
  CHECK(warnings_of("employees > 100 and employees > 50") ==
        "redundant-condition: `employees > 50` adds nothing beside `employees > 100`; leave it out");
  CHECK(codes_of("employees > 100 or employees > 50") == "redundant-condition");
  CHECK(codes_of("industry in [Software, Fintech] and industry != Healthcare") == "redundant-condition");
  CHECK(codes_of("industry in [Software, Fintech] or industry = Software") == "redundant-condition");
  CHECK(codes_of("seats >= 5 and seats > 4") == "redundant-condition");
  CHECK(codes_of("customer and (partner or customer)").empty());
}

TEST_CASE("what is excepted contradicts and repeats like anything else") {
  CHECK(warnings_of("customer\n  except customer") ==
        "never-holds: `customer` and `except customer` never hold together; leave one of them out");
  CHECK(codes_of("seats > 3\n  except customer, customer") == "repeated-condition");
}

TEST_CASE("a param's value is named, and one without a value says nothing") {
  CHECK(warnings_of_rules("param least: int = 0\nsegment s { where count(contacts) >= least }\n") ==
        "always-holds: `count(contacts) >= least` with `least` being 0 always holds: a count is never below 0; leave it out");
  CHECK(warnings_of_rules("param least: int = 600\nsegment s { where employees >= least and employees < 500 }\n") ==
        "never-holds: `employees >= least` and `employees < 500` with `least` being 600 never hold together; write `or` if one of them is "
        "enough, or leave one out");
  CHECK(warnings_of_rules("param least: int\nsegment s { where count(contacts) >= least and seats > least and seats < 1 }\n").empty());
  CHECK(warnings_of_rules("param least: int = 10\nsegment s { where seats >= least and seats > 5 }\n").empty());
  CHECK(warnings_of_rules("param days: int = 0\nsegment s { where any(events within last days days) }\n") ==
        "never-holds: `last days days` never holds: its number is 0 here, and a window below 1 covers nothing");
}

TEST_CASE("what is wrong with one use of a definition only is not said of it") {
  const std::string define = "define at_least(n: int) = count(contacts) >= n\n";
  CHECK(warnings_of_rules(define + "segment a { where at_least(0) }\nsegment b { where at_least(3) }\n").empty());
  CHECK(warnings_of_rules(define + "segment a { where at_least(0) }\n") ==
        "always-holds: `count(contacts) >= n` with `n` being 0 always holds: a count is never below 0; leave it out");
}

TEST_CASE("a score stays within its range") {
  CHECK(codes_of("seats > 3").empty());
  CHECK(warnings_of_rules("score heat { range 0..100\n +30 when customer }\nsegment s { where heat > 100 }\n") ==
        "never-holds: `heat > 100` never holds: `heat` lies between 0 and 100");
  CHECK(warnings_of_rules("score heat { range 0..100\n +30 when customer }\nsegment s { where heat >= 70 }\n").empty());
}

TEST_CASE("a definition, list or param that nothing uses is warned of") {
  CHECK(all_warnings("define big = seats > 5\nsegment s { where customer }\n") ==
        "unused-definition: nothing uses the definition `big`; use it or delete it");
  CHECK(all_warnings("param n: int = 3\nlist names = [\"a\"]\nsegment s { where customer }\n") ==
        "unused-definition: nothing uses the param `n`; use it or delete it | unused-definition: nothing uses the list `names`; use it or "
        "delete it");
  CHECK(all_warnings("param n: int = 3\nlist names = [\"a\"]\ndefine big = seats > n\ndefine old for contacts = age > n\n"
                     "define engaged(days: int) = any(events within last days days)\n"
                     "segment s { where big and name in names and any(contacts where old) and engaged(3) }\n")
            .empty());
  CHECK(all_warnings("param n: int = 3\nsegment s { where customer\n expect size at least n }\n").empty());
}

TEST_CASE("ten thousand definitions are warned of") {
  std::string rules;
  for (int i = 0; i < 10'000; ++i) {
    rules += fmt::format(
        "segment s{0} {{\n  where employees != {0} and seats > {0} and (customer or industry not in [Software, Fintech])\n    and seats < "
        "{1} and "
        "any(contacts where title != \"x{0}\" and age > {0})\n}}\n",
        i, i + 5);
  }
  const std::unique_ptr<Checked> checked = check_text(rules);
  REQUIRE(checked->messages.empty());
  const auto found = lint({.checked = checked->result, .files = checked->files, .sources = checked->sources});
  CHECK(found.size() == 30'000);
}

TEST_CASE("a long chain of conditions is looked at in one go") {
  std::string condition = "seats != 0";
  for (int i = 1; i < 20'000; ++i) condition += fmt::format(" and seats != {}", i);
  CHECK(codes_of(condition).empty());
  std::string sum = "seats";
  for (int i = 0; i < 20'000; ++i) sum += " + seats";
  CHECK(codes_of(sum + " > 3").empty());
}

}  // namespace segue::test
