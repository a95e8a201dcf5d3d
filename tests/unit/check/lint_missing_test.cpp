// Warnings about missing values: under a negation, and in `every` over no rows.
#include <catch2/catch.hpp>

#include "tests/unit/check/lint_fixture.h"

namespace segue::test {

TEST_CASE("a value that may be missing under a negation is warned of, and the fix ends the warning") {
  struct Case {
    std::string_view condition, mended;
  };
  const auto [condition, fixed] = GENERATE(values<Case>({
      {"employees != 5", "employees != 5 and employees is known"},
      {"not employees > 5", "not employees > 5 and employees is known"},
      {"not (employees > 5)", "not (employees > 5) and employees is known"},
      {"industry not in [Software, Fintech]", "industry not in [Software, Fintech] and industry is known"},
      {"employees not between 5 and 10", "employees not between 5 and 10 and employees is known"},
      {"parent_id not contains \"x\"", "parent_id not contains \"x\" and parent_id is known"},
      {"parent_id not matches \"x\"", "parent_id not matches \"x\" and parent_id is known"},
      {"tags has none [\"x\"]", "tags has none [\"x\"] and tags is known"},
      {"founded not within last 30 days", "founded not within last 30 days and founded is known"},
      {"not partner", "not partner and partner is known"},
      {"not parent.customer", "not parent.customer and parent.customer is known"},
      {"employees / seats != 0.5", "employees / seats != 0.5 and employees / seats is known"},
      {"not avg(contacts: age) > 40", "not avg(contacts: age) > 40 and avg(contacts: age) is known"},
      {"latest(events: kind) != demo", "latest(events: kind) != demo and latest(events: kind) is known"},
      {"not share(contacts where active) >= 50%", "not share(contacts where active) >= 50% and share(contacts where active) is known"},
      {"customer and employees != 5", "customer and employees != 5 and employees is known"},
      {"employees != 5 and customer", "employees != 5 and employees is known and customer"},
      {"customer or employees != 5", "customer or (employees != 5 and employees is known)"},
      {"customer and (seats > 3 or employees != 5)", "customer and (seats > 3 or (employees != 5 and employees is known))"},
      {"not (employees > 5 and founded > 2020-01-01)",
       "not (employees > 5 and founded > 2020-01-01) and employees is known and founded is known"},
      {"not (employees > 5 or employees < 2)", "not (employees > 5 or employees < 2) and employees is known"},
      {"any(contacts where title != \"CFO\")", "any(contacts where title != \"CFO\" and title is known)"},
      {"count(contacts where active or title != \"CFO\") > 2", "count(contacts where active or (title != \"CFO\" and title is known)) > 2"},
      {"not (not (employees != 5))", "not (not (employees != 5 and employees is known))"},
  }));
  CAPTURE(condition);
  CHECK(codes_of(condition) == "missing-negated");
  CHECK(mended(condition) == fixed);
  CHECK(codes_of(mended(condition)).empty());
}

TEST_CASE("a negation of what is known, or asked about, is no warning") {
  const auto condition = GENERATE(values<std::string_view>({
      "seats != 5",
      "not customer",
      "not seats > 5",
      "size not in [small]",
      "technologies has none [\"x\"]",
      "employees > 5",
      "industry in [Software]",
      "partner",
      "not employees != 5",
      "not (tags has none [\"x\"])",
      "employees or else 0 != 5",
      "not (partner or else false)",
      "count(contacts) != 5",
      "sum(contacts: age) != 5",
      "employees is known and employees != 5",
      "employees is missing or employees != 5",
      "employees != 5 and (customer and employees is known)",
      "employees is known and customer and (seats > 3 or employees != 5)",
      "not (employees is known and employees > 5)",
      "employees is known and seats > 0 and employees != 5 and not employees > 1_000",
      "employees is known and seats is known and any(contacts where active) and not employees > 5",
      "employees > 5 and employees != 7",
      "employees between 10 and 500 and not employees = 77",
      "employees is known and employees / 2 != 0.5",
      "employees / seats is known and not employees / seats >= 0.5",
      "employees is missing",
      "not employees is known",
  }));
  CAPTURE(condition);
  CHECK(codes_of(condition).find("missing-negated") == std::string::npos);
}

TEST_CASE("what is excepted is a negation, and its fix stands in where") {
  const auto rules = [](std::string_view text) { return "segment s {\n  where " + std::string(text) + "\n}\n"; };
  CHECK(warnings_of("seats > 3\n  except customer").empty());
  CHECK(warnings_of("seats > 3\n  except partner") ==
        "missing-negated: `except partner` leaves in the accounts for which `partner` is missing; add `and partner is known` to `where` to "
        "leave them out too");
  CHECK(mended_rules(rules("seats > 3\n  except customer, partner")) ==
        rules("seats > 3 and partner is known\n  except customer, partner"));
  CHECK(mended_rules(rules("seats > 3 or customer\n  except partner")) ==
        rules("(seats > 3 or customer) and partner is known\n  except partner"));
  CHECK(warnings_of_rules(mended_rules(rules("seats > 3 or customer\n  except employees > 5"))).empty());
  CHECK(codes_of("seats > 3\n  except employees != 5").empty());
}

TEST_CASE("messages about missing values say what happens and what to write") {
  CHECK(
      warnings_of("industry != Software") ==
      "missing-negated: `industry != Software` also holds where `industry` is missing; add `and industry is known` to leave these out, or "
      "`or industry is missing` to say that they belong");
}

TEST_CASE("a negated define is as good as what it tests, a negated segment is a population") {
  const std::string define = "define big = employees > 500\n";
  const std::string rules = define + "segment s { where not big }\n";
  CHECK(
      warnings_of_rules(rules) ==
      "missing-negated: `not big` also holds where `employees` is missing, which `big` tests; add `and employees is known` to leave these "
      "out, or `or employees is missing` to say that they belong");
  CHECK(mended_rules(rules) == define + "segment s { where not big and employees is known }\n");
  CHECK(warnings_of_rules(mended_rules(rules)).empty());
  CHECK(warnings_of_rules(define + "segment s { where big }\n").empty());
  CHECK(warnings_of_rules("segment big { where employees > 500 }\nsegment s { where not big }\n").empty());
  CHECK(warnings_of_rules("define small = employees is known and employees < 5\nsegment s { where not small }\n").empty());
  CHECK(warnings_of_rules("define has_size = employees is known\nsegment s { where has_size and employees != 5 }\n").empty());
  CHECK(warnings_of_rules("define heads = employees or else 0\nsegment s { where heads != 5 }\n").empty());
  CHECK(mended_rules("define rate2 = employees / seats\nsegment s { where rate2 != 5 }\n") ==
        "define rate2 = employees / seats\nsegment s { where rate2 != 5 and rate2 is known }\n");
}

TEST_CASE("a definition with parameters is warned of once, at its text") {
  CHECK(
      warnings_of_rules("define other(n: int) = employees != n\nsegment a { where other(3) }\nsegment b { where other(4) }\n") ==
      "missing-negated: `employees != n` also holds where `employees` is missing; add `and employees is known` to leave these out, or `or "
      "employees is missing` to say that they belong");
  CHECK(
      warnings_of_rules("define other(x: int) = x != 3\nsegment a { where other(seats) }\nsegment b { where other(employees) }\n").empty());
}

TEST_CASE("every also holds over no rows unless somebody looks for one") {
  CHECK(warnings_of("every(contacts where active)") ==
        "every-over-no-rows: `every(contacts where active)` also holds where there are no `contacts` at all; add `any(contacts) and` "
        "before it "
        "if there must be one");
  CHECK(mended("every(contacts where active)") == "any(contacts) and every(contacts where active)");
  CHECK(mended("customer or every(contacts where active)") == "customer or (any(contacts) and every(contacts where active))");
  CHECK(mended("every(events within last 30 days where (points > 3 or points < 1))") ==
        "any(events within last 30 days) and every(events within last 30 days where (points > 3 or points < 1))");
  const auto quiet = GENERATE(values<std::string_view>({
      "any(contacts) and every(contacts where active)",
      "any(contacts where active) and every(contacts where active)",
      "count(contacts) >= 2 and every(contacts where active)",
      "every(contacts where active) and customer and count(contacts) > 0",
      "none(contacts) or every(contacts where active)",
      "not every(contacts where active)",
      "none(contacts where every(logins where at within last 30 days))",
  }));
  CAPTURE(quiet);
  CHECK(codes_of(quiet).empty());
}

}  // namespace segue::test
