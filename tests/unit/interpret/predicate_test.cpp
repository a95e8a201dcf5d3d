// Predicates and values of one row: missing values, three-valued evaluation, text, lists, time, scores.
#include <limits>

#include <catch2/catch.hpp>

#include "tests/unit/interpret/builder.h"

namespace segue::test {

TEST_CASE("a comparison with a missing operand is false and its complement true") {
  World w;
  w.add_column(0, "employees", ints({100, 200, kMissing}));
  const ExprId employees = w.column(0);
  const ExprId limit = w.number(200);
  CHECK(w.verdicts(w.test(Compare{CompareOp::kEq, employees, limit})) == "01-");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kNe, employees, limit})) == "10+");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kLt, employees, limit})) == "10-");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kLe, employees, limit})) == "11-");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kGt, employees, limit})) == "00-");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kGe, employees, limit})) == "01-");
  CHECK(w.verdicts(w.test(Not{w.test(Compare{CompareOp::kGe, employees, limit})})) == "10+");
  CHECK(w.run(w.define(w.test(Compare{CompareOp::kGe, employees, limit}))).undetermined == 1);
}

TEST_CASE("a bool that is missing is false and unknown where a predicate stands") {
  World w;
  w.add_column(0, "customer", bools({true, false, kMissing}));
  const ExprId customer = w.column(0);
  CHECK(w.verdicts(customer) == "10-");
  CHECK(w.verdicts(w.test(Not{customer})) == "01+");
  CHECK(w.verdicts(w.test(IsKnown{customer})) == "110");
  CHECK(w.verdicts(w.test(Not{w.test(IsKnown{customer})})) == "001");
}

TEST_CASE("unknown spreads through and, or and not as in SQL") {
  World w;
  // all nine pairs of true, false and missing
  w.add_column(0, "a", bools({true, true, true, false, false, false, kMissing, kMissing, kMissing}));
  w.add_column(0, "b", bools({true, false, kMissing, true, false, kMissing, true, false, kMissing}));
  const ExprId a = w.column(0);
  const ExprId b = w.column(1);
  CHECK(w.verdicts(w.test(And{{a, b}})) == "10-000-0-");
  CHECK(w.verdicts(w.test(Or{{a, b}})) == "11110-1--");
  CHECK(w.verdicts(w.test(Not{w.test(And{{a, b}})})) == "01+111+1+");
}

TEST_CASE("a true part decides an or although a negated part is unknown and true") {
  World w;
  w.add_column(0, "a", bools({kMissing}));
  w.add_column(0, "b", bools({true}));
  const ExprId not_a = w.test(Not{w.column(0)});
  CHECK(w.verdicts(w.test(Or{{not_a, w.column(1)}})) == "1");
  CHECK(w.verdicts(w.test(And{{not_a, w.column(1)}})) == "+");
}

TEST_CASE("between is known false where one side is") {
  World w;
  w.add_column(0, "x", ints({1, 5, 9, 5, kMissing}));
  w.add_column(0, "low", ints({3, kMissing, kMissing, 3, 3}));
  const ExprId high = w.number(7);
  CHECK(w.verdicts(w.test(Between{w.column(0), w.column(1), high})) == "0-01-");
}

TEST_CASE("numbers of different kinds compare by exact value") {
  World w;
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  w.add_column(0, "n", ints({beyond, beyond - 1}));
  w.add_column(0, "f", floats({static_cast<double>(beyond), static_cast<double>(beyond)}));
  w.add_column(0, "d", ints({250, 300}, type_of(Kind::kDecimal, 2)));
  CHECK(w.verdicts(w.test(Compare{CompareOp::kEq, w.column(0), w.column(1)})) == "01");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kGt, w.column(0), w.column(1)})) == "10");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kLt, w.column(1), w.column(0)})) == "10");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kLt, w.column(2), w.number(3)})) == "10");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kEq, w.column(2), w.literal(2.5, kFloatType)})) == "10");
}

TEST_CASE("a day compares with exact time as twenty-four hours") {
  World w;
  w.add_column(0, "id", ints({1}));
  const ExprId day = w.literal(std::int64_t{1}, type_of(Kind::kDays));
  const ExprId hours = w.literal(24 * kMicrosPerHour, type_of(Kind::kSpan));
  const ExprId more = w.literal(25 * kMicrosPerHour, type_of(Kind::kSpan));
  CHECK(w.verdicts(w.test(Compare{CompareOp::kEq, day, hours})) == "1");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kLt, day, more})) == "1");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kGt, more, day})) == "1");
}

TEST_CASE("folding is asked for by the comparison, and patterns see the raw text") {
  World w;
  w.add_column(0, "domain", texts({"ACME.com", "acme.com", "other.org", kMissing}));
  const ExprId domain = w.column(0);
  const ExprId acme = w.literal(std::string("Acme.COM"), kTextType);
  CHECK(w.verdicts(w.test(Compare{CompareOp::kEq, domain, acme, true})) == "110-");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kEq, domain, acme, false})) == "000-");
  CHECK(w.verdicts(w.test(InSet{domain, w.set(kTextType, {std::string("acme.com")}, true)})) == "110-");
  CHECK(w.verdicts(w.test(InSet{domain, w.set(kTextType, {std::string("acme.com")}, false)})) == "010-");
  const ExprId part = w.literal(std::string("ME.C"), kTextType);
  CHECK(w.verdicts(w.test(TextTest{TextOp::kContains, domain, part, true})) == "110-");
  CHECK(w.verdicts(w.test(TextTest{TextOp::kContains, domain, part, false})) == "000-");
  CHECK(w.verdicts(w.test(TextTest{TextOp::kStartsWith, domain, w.literal(std::string("a"), kTextType), false})) == "010-");
  CHECK(w.verdicts(w.test(TextTest{TextOp::kEndsWith, domain, w.literal(std::string("ORG"), kTextType), true})) == "001-");
  CHECK(w.verdicts(w.test(Matches{domain, "^A"})) == "100-");
  CHECK(w.verdicts(w.test(Matches{domain, "(?i)^A"})) == "110-");
}

TEST_CASE("lists have any, all or none of a set, folded or not") {
  World w;
  w.add_column(0, "technologies", text_lists({{{"Salesforce", "HubSpot"}}, {{"salesforce", "SALESFORCE"}}, {{}}, kMissing}));
  const ExprId technologies = w.column(0);
  const SetId exact = w.set(kTextType, {std::string("Salesforce"), std::string("HubSpot")});
  const SetId folded = w.set(kTextType, {std::string("salesforce"), std::string("hubspot")}, true);
  CHECK(w.verdicts(w.test(Has{HasOp::kAny, technologies, exact})) == "100-");
  CHECK(w.verdicts(w.test(Has{HasOp::kAny, technologies, folded})) == "110-");
  CHECK(w.verdicts(w.test(Has{HasOp::kAll, technologies, exact})) == "100-");
  CHECK(w.verdicts(w.test(Has{HasOp::kAll, technologies, folded})) == "100-");
  CHECK(w.verdicts(w.test(Has{HasOp::kNone, technologies, exact})) == "011+");
  CHECK(w.verdicts(w.test(IsEmpty{technologies})) == "001-");
}

TEST_CASE("zeros of both signs are one value in a set") {
  World w;
  w.add_column(0, "x", floats({0.0, -0.0, 1.0}));
  CHECK(w.verdicts(w.test(InSet{w.column(0), w.set(kFloatType, {0.0})})) == "110");
}

TEST_CASE("or else supplies a value, and is unsure as the value that it gives") {
  World w;
  w.add_column(0, "x", ints({1, kMissing, kMissing}));
  w.add_column(0, "y", ints({7, 8, kMissing}));
  const ExprId value = w.add(OrElse{w.column(0), w.column(1)}, kIntType);
  CHECK(w.values(value) == "1 8 missing");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kGe, value, w.number(1)})) == "11-");
}

TEST_CASE("arithmetic beyond its type is missing") {
  World w;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  w.add_column(0, "n", ints({kMost, kLeast, 6, kMissing}));
  const ExprId n = w.column(0);
  CHECK(w.values(w.add(Arithmetic{ArithmeticOp::kAdd, n, w.number(1)}, kIntType)) == "missing -9223372036854775807 7 missing");
  CHECK(w.values(w.add(Negate{n}, kIntType)) == "-9223372036854775807 missing -6 missing");
  CHECK(w.values(w.add(Arithmetic{ArithmeticOp::kDivide, w.number(3), w.add(Arithmetic{ArithmeticOp::kSubtract, n, w.number(6)}, kIntType)},
                       kFloatType)) == "3.2526065174565133e-19 missing missing missing");
  CHECK(w.values(w.add(Rescale{n}, type_of(Kind::kDecimal, 2))) == "missing missing 6.00 missing");
  CHECK(w.values(w.add(ToFloat{w.number(3)}, kFloatType)) == "3 3 3 3");
}

TEST_CASE("a score adds what applies, skips what is missing, and is clamped") {
  World w;
  w.add_column(0, "demo", bools({true, false, kMissing}));
  w.add_column(0, "seats", ints({1, kMissing, 500}, type_of(Kind::kDecimal, 1)));
  const ExprId demo = w.column(0);
  const ExprId seats = w.column(1);
  ScoreSum score{
      .terms = {{.value = w.number(30), .when = demo}, {.value = seats}, {.value = w.literal(0.25, kFloatType), .negative = true}}};
  const ExprId sum = w.add(score, kFloatType);
  CHECK(w.run(w.define(sum, DefinitionKind::kScore)).scores == std::vector<double>{29.85, -0.25, 49.75});
  CHECK(w.values(sum) == "29.85 -0.25? 49.75?");
  score.range = {0.0, 40.0};
  CHECK(w.run(w.define(w.add(score, kFloatType), DefinitionKind::kScore)).scores == std::vector<double>{29.85, 0.0, 40.0});
}

TEST_CASE("a term's sign turns even the least int") {
  World w;
  w.add_column(0, "n", ints({std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 0}));
  const ExprId sum = w.add(ScoreSum{.terms = {{.value = w.column(0), .negative = true}}}, kFloatType);
  CHECK(w.run(w.define(sum, DefinitionKind::kScore)).scores == std::vector<double>{9223372036854775808.0, -9223372036854775807.0, 0.0});
}

TEST_CASE("windows look at local days, and the clock is a value") {
  World w;
  const std::int64_t today = day_of_civil({2026, 3, 10});
  w.clock = make_clock(today * kMicrosPerDay + 9 * kMicrosPerHour, utc_zone(), {});
  w.add_column(0, "signed_on", ints({today, today - 6, today - 7, kMissing}, type_of(Kind::kDate)));
  w.add_column(
      0, "seen_at",
      ints({w.clock.now, w.clock.now + 1, (today - 6) * kMicrosPerDay, (today - 6) * kMicrosPerDay - 1}, type_of(Kind::kTimestamp)));
  const WindowId week = w.window({.kind = WindowKind::kLast, .count = 7});
  CHECK(w.verdicts(w.test(Within{w.column(0), week})) == "110-");
  CHECK(w.verdicts(w.test(Within{w.column(1), week})) == "1010");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kEq, w.column(0), w.add(Today{}, type_of(Kind::kDate))})) == "100-");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kLe, w.column(1), w.add(Now{}, type_of(Kind::kTimestamp))})) == "1011");
  CHECK(w.values(w.add(FromNow{-14, TimeUnit::kDay}, type_of(Kind::kDate))) == "2026-02-24 2026-02-24 2026-02-24 2026-02-24");
}

TEST_CASE("a duration may stand on either side of its date") {
  World w;
  const std::int64_t day = day_of_civil({2026, 1, 31});
  w.add_column(0, "d", ints({day, kMissing}, type_of(Kind::kDate)));
  const ExprId month = w.literal(std::int64_t{1}, type_of(Kind::kMonths));
  const Type date = type_of(Kind::kDate);
  CHECK(w.values(w.add(Arithmetic{ArithmeticOp::kAdd, w.column(0), month}, date)) == "2026-02-28 missing");
  CHECK(w.values(w.add(Arithmetic{ArithmeticOp::kAdd, month, w.column(0)}, date)) == "2026-02-28 missing");
  CHECK(w.values(w.add(Arithmetic{ArithmeticOp::kSubtract, w.column(0), month}, date)) == "2025-12-31 missing");
  CHECK(w.values(w.add(Call{BuiltinId::kYearDate, {w.column(0)}}, kIntType)) == "2026 missing");
}

TEST_CASE("a chain of ten thousand definitions and a condition of a hundred thousand parts need no stack") {
  World w;
  w.add_column(0, "customer", bools({true, false, kMissing}));
  ExprId last = w.column(0);
  for (int i = 0; i < 10'000; ++i) last = w.test(Not{w.test(DefinitionRead{w.define(last)})});
  CHECK(w.verdicts(last) == "10-");
  std::vector<ExprId> parts;
  for (int i = 0; i < 100'000; ++i) parts.push_back(w.test(Compare{CompareOp::kEq, w.number(i), w.number(99'999)}));
  CHECK(w.verdicts(w.test(Or{parts})) == "111");
}

TEST_CASE("a segment that is read is a predicate, a define is what it stands for") {
  World w;
  w.add_column(0, "customer", bools({true, false, kMissing}));
  const ExprId customer = w.column(0);
  const ExprId segment = w.test(DefinitionRead{w.define(customer)});
  const ExprId defined = w.test(DefinitionRead{w.define(customer, DefinitionKind::kDefine)});
  CHECK(w.verdicts(w.test(IsKnown{segment})) == "111");
  CHECK(w.verdicts(w.test(IsKnown{defined})) == "110");
  CHECK(w.verdicts(w.test(Not{segment})) == "01+");
}

TEST_CASE("progress may stop the evaluation") {
  World w;
  w.add_column(0, "customer", bools({true}));
  const DefinitionId roots[] = {w.define(w.column(0))};
  std::size_t calls = 0;
  const auto count = [&](std::size_t, std::size_t accounts) { return ++calls > 0 && accounts == 1; };
  CHECK(interpret(w.program, w.database, w.clock, roots, count).has_value());
  CHECK(calls == 2);
  CHECK_FALSE(interpret(w.program, w.database, w.clock, roots, [](std::size_t, std::size_t) { return false; }).has_value());
}

}  // namespace segue::test
