// The program that comes out: frames, sugar taken out, definitions made for each use, and what they rest on.
#include <catch2/catch.hpp>

#include "compiler/check/dependencies.h"
#include "compiler/check/walk.h"
#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

const Frame& rows_of(const CheckedProgram& program, ExprId id) { return program.frame(std::get<Aggregate>(program.expr(id).node).rows); }

const SchemaTable& table(const CheckedProgram& program, const Frame& frame) { return program.schema.tables[frame.table]; }

// The aggregate that is a segment's whole condition, and the one that is its condition in turn.
struct Nested {
  Aggregate outer, inner;
  ExprId inner_id{};
};
Nested nested(const Checked& checked) {
  const CheckedProgram& program = checked.result.program;
  const auto& outer = std::get<Aggregate>(checked.body("s").node);
  return {outer, std::get<Aggregate>(program.expr(*outer.where).node), *outer.where};
}

std::vector<std::string> read_columns(const Checked& checked, std::string_view name) {
  const CheckedProgram& program = checked.result.program;
  std::vector<DefinitionId> roots;
  for (std::uint32_t i = 0; i < program.definitions.size(); ++i) {
    if (program.definitions[i].name == name) roots.push_back(static_cast<DefinitionId>(i));
  }
  std::vector<std::string> columns;
  const std::vector<TableReads> reads = columns_read(program, roots);
  for (std::size_t t = 0; t < reads.size(); ++t) {
    for (std::size_t c = 0; c < reads[t].columns.size(); ++c) {
      if (reads[t].columns[c]) columns.push_back(program.schema.tables[t].name + "." + program.schema.tables[t].columns[c].name);
    }
  }
  return columns;
}

}  // namespace

TEST_CASE("operands stand before what uses them, and definitions before what reads them") {
  const auto checked = check_text(
      "segment c { where a and not b }\nsegment b { where f(3) or f(4) and any(contacts where d) }\nsegment a { where f(3) }\n"
      "define f(n: int) = seats > n\ndefine d for contacts = active and age > 3\n");
  const CheckedProgram& program = checked->result.program;
  for (std::uint32_t i = 0; i < program.exprs.size(); ++i) {
    for_each_operand(program.exprs[i].node, [&](ExprId operand) { CHECK(index_of(operand) < i); });
  }
  for (std::uint32_t i = 0; i < program.definitions.size(); ++i) {
    for (const DefinitionId needed : definitions_needed(program, std::vector{static_cast<DefinitionId>(i)})) CHECK(index_of(needed) <= i);
  }
}

TEST_CASE("a path leads through the rows between") {
  const auto checked = check_condition("any(contacts.logins where device = \"x\" and contacts.active and account.customer)");
  const CheckedProgram& program = checked->result.program;
  const Expr& body = checked->body("s");
  const Frame& logins = program.frame(std::get<Aggregate>(body.node).rows);
  CHECK(body.frame == kAccountFrame);
  CHECK(table(program, logins).name == "logins");
  CHECK(logins.outer == logins.anchor);
  const Frame& contacts = program.frame(logins.outer);
  CHECK(table(program, contacts).name == "contacts");
  CHECK(contacts.outer == kAccountFrame);
}

TEST_CASE("events in a condition on a contact are that contact's, account.events the account's") {
  const auto of_contact = check_condition("any(contacts where any(events where kind = demo))");
  const Frame& events = rows_of(of_contact->result.program, nested(*of_contact).inner_id);
  CHECK(events.outer == nested(*of_contact).outer.rows);
  CHECK(events.anchor == events.outer);
  CHECK(events.link == 1);

  const auto of_account = check_condition("any(contacts where any(account.events where kind = demo))");
  const Frame& all_events = rows_of(of_account->result.program, nested(*of_account).inner_id);
  CHECK(all_events.outer == kAccountFrame);
  CHECK(all_events.anchor == kAccountFrame);
  CHECK(all_events.link == 0);
  CHECK(of_account->result.program.expr(nested(*of_account).inner_id).frame == kAccountFrame);
}

TEST_CASE("the row between stays around account.events only when the condition reads it") {
  const auto checked = check_condition("any(contacts where any(account.events where topic = contacts.title))");
  CHECK(checked->messages.empty());
  const CheckedProgram& program = checked->result.program;
  const Frame& events = rows_of(program, nested(*checked).inner_id);
  CHECK(events.outer == nested(*checked).outer.rows);
  CHECK(events.anchor == kAccountFrame);
  CHECK(program.expr(nested(*checked).inner_id).frame == nested(*checked).outer.rows);
}

TEST_CASE("the name of a relation inside itself is the outer row") {
  const auto checked = check_condition("any(contacts where any(account.contacts where boss_id = contacts.contact_id))");
  CHECK(checked->messages.empty());
  const Frame& inner = rows_of(checked->result.program, nested(*checked).inner_id);
  CHECK(inner.outer == nested(*checked).outer.rows);
  CHECK(inner.anchor == kAccountFrame);
}

TEST_CASE("equal frames are one") {
  const auto checked = check_condition("any(contacts where active) and count(contacts where age > 3) > 2 and none(contacts)");
  CHECK(checked->result.program.frames.size() == 2);
}

TEST_CASE("a definition with parameters is made once for each arguments and frame") {
  const auto checked = check_text(
      "define f(n: int) = seats > n\ndefine d for contacts = active\n"
      "segment a { where f(3) and f(3) and f(4) and any(contacts where d) and any(contacts where age > 3 and d) }\n"
      "segment b { where any(contacts where any(account.contacts where d and contacts.age > age)) }\n");
  CHECK(checked->messages.empty());
  std::size_t f = 0;
  std::size_t d = 0;
  for (const Definition& each : checked->result.program.definitions) {
    f += each.name == "f" ? 1 : 0;
    d += each.name == "d" ? 1 : 0;
  }
  CHECK(f == 2);
  CHECK(d == 2);
}

TEST_CASE("folding holds through definitions, arguments and defaults") {
  const auto is_folded = [](std::string_view rules) {
    const auto checked = check_text(rules);
    CHECK(checked->messages.empty());
    bool is_any = false;
    for (const Expr& expr : checked->result.program.exprs) {
      if (const auto* compare = std::get_if<Compare>(&expr.node)) is_any = is_any || compare->folded;
    }
    return is_any;
  };
  CHECK(is_folded("define x = domain or else \"none\"\nsegment a { where x = \"A.com\" }"));
  CHECK(is_folded("define same(t: text) = t = \"A.com\"\nsegment a { where same(domain) }"));
  CHECK(is_folded("segment a { where name = domain }"));
  CHECK_FALSE(is_folded("define same(t: text) = t = \"A.com\"\nsegment a { where same(name) }"));
}

TEST_CASE("a literal beside a float is the nearest double, beside anything else exact") {
  const auto constants = [](std::string_view condition) {
    const auto checked = check_condition(condition);
    CHECK(checked->messages.empty());
    std::vector<Constant> all;
    for (const Expr& expr : checked->result.program.exprs) {
      if (const auto* literal = std::get_if<Literal>(&expr.node)) all.push_back(literal->value);
    }
    for (const ConstantSet& set : checked->result.program.sets) all.insert(all.end(), set.values.begin(), set.values.end());
    return all;
  };
  using Int = std::int64_t;
  CHECK(constants("fit > 0.7") == std::vector<Constant>{0.7});
  CHECK(constants("(0.7) < fit") == std::vector<Constant>{0.7});
  CHECK(constants("fit > -(0.7)") == std::vector<Constant>{-0.7});
  CHECK(constants("ratio or else 0.7 > 1") == std::vector<Constant>{0.7, 1.0});
  CHECK(constants("fit between 0.1 and 0.7") == std::vector<Constant>{0.1, 0.7});
  CHECK(constants("fit in [0.1, 0.7]") == std::vector<Constant>{0.1, 0.7});
  CHECK(constants("seats / 50 >= 70%") == std::vector<Constant>{Int{50}, 0.7});
  CHECK(constants("rate > 0.7") == std::vector<Constant>{Int{7}});
  CHECK(constants("rate in [0.7]") == std::vector<Constant>{Int{7000}});
  CHECK(constants("seats > 2.5k") == std::vector<Constant>{Int{2500}});
  CHECK(constants("seats > -9223372036854775808") == std::vector<Constant>{std::numeric_limits<Int>::min()});
  CHECK(constants("revenue or else 1 > 0.005") == std::vector<Constant>{Int{100}, Int{5}});
}

TEST_CASE("a timestamp beside a date is its local day, and wall time is the project's") {
  const auto checked = check_text("segment a { where seen_at > 2026-07-01T12:00:00 }\nsegment b { where seen_at >= 2026-07-01 }\n");
  const CheckedProgram& program = checked->result.program;
  const auto& instant = std::get<Compare>(checked->body("a").node);
  CHECK(std::get<Literal>(program.expr(instant.right).node).value == Constant{std::int64_t{1'782'900'000'000'000}});  // 10:00 in UTC
  const auto& day = std::get<Compare>(checked->body("b").node);
  CHECK(std::holds_alternative<Call>(program.expr(day.left).node));
  CHECK(program.expr(day.left).type.kind == Kind::kDate);
}

TEST_CASE("except is and not, over its own text") {
  const std::string rules = "segment a { where customer except partner, seats > 3 }\n";
  const auto checked = check_text(rules);
  const CheckedProgram& program = checked->result.program;
  const auto& all = std::get<And>(checked->body("a").node);
  REQUIRE(all.operands.size() == 3);
  const Expr& second = program.expr(all.operands[2]);
  CHECK(rules.substr(second.span.begin, second.span.end - second.span.begin) == "seats > 3");
  CHECK(std::holds_alternative<Not>(second.node));
}

TEST_CASE("a segment carries its metadata and claims") {
  const auto checked = check_text(
      "## What it is.\nsegment a \"Title\" {\n  owner: \"ops\"\n  tags: [abm, core]\n  url: \"https://x\"\n  where customer\n"
      "  expect size between 50 and 5_000\n  expect share at most 20%\n  expect undetermined below 5%\n  expect undetermined below 5\n}\n");
  CHECK(checked->messages.empty());
  const Definition& a = checked->definition("a");
  CHECK(a.title == "Title");
  CHECK(a.doc == "What it is.");
  CHECK(a.owner == "ops");
  CHECK(a.tags == std::vector<std::string>{"abm", "core"});
  REQUIRE(a.expectations.size() == 4);
  CHECK(a.expectations[0].text == "size between 50 and 5_000");
  CHECK(a.expectations[0].low == 50);
  CHECK(a.expectations[0].high == 5000);
  CHECK(a.expectations[1].is_fraction);
  CHECK(a.expectations[1].high == 0.2);
  CHECK(a.expectations[2].is_fraction);
  CHECK(a.expectations[2].high_is_strict);
  CHECK_FALSE(a.expectations[3].is_fraction);
}

TEST_CASE("what definitions read is known by table and column, keys and joins included") {
  const auto checked = check_text(
      "define d for contacts = active\nsegment a { where employees > 3 }\nsegment b { where any(contacts where d) and a }\n"
      "segment c { where latest(events: kind) = demo }\nsegment p { where parent.customer }\n");
  CHECK(read_columns(*checked, "a") == std::vector<std::string>{"account.account_id", "account.employees"});
  CHECK(read_columns(*checked, "b") ==
        std::vector<std::string>{"account.account_id", "account.employees", "contacts.contact_id", "contacts.active"});
  CHECK(read_columns(*checked, "c") ==
        std::vector<std::string>{"account.account_id", "events.event_id", "events.occurred_at", "events.kind"});
  CHECK(read_columns(*checked, "p") == std::vector<std::string>{"account.account_id", "account.customer", "account.parent_id"});
}

}  // namespace segue::test
