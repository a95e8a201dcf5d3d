// `explain`: the tree of clauses, their texts, values and operands.
#include <catch2/catch.hpp>

#include "tests/unit/interpret/builder.h"
#include "tests/unit/interpret/tree_text.h"

namespace segue::test {
namespace {

std::string explained(World& w, ExprId body, RowId row = 0, DefinitionKind kind = DefinitionKind::kSegment) {
  return tree_text(explain(w.program, w.database, w.clock, w.sources, w.define(body, kind), row));
}

}  // namespace

TEST_CASE("each clause shows its text, its value and what it compares") {
  World w("employees between 200 and 5_000\n  and  used / bought >= 90% # mostly\n  and not customer");
  w.add_column(0, "employees", ints({900}));
  w.add_column(0, "used", ints({35}));
  w.add_column(0, "bought", ints({kMissing}));
  w.add_column(0, "customer", bools({false}));
  const ExprId between = w.test(Between{w.column(0, kAccountFrame, "employees"), w.number(200, "200"), w.number(5000, "5_000")},
                                kAccountFrame, "employees between 200 and 5_000");
  const ExprId ratio = w.add(Arithmetic{ArithmeticOp::kDivide, w.column(1, kAccountFrame, "used"), w.column(2, kAccountFrame, "bought")},
                             kFloatType, kAccountFrame, "used / bought");
  const ExprId mostly = w.test(Compare{CompareOp::kGe, ratio, w.literal(0.9, kFloatType, "90%")}, kAccountFrame, "used / bought >= 90%");
  const ExprId no_customer = w.test(Not{w.column(3, kAccountFrame, "customer")}, kAccountFrame, "not customer");
  const ExprId all = w.test(And{{between, mostly, no_customer}}, kAccountFrame, w.sources.sources[0].text);
  CHECK(explained(w, all) ==
        "and `employees between 200 and 5_000 and used / bought >= 90% and not customer` false unknown\n"
        "  test `employees between 200 and 5_000` true; employees = 900\n"
        "  test `used / bought >= 90%` false missing unknown; used / bought = missing; used = 35; bought = missing\n"
        "  not `not customer` true\n"
        "    test `customer` false\n");
}

TEST_CASE("a negation that is part of a clause's text is shown once") {
  World w("country not in nordics, revenue is missing, partner");
  w.add_column(0, "country", texts({"SE"}));
  w.add_column(0, "revenue", ints({kMissing}));
  w.add_column(0, "partner", bools({true}));
  const SetId nordics = w.set(kTextType, {std::string("SE")});
  const std::string_view not_in = "country not in nordics";
  const ExprId outside =
      w.test(Not{w.test(InSet{w.column(0, kAccountFrame, "country"), nordics}, kAccountFrame, not_in)}, kAccountFrame, not_in);
  CHECK(explained(w, outside) == "test `country not in nordics` false; country = \"SE\"\n");
  const std::string_view is_missing = "revenue is missing";
  const ExprId missing =
      w.test(Not{w.test(IsKnown{w.column(1, kAccountFrame, "revenue")}, kAccountFrame, is_missing)}, kAccountFrame, is_missing);
  CHECK(explained(w, missing) == "test `revenue is missing` true missing; revenue = missing\n");
  // `except partner`, and `except country not in nordics`
  const ExprId except = w.test(Not{w.column(2, kAccountFrame, "partner")}, kAccountFrame, "partner");
  CHECK(explained(w, except) == "test `not partner` false\n");
  CHECK(explained(w, w.test(Not{outside}, kAccountFrame, not_in)) == "test `not country not in nordics` true; country = \"SE\"\n");
}

TEST_CASE("the operand of a negated clause may stand in brackets") {
  World w("(a + b) not in primes");
  w.add_column(0, "a", ints({1}));
  w.add_column(0, "b", ints({2}));
  const ExprId sum = w.add(Arithmetic{ArithmeticOp::kAdd, w.column(0, kAccountFrame, "a"), w.column(1, kAccountFrame, "b")}, kIntType,
                           kAccountFrame, "a + b");
  const ExprId in = w.test(InSet{sum, w.set(kIntType, {std::int64_t{3}})}, kAccountFrame, w.sources.sources[0].text);
  CHECK(explained(w, w.test(Not{in}, kAccountFrame, w.sources.sources[0].text)) ==
        "test `(a + b) not in primes` false; a + b = 3; a = 1; b = 2\n");
}

TEST_CASE("a definition shows its body once, with its name and place") {
  World w("segment ready { where icp or not icp }  define icp = customer");
  w.add_column(0, "customer", bools({true}));
  const DefinitionId icp = w.define(w.column(0, kAccountFrame, "customer"), DefinitionKind::kDefine, "icp");
  w.program.definitions[0].name_span = w.span("icp = customer");
  const ExprId first = w.test(DefinitionRead{icp}, kAccountFrame, "icp");
  const ExprId second = w.test(Not{w.test(DefinitionRead{icp}, kAccountFrame, "icp")}, kAccountFrame, "not icp");
  const ExprId body = w.test(Or{{first, second}}, kAccountFrame, "icp or not icp");
  const Trace trace = explain(w.program, w.database, w.clock, w.sources, w.define(body), 0);
  CHECK(tree_text(trace) ==
        "or `icp or not icp` true\n"
        "  definition `icp` true\n"
        "    test `customer` true\n"
        "  not `not icp` false\n"
        "    definition `icp` true\n");
  CHECK(trace.nodes[1].definition->name == "icp");
  CHECK_FALSE(trace.nodes[1].definition->is_shown_above);
  CHECK(trace.nodes[4].definition->is_shown_above);
}

TEST_CASE("an aggregate shows what it looked at and up to three rows that decide") {
  World w("any(events where kind = demo)  count(events) >= min_events");
  w.add_column(0, "id", ints({1}));
  const std::uint32_t events = w.add_table("events");
  w.link(events, 0, {0, 0, 0, 0, 0, 0});
  w.program.schema.tables[events].key = w.add_column(events, "event_id", texts({"a", "b", "c", "d", "e", "f"}));
  const std::uint32_t kind = w.add_column(events, "kind", texts({"demo", "visit", "demo", kMissing, "demo", "demo"}));
  const FrameId event = w.frame(events);
  const ExprId is_demo = w.test(Compare{CompareOp::kEq, w.column(kind, event), w.literal(std::string("demo"), kTextType)}, event);
  const ExprId any = w.add(Aggregate{AggregateFn::kAny, event, {}, is_demo, {}}, kBoolType, kAccountFrame, "any(events where kind = demo)");
  const Trace trace = explain(w.program, w.database, w.clock, w.sources, w.define(any), 0);
  CHECK(tree_text(trace) == "aggregate `any(events where kind = demo)` true; 4/6\n");
  const TraceAggregate& seen = *trace.nodes[0].aggregate;
  REQUIRE(seen.deciding.size() == 3);
  CHECK(seen.deciding[1].key->shown == "\"c\"");
  REQUIRE(seen.deciding[1].values.size() == 1);
  CHECK(seen.deciding[1].values[0].text == "kind");
  CHECK(seen.deciding[1].values[0].value.shown == "\"demo\"");
  CHECK(seen.deciding[1].holds);

  const ExprId every = w.add(Aggregate{AggregateFn::kEvery, event, {}, is_demo, {}}, kBoolType);
  const Trace broken = explain(w.program, w.database, w.clock, w.sources, w.define(every), 0);
  REQUIRE(broken.nodes[0].aggregate->deciding.size() == 1);
  CHECK(broken.nodes[0].aggregate->deciding[0].key->shown == "\"b\"");
  CHECK_FALSE(broken.nodes[0].aggregate->deciding[0].holds);

  const ExprId count = w.add(Aggregate{AggregateFn::kCount, event, {}, {}, {}}, kIntType, kAccountFrame, "count(events)");
  const ExprId enough = w.test(Compare{CompareOp::kGe, count, w.number(3, "min_events")}, kAccountFrame, "count(events) >= min_events");
  CHECK(explained(w, enough) ==
        "test `count(events) >= min_events` true; count(events) = 6; min_events = 3\n"
        "  aggregate `count(events)` 6; 6/6\n");
}

TEST_CASE("where no row decides an unknown answer, the rows that leave it open are shown") {
  World w;
  w.add_column(0, "id", ints({1}));
  const std::uint32_t events = w.add_table("events");
  w.link(events, 0, {0, 0});
  const FrameId event = w.frame(events);
  const std::uint32_t open = w.add_column(events, "open", bools({false, kMissing}));
  const ExprId any = w.add(Aggregate{AggregateFn::kAny, event, {}, w.column(open, event), {}}, kBoolType);
  const Trace trace = explain(w.program, w.database, w.clock, w.sources, w.define(any), 0);
  REQUIRE(trace.nodes[0].aggregate->deciding.size() == 1);
  CHECK(trace.nodes[0].aggregate->deciding[0].unknown);
  CHECK_FALSE(trace.nodes[0].aggregate->deciding[0].key.has_value());
  CHECK(trace.undetermined);
}

TEST_CASE("a score shows what each term adds") {
  World w("+30 when demo\n+5 * seats\n-40 when competitor\n-seats");
  w.add_column(0, "demo", bools({true}));
  w.add_column(0, "seats", ints({kMissing}));
  w.add_column(0, "competitor", bools({false}));
  const ExprId demo = w.column(0, kAccountFrame, "demo");
  const ExprId seats = w.column(1, kAccountFrame, "seats");
  const ExprId competitor = w.column(2, kAccountFrame, "competitor");
  const ExprId times = w.add(Arithmetic{ArithmeticOp::kMultiply, w.number(5, "5"), seats}, kIntType, kAccountFrame, "5 * seats");
  const ScoreSum score{
      .terms = {{.value = w.number(30, "30"), .when = demo, .span = w.span("+30 when demo")},
                {.value = times, .span = w.span("+5 * seats")},
                {.value = w.number(40, "40"), .when = competitor, .negative = true, .span = w.span("-40 when competitor")}},
      .range = {{0.0, 20.0}}};
  const ExprId body = w.add(score, kFloatType, kAccountFrame, "+30");
  const Trace trace = explain(w.program, w.database, w.clock, w.sources, w.define(body, DefinitionKind::kScore), 0);
  CHECK(tree_text(trace) ==
        "score `+30` 20 unknown\n"
        "  term `+30 when demo` 30\n"
        "    test `demo` true\n"
        "  term `+5 * seats` missing missing unknown; 5 * seats = missing; seats = missing\n"
        "  term `-40 when competitor` 0\n"
        "    test `competitor` false\n");
  const auto state_of = [&](std::size_t term) { return trace.nodes[trace.nodes[0].children[term]].term; };
  CHECK((state_of(0) == TermState::kAdded));
  CHECK((state_of(1) == TermState::kMissing));
  CHECK((state_of(2) == TermState::kDoesNotApply));
  CHECK(trace.nodes[0].before_range->shown == "30");
}

TEST_CASE("a conversion is not shown beside the value that it converts") {
  World w("signed_at >= 2026-03-01");
  w.add_column(0, "signed_at", ints({day_of_civil({2026, 3, 2}) * kMicrosPerDay}, type_of(Kind::kTimestamp)));
  const ExprId at = w.column(0, kAccountFrame, "signed_at");
  const ExprId on = w.add(Call{BuiltinId::kDateTimestampDay, {at}}, type_of(Kind::kDate), kAccountFrame, "signed_at");
  const ExprId day = w.literal(day_of_civil({2026, 3, 1}), type_of(Kind::kDate), "2026-03-01");
  CHECK(explained(w, w.test(Compare{CompareOp::kGe, on, day}, kAccountFrame, w.sources.sources[0].text)) ==
        "test `signed_at >= 2026-03-01` true; signed_at = 2026-03-02T00:00:00Z\n");
}

TEST_CASE("the account's key heads the trace") {
  World w;
  w.program.schema.tables[0].key = w.add_column(0, "account_id", texts({"a-1", "a-2"}));
  const ExprId body = w.test(IsKnown{w.column(0)});
  const Trace trace = explain(w.program, w.database, w.clock, w.sources, w.define(body), 1);
  CHECK(trace.account.shown == "\"a-2\"");
  CHECK(std::get<std::string>(std::get<TraceScalar>(trace.account.data)) == "a-2");
  CHECK(trace.definition == "it");
}

}  // namespace segue::test
