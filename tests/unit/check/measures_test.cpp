// Units of what is calculated, and what places, sequences and weights become.
#include <catch2/catch.hpp>

#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

// The unit of a `define`'s value: `EUR times seats`, or nothing.
std::string unit_of(std::string_view expression) {
  const auto checked = check_text("define x = " + std::string(expression) + "\nsegment s { where x is known }");
  REQUIRE(checked->messages.empty());
  std::string text;
  for (const auto& [name, exponent] : checked->result.program.units[checked->body("x").type.unit].parts)
    text += (text.empty() ? "" : " ") + name + (exponent == 1 ? "" : std::to_string(exponent));
  return text;
}

template <typename Construct>
const Construct* find(const CheckedProgram& program) {
  for (const Expr& expr : program.exprs) {
    if (const auto* found = std::get_if<Construct>(&expr.node)) return found;
  }
  return nullptr;
}

Near near_of(std::string_view condition) {
  const auto checked = check_condition(condition);
  const auto* near = find<Near>(checked->result.program);
  REQUIRE(near != nullptr);
  return *near;
}

Sequence sequence_of(std::string_view condition) {
  const auto checked = check_condition(condition);
  const auto* sequence = find<Sequence>(checked->result.program);
  REQUIRE(sequence != nullptr);
  return *sequence;
}

}  // namespace

TEST_CASE("units of what is calculated") {
  CHECK(unit_of("budget") == "EUR");
  CHECK(unit_of("budget + 5") == "EUR");
  CHECK(unit_of("-budget") == "EUR");
  CHECK(unit_of("2 * budget - budget") == "EUR");
  CHECK(unit_of("budget * budget") == "EUR2");
  CHECK(unit_of("budget * budget / budget") == "EUR");
  CHECK(unit_of("budget / budget").empty());
  CHECK(unit_of("budget / seats") == "EUR");
  CHECK(unit_of("1 / budget") == "EUR-1");
  CHECK(unit_of("budget * fit") == "EUR");
  CHECK(unit_of("budget or else 0") == "EUR");
  CHECK(unit_of("seats").empty());
  CHECK(unit_of("count(contacts)").empty());
  CHECK(unit_of("percentile(budget)").empty());
}

TEST_CASE("money is in the project's currency") {
  CHECK(unit_of("amount_due") == "EUR");
  CHECK(unit_of("amount_due + budget") == "EUR");
  CHECK(type_of("amount_due") == "decimal(2)?");
}

TEST_CASE("numbers of unlike units are told, fixed numbers fit") {
  CHECK(message_of("budget > 5").empty());
  CHECK(message_of("budget > 5 * 3 - 2").empty());
  CHECK(message_of_rules("param p: int = 5\ndefine d = 5\nsegment s { where budget > p and budget > d }").empty());
  CHECK(message_of("budget > seats").starts_with("unit-mismatch: `budget` is in EUR, and `seats` has no unit; if `seats` counts EUR too"));
  CHECK(message_of("budget * budget > budget").starts_with("unit-mismatch: `budget * budget` is in EUR^2, and `budget` is in EUR;"));
  CHECK(message_of("1 / budget > seats / budget").empty());
}

TEST_CASE("a parameter has the unit of its argument") {
  CHECK(message_of_rules("define over(n: int) = budget > n\nsegment s { where over(5) }").empty());
  CHECK(message_of_rules("define twice(n: decimal(2)) = 2 * n\nsegment s { where twice(budget) > budget }").empty());
  CHECK(
      message_of_rules("define twice(n: decimal(2)) = 2 * n\nsegment s { where twice(revenue) > budget }").starts_with("unit-mismatch: "));
}

TEST_CASE("a place is its two hidden coordinates") {
  const auto checked = check_condition("location not near (52.5, -13.4) within 50 km and parent.location is known");
  const CheckedProgram& program = checked->result.program;
  REQUIRE(checked->messages.empty());
  const auto* near = find<Near>(program);
  REQUIRE(near != nullptr);
  CHECK(near->center_latitude == 52.5);
  CHECK(near->center_longitude == -13.4);
  CHECK(near->kilometres == 50);
  const SchemaTable& account = program.schema.tables[kAccountTable];
  CHECK(account.columns[std::get<ColumnRead>(program.expr(near->latitude).node).column].name == "location.latitude");
  CHECK(account.columns[std::get<ColumnRead>(program.expr(near->longitude).node).column].name == "location.longitude");
  const auto* known = find<IsKnown>(program);
  REQUIRE(known != nullptr);
  const auto& read = std::get<ReferenceRead>(program.expr(known->operand).node);
  CHECK(account.columns[read.column].name == "location.latitude");
}

TEST_CASE("miles are exact") {
  CHECK(near_of("location near (1, 2) within 1 mi").kilometres == 1.609344);
  CHECK(near_of("location near (1, 2) within 2.5 mi").kilometres == 4.02336);
  CHECK(near_of("location near (1, 2) within 1k mi").kilometres == 1609.344);
  CHECK(near_of("parent.location near (-1, 2) within 0.1 km").kilometres == 0.1);
}

TEST_CASE("sequences have their limits in the units that they are counted in") {
  const Sequence weeks = sequence_of("sequence(events by topic: kind = demo then kind = webinar then points > 3, all within 2 weeks)");
  CHECK(weeks.limit_kind == Kind::kDays);
  CHECK(weeks.limit == 14);
  CHECK(weeks.steps.size() == 3);
  CHECK(weeks.by.has_value());
  CHECK(!weeks.within.has_value());
  const Sequence hours = sequence_of("sequence(events within last 30 days: kind = demo then kind = webinar, all within 36 hours)");
  CHECK(hours.limit_kind == Kind::kSpan);
  CHECK(hours.limit == 36 * 3'600'000'000);
  CHECK(hours.within.has_value());
  const Sequence years = sequence_of("sequence(events: kind = demo then kind = webinar, all within 1 year)");
  CHECK(years.limit_kind == Kind::kMonths);
  CHECK(years.limit == 12);
}

TEST_CASE("a sequence inside rows reads the rows around it") {
  const auto checked = check_condition("any(contacts where sequence(events: kind = demo then contacts.active, all within 3 days))");
  CHECK(checked->messages.empty());
  const CheckedProgram& program = checked->result.program;
  const auto* sequence = find<Sequence>(program);
  REQUIRE(sequence != nullptr);
  const Frame& rows = program.frame(sequence->rows);
  CHECK(program.schema.tables[rows.table].name == "events");
  CHECK(program.schema.tables[program.frame(rows.outer).table].name == "contacts");
  const auto around = check_condition("any(contacts where sequence(account.events: kind = demo then contacts.active, all within 3 days))");
  CHECK(around->messages.empty());
}

TEST_CASE("a weight is a float that may be missing") {
  CHECK(type_of("decay(seen_at, 14 days)") == "float?");
  CHECK(type_of("decay(signed_on, 2 weeks)") == "float?");
  CHECK(type_of("decay(seen_at, 36 hours)") == "float?");
  CHECK(type_of("decay(seen_at, seen_at - seen_at)") == "float?");
}

}  // namespace segue::test
