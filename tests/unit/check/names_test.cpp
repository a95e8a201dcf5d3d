// What the checker says of names that mean nothing where they stand.
#include <catch2/catch.hpp>

#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

struct NameCase {
  std::string_view condition;
  std::string_view message;
  std::string_view fixed;  // the condition after the fix
};

constexpr NameCase kNameCases[] = {
    {"name = Bob", R"(unknown-name: nothing is called `Bob` here; if it is text, write `"Bob"`)", R"(name = "Bob")"},
    {"employes > 5", "unknown-column: unknown column `employes` of `account`; did you mean `employees`?", "employees > 5"},
    {"industry = Sofware", "unknown-enum-value: `Sofware` is not one of the values of `industry`; did you mean `Software`?",
     "industry = Software"},
    {"industry in [Software, Sofwtare]", "unknown-enum-value: `Sofwtare` is not one of the values of `industry`; did you mean `Software`?",
     "industry in [Software, Software]"},
    {"employees in seats", "unknown-list: `seats` is not a list; write the values in brackets, as in `[seats]`, or compare with `=`",
     "no fix"},
    {R"("a" in technologies)",
     R"(unknown-list: `technologies` is a column that holds a list; ask the other way round, as in `technologies has any ["a"]`)",
     "no fix"},
    {"name contains foo", R"(unknown-name: nothing is called `foo` here; if it is text, write `"foo"`)", R"(name contains "foo")"},
    {"logins",
     "misplaced-name: `logins` is a related table, not a value; ask about its rows, as in `any(logins where …)` or `count(logins)`",
     "no fix"},
    {R"(title = "x")",
     "misplaced-name: `title` is a column of `contacts`, which may have many rows; ask about them, as in `any(contacts where title …)` or "
     "`latest(contacts: title)`",
     "no fix"},
    {R"(contacts.title = "x")",
     "misplaced-name: `contacts` may have many rows, so `contacts.title` is not one value; ask about them, as in `any(contacts where title "
     "…)` or `latest(contacts: title)`",
     "no fix"},
    {"contacts",
     "misplaced-name: `contacts` is a related table, not a value; ask about its rows, as in `any(contacts where …)` or `count(contacts)`",
     "no fix"},
    {R"(parent = "x")",
     "misplaced-name: `parent` leads to a row of `account`; write which column of it is meant, such as `parent.account_id`", "no fix"},
    {"parent.foo", "unknown-column: unknown column `foo` of `account`; check how it is spelled", "no fix"},
    {"parent.contacts", "misplaced-name: a reference reads columns of `account`, and `contacts` is a related table; write a column",
     "no fix"},
    {"foo.bar", "unknown-name: unknown name `foo` before `.bar`; check how it is spelled", "no fix"},
    {"account.foo", "unknown-column: unknown column `foo` of `account`; check how it is spelled", "no fix"},
    {"any(contacts where customer)",
     "misplaced-name: `customer` is a column of `account`, and this is about a row of `contacts`; write `account.customer`",
     "any(contacts where account.customer)"},
    {R"(any(contacts where titel = "x"))", "unknown-column: unknown column `titel` of `contacts`; did you mean `title`?",
     R"(any(contacts where title = "x"))"},
    {"any(logins)", "misplaced-name: `logins` is not a related table of `account`; write `contacts.logins`", "any(contacts.logins)"},
    {R"(any(contacts where any(logins where title = "x")))",
     "misplaced-name: `title` is a column of `contacts`, and this is about a row of `logins`; write `contacts.title`",
     R"(any(contacts where any(logins where contacts.title = "x")))"},
    {"any(contacts where any(deals))", "misplaced-name: `deals` is not a related table of `contacts`; write `account.deals`",
     "any(contacts where any(account.deals))"},
    {"any(employees)", "unknown-relation: `employees` is a column, not a related table; name a related table whose rows are meant",
     "no fix"},
    {"any(parent)", "unknown-relation: `parent` leads to a single row, not to a related table; read its columns, as in `parent.account_id`",
     "no fix"},
    {"any(foo)", "unknown-relation: `foo` is not a related table of `account`; check how it is spelled", "no fix"},
    {"any(account)", "unknown-relation: `account` is the row itself; name one of its related tables", "no fix"},
    {"count(customer) > 3", "unknown-relation: `customer` is a column, not a related table; name a related table whose rows are meant",
     "no fix"},
    {"weekday(founded) = Monday", "unknown-enum-value: `Monday` is not one of the values of `weekday(founded)`; did you mean `monday`?",
     "weekday(founded) = monday"},
    {R"(lower(name) = "x")", "unknown-function: unknown function `lower`; give the column `case: insensitive` in the schema", "no fix"},
    {"coalesce(employees, 3) > 2", "unknown-function: unknown function `coalesce`; write `x or else y`", "no fix"},
    {"yaer(founded) > 2020", "unknown-function: unknown function `yaer`; did you mean `year`?", "year(founded) > 2020"},
    {"contacts is empty", "misplaced-name: `contacts` is a related table; write `none(contacts)`", "none(contacts)"},
    {"employees = missing", "misplaced-name: `missing` is not a value that something can equal; write `employees is missing`",
     "employees is missing"},
    {"industry = missing", "misplaced-name: `missing` is not a value that something can equal; write `industry is missing`",
     "industry is missing"},
    {"(industry or else Sofware) = Fintech",
     "unknown-enum-value: `Sofware` is not one of the values of `industry`; did you mean `Software`?",
     "(industry or else Software) = Fintech"},
    {"Software", "misplaced-name: `Software` is a value of `industry`, not a condition; write `industry = Software`",
     "industry = Software"},
    {"demo", "unknown-column: unknown column `demo` of `account`; check how it is spelled", "no fix"},
    {"events.kind = demo",
     "misplaced-name: `events` may have many rows, so `events.kind` is not one value; ask about them, as in `any(events where kind …)` or "
     "`latest(events: kind)`",
     "no fix"},
    {"industry != missing", "misplaced-name: `missing` is not a value that something can equal; write `industry is known`",
     "industry is known"},
    {"any(contacts where department = size)",
     "misplaced-name: `size` is a column of `account`, and this is about a row of `contacts`; write `account.size`",
     "any(contacts where department = account.size)"},
    {"any(contacts where department = Finanse)",
     "unknown-enum-value: `Finanse` is not one of the values of `department`; did you mean `Finance`?",
     "any(contacts where department = Finance)"},
    {"any(contacts where account.decisive)", "unknown-column: unknown column `decisive` of `account`; check how it is spelled", "no fix"},
};

}  // namespace

TEST_CASE("a name that means nothing here gets a message that says what to write") {
  for (const NameCase& each : kNameCases) {
    INFO(each.condition);
    CHECK(message_of(each.condition) == each.message);
    CHECK(fixed(each.condition) == each.fixed);
  }
}

}  // namespace segue::test
