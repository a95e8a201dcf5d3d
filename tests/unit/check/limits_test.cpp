// What an author may pile up without end: chains of definitions and operators, nesting, unknown names.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

std::string chain(std::string_view head, std::string_view tail, int count) {
  std::string rules;
  for (int i = count; i > 0; --i) rules += fmt::format("define d{0}{1} = d{2}{3} or seats > {0}\n", i, head, i - 1, tail);
  return rules;
}

}  // namespace

TEST_CASE("ten thousand definitions may use each other in a row") {
  CHECK(message_of_rules(chain("", "", 10'000) + "define d0 = customer\n").empty());
}

TEST_CASE("ten thousand definitions with parameters may use each other in a row") {
  CHECK(message_of_rules(chain("(n: int)", "(n)", 10'000) + "define d0(n: int) = seats > n\nsegment a { where d10000(3) }\n").empty());
}

TEST_CASE("a circle of ten thousand definitions is one error") {
  const auto checked = check_text(chain("", "", 10'000) + "define d0 = d10000\n");
  CHECK(checked->messages.size() == 1);
}

TEST_CASE("definitions that use two of the same below do not multiply") {
  std::string rules = "define d0(n: int) = seats > n\n";
  for (int i = 1; i < 40; ++i) rules += fmt::format("define d{0}(n: int) = d{1}(n) or d{1}(n + 1)\n", i, i - 1);
  const auto checked = check_text(rules + "segment a { where d39(1) }\n");
  CHECK(checked->messages.empty());
  CHECK(checked->result.program.definitions.size() < 1'000);
}

TEST_CASE("definitions that multiply beyond measure are one error") {
  std::string rules = "define d0(n: int) = seats > n\n";
  for (int i = 1; i < 30; ++i) rules += fmt::format("define d{0}(n: int) = d{1}(n * 2) or d{1}(n * 2 + 1)\n", i, i - 1);
  const auto checked = check_text(rules + "segment a { where d29(1) }\n");
  REQUIRE(checked->messages.size() == 1);
  CHECK(checked->messages[0].starts_with("too-many-instances: "));
}

TEST_CASE("a chain of or and of plus may be as long as one likes") {
  std::string any = "customer";
  std::string sum = "1";
  for (int i = 0; i < 50'000; ++i) {
    any += "\n or seats > 3";
    sum += "\n + seats";
  }
  CHECK(message_of(any).empty());
  CHECK(message_of(sum + " > 3").empty());
}

TEST_CASE("brackets nest as deep as the parser lets them") {
  std::string text = "partner";
  for (int i = 0; i < 490; ++i) text = fmt::format("not (customer or {})", text);
  CHECK(message_of(text).empty());
  std::string aggregates = "active";
  for (int i = 0; i < 300; ++i) aggregates = fmt::format("any(account.contacts where contacts.age > age and {})", aggregates);
  CHECK(message_of(fmt::format("any(contacts where {})", aggregates)).empty());
}

TEST_CASE("thousands of unknown names are reported in little time") {
  std::string rules;
  for (int i = 0; i < 5'000; ++i) rules += fmt::format("segment s{0} {{ where employes{0} > 3 }}\n", i);
  CHECK(check_text(rules)->messages.size() == 5'000);
}

}  // namespace segue::test
