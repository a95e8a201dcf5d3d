// What definitions may claim of the data, of their values and of each other.
#include <catch2/catch.hpp>

#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

constexpr std::string_view kRules =
    "tiers t {\n one: customer\n two: seats > 1\n expect each size at least 20\n expect one size at most 100\n expect two share below 30%\n"
    " expect moved below 10%\n expect undetermined at most 5\n}\n"
    "grid g {\n by industry\n by customer\n expect \"Financial Services/true\" size above 0\n}\n"
    "segment a { where customer\n expect disjoint from b\n expect subset of partner\n expect not empty\n expect moved at most 3 }\n"
    "segment b { where seats > 3\n expect disjoint from a }\n"
    "audience p of contacts {\n where active\n expect size at least 5\n expect disjoint from q\n}\n"
    "audience q of contacts {\n where age > 3\n}\n";

const Expectation& claim(const Checked& checked, std::string_view name, std::size_t index) {
  return checked.definition(name).expectations.at(index);
}

}  // namespace

TEST_CASE("claims are filled with what is measured, of whom, and the bounds") {
  const auto checked = check_text(kRules);
  REQUIRE(message_list(*checked) == kNothing);
  CHECK(claim(*checked, "t", 0).each);
  CHECK(claim(*checked, "t", 0).low == 20);
  CHECK(claim(*checked, "t", 1).value == 0);
  CHECK(!claim(*checked, "t", 1).each);
  CHECK(claim(*checked, "t", 2).value == 1);
  CHECK(claim(*checked, "t", 2).is_fraction);
  CHECK(claim(*checked, "t", 2).high == 0.3);
  CHECK(claim(*checked, "t", 2).high_is_strict);
  CHECK(claim(*checked, "t", 3).subject == ExpectSubject::kMoved);
  CHECK(claim(*checked, "t", 3).is_fraction);
  CHECK(!claim(*checked, "t", 4).is_fraction);
  CHECK(claim(*checked, "g", 0).value == 6);
  CHECK(claim(*checked, "g", 0).low_is_strict);
  CHECK(claim(*checked, "a", 3).subject == ExpectSubject::kMoved);
  CHECK(!claim(*checked, "a", 3).is_fraction);
  CHECK(claim(*checked, "a", 2).subject == ExpectSubject::kNotEmpty);
  CHECK(claim(*checked, "a", 2).text == "not empty");
}

TEST_CASE("claims about other definitions may go both ways, and about a column become a definition") {
  const auto checked = check_text(kRules);
  const CheckedProgram& program = checked->result.program;
  CHECK(program.definition(*claim(*checked, "a", 0).other).name == "b");
  CHECK(program.definition(*claim(*checked, "b", 0).other).name == "a");
  const Definition& partner = program.definition(*claim(*checked, "a", 1).other);
  CHECK(partner.name.empty());
  CHECK(std::holds_alternative<ColumnRead>(program.expr(partner.body).node));
  CHECK(program.definition(*claim(*checked, "p", 1).other).name == "q");
}

TEST_CASE("claims that mean nothing get a message that says what to write") {
  struct Case {
    std::string_view rules;
    std::string_view message;
  };
  constexpr Case kCases[] = {
      {"segment a { where customer\n expect size below 0 }", "invalid-expectation: `size below 0` can never hold; write another bound"},
      {"segment a { where customer\n expect share above 100% }",
       "invalid-expectation: `share above 100%` can never hold; write another bound"},
      {"segment a { where customer\n expect moved below 150% }",
       "invalid-expectation: a share lies between 0% and 100%, so `moved below 150%` means nothing; write another bound"},
      {"segment a { where customer\n expect each size at least 5 }",
       "invalid-expectation: a segment has no values to speak of; leave `each` out"},
      {"audience a of contacts {\n where active\n expect one size at least 5\n}",
       "invalid-expectation: an audience has no values to speak of; leave `one` out"},
      {"audience a of contacts {\n where active\n expect size below 5%\n}",
       "invalid-expectation: `size` counts rows, and `size below 5%` asks for a part of them; write `share` instead of `size`"},
      {"tiers t {\n one: customer\n expect size at least 5\n}",
       "invalid-expectation: `t` has a size for each of its values; write `each size at least 5`, or the name of a value before it"},
      {"tiers t {\n one: customer\n expect each moved below 5%\n}",
       "invalid-expectation: `each moved below 5%` speaks of `t` as a whole; leave the value out"},
      {"tiers t {\n one: customer\n expect two size at least 5\n}",
       "unknown-enum-value: `two` is not one of the values of `t`; write one of `one`"},
      {"tiers t {\n one: customer\n expect not empty\n}",
       "invalid-expectation: `t` has a size for each of its values; write `each size at least 1`"},
      {"segment a { where customer }\ntiers t {\n one: customer\n expect subset of a\n}",
       "invalid-expectation: `t` is no set of accounts, so `subset of a` says nothing; write it into a segment, such as one with `where t "
       "is "
       "known`"},
      {"segment a { where customer\n expect disjoint from a }",
       "invalid-expectation: `a` is not disjoint from itself; name another definition"},
      {"segment a { where customer\n expect subset of seats }",
       "not-a-condition: `seats` is a whole number, not a condition; compare it, as in `seats > 0`"},
      {"segment a { where customer\n expect subset of nobody }",
       "unknown-column: unknown column `nobody` of `account`; check how it is spelled"},
      {"segment a { where customer }\naudience p of contacts {\n where active\n expect subset of account.a\n}",
       "invalid-expectation: `p` is about rows of `contacts`, and `account.a` about rows of `account`; name what is about the same rows"},
      {"score f {\n +1\n expect moved below 5%\n}",
       "invalid-expectation: every account has a score, so `moved below 5%` says nothing of `f`; write it into a segment"},
  };
  for (const Case& each : kCases) {
    INFO(each.rules);
    CHECK(message_of_rules(each.rules) == each.message);
  }
}

}  // namespace segue::test
