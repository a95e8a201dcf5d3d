// Tests as data: rows, what they belong to, keys, clocks and hidden definitions.
#include <catch2/catch.hpp>

#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

const CheckedTest& only_test(const Checked& checked) {
  REQUIRE(checked.messages.empty());
  REQUIRE(checked.result.tests.tests.size() == 1);
  return checked.result.tests.tests.front();
}

TEST_CASE("the rows of a test know what they belong to") {
  const auto checked = check_text(R"(
test "nested" {
  account {
    contacts: [{active: true, events: [{}, {}]}, {active: false, events: []}],
    events: [{}]
  }
  expect count(events) = 3, any(contacts where active and count(events) = 2)
}
)");
  const CheckedTest& test = only_test(*checked);
  const TableId contacts = *find_table(checked->schema, "contacts");
  const TableId events = *find_table(checked->schema, "events");
  REQUIRE(test.tables[kAccountTable].size() == 1);
  REQUIRE(test.tables[contacts].size() == 2);
  REQUIRE(test.tables[events].size() == 3);
  // Two parents: the account, and a contact or none.
  CHECK(test.tables[events][0].parents == std::vector<std::optional<std::uint32_t>>{0, 0});
  CHECK(test.tables[events][2].parents == std::vector<std::optional<std::uint32_t>>{0, std::nullopt});
  CHECK(test.claims.size() == 2);
}

TEST_CASE("hidden definitions stand in a program of their own") {
  const auto checked = check_text("segment s { where customer }\ntest \"t\" {\n  account {customer: true}\n  expect s\n}\n");
  const CheckedTest& test = only_test(*checked);
  const CheckedProgram& program = checked->result.tests.program;
  CHECK(checked->result.program.definitions.size() == 1);
  REQUIRE(program.definitions.size() == 2);
  CHECK(program.definition(test.claims.front().definition).name.empty());
  CHECK(program.definition(test.claims.front().definition).kind == DefinitionKind::kDefine);
}

TEST_CASE("the clock of a date is the end of that day, and moments count from it") {
  const auto checked = check_text(
      "test \"t\" {\n  as of 2026-03-01\n  account {founded: 1 day ago, seen_at: 1 day ago}\n"
      "  expect founded = 2026-02-28, seen_at is known\n}\n");
  const CheckedTest& test = only_test(*checked);
  const SchemaTable& account = checked->schema.tables[kAccountTable];
  const std::vector<TestCell>& cells = test.tables[kAccountTable].front().cells;
  CHECK(std::get<std::int64_t>(cells[*find_column(account, "founded")].value) == 20'512);
  CHECK(std::get<std::int64_t>(cells[*find_column(account, "seen_at")].value) == test.clock - 86'400'000'000);
}

TEST_CASE("what is read and not given is an error with what to add") {
  CHECK(message_of_rules(
            "segment s { where customer and employees is missing }\ntest \"t\" {\n  account {customer: true}\n  expect s\n}\n") ==
        "incomplete-test: the account does not say what `employees` is, which the tested definitions read; add `employees: missing`");
  CHECK(message_of_rules("test \"t\" {\n  account {founded: today}\n  expect founded is known\n}\n") ==
        "incomplete-test: this test needs a clock; add a line such as `as of 2026-03-01`, which is what `now` then means");
}

}  // namespace
}  // namespace segue::test
