// What the graph of definitions shares, and the one form into which it brings conditions.
#include <catch2/catch.hpp>

#include "compiler/plan/plan.h"
#include "tests/unit/interpret/builder.h"

namespace segue::test {
namespace {

// An account with an int that is always there, one that may be missing, and a flag; and events with a flag.
struct Planned : World {
  Planned() {
    add_column(0, "n", ints({1, 2}));
    add_column(0, "maybe", ints({1, kMissing}));
    add_column(0, "flag", bools({true, false}));
    program.schema.tables[0].columns[1].type.optional = true;
    add_table("events");
    add_column(1, "open", bools({true}));
    link(1, 0, {0});
    events = frame(1);
  }

  ExprId n(CompareOp op, std::int64_t bound) { return test(Compare{op, column(0), number(bound), false}); }
  ExprId maybe(CompareOp op, std::int64_t bound) { return test(Compare{op, column(1), number(bound), false}); }
  std::string plan(const std::vector<ExprId>& bodies, bool share = true) {
    std::vector<DefinitionId> roots;
    for (const ExprId body : bodies) roots.push_back(define(body));
    return to_text(make_plan(program, roots, {.share = share, .facts = {}, .population = {}}));
  }
  std::size_t size(const std::vector<ExprId>& bodies, bool share = true) {
    std::vector<DefinitionId> roots;
    for (const ExprId body : bodies) roots.push_back(define(body));
    return make_plan(program, roots, {.share = share, .facts = {}, .population = {}}).live.size();
  }

  FrameId events{};
};

}  // namespace

TEST_CASE("a comparison with a constant becomes a range, and its complement the same node") {
  Planned w;
  CHECK(w.plan({w.n(CompareOp::kGe, 5), w.n(CompareOp::kLt, 5)}) ==
        "%1 account: column 0\n%3 account: %1 in 5..\ndefinition 0: %3\ndefinition 1: not %3\n");
}

TEST_CASE("ranges on one column become one") {
  Planned w;
  CHECK(w.size({w.test(And{{w.n(CompareOp::kGe, 5), w.n(CompareOp::kLe, 9)}})}) == 2);
  Planned other;
  CHECK(other.plan({other.test(And{{other.n(CompareOp::kGe, 5), other.n(CompareOp::kLt, 5)}})}) == "definition 0: false\n");
  Planned all;
  CHECK(all.plan({all.test(Or{{all.n(CompareOp::kGe, 5), all.n(CompareOp::kLe, 5)}})}) == "definition 0: true\n");
}

TEST_CASE("tests that several definitions combine stay apart") {
  Planned w;
  const auto both = [&](std::int64_t low, std::int64_t high) { return w.test(And{{w.n(CompareOp::kGe, low), w.n(CompareOp::kLe, high)}}); };
  // the column, 1..9 for the first, then the tests of 1, 2, 9 and 8 and three conjunctions
  CHECK(w.size({both(1, 9), both(2, 9), both(1, 8), both(2, 8)}) == 9);
}

TEST_CASE("equal conditions of different definitions are one node") {
  Planned w;
  const auto condition = [&] { return w.test(And{{w.column(2), w.n(CompareOp::kEq, 3), w.maybe(CompareOp::kLt, 100)}}); };
  const std::size_t one = w.size({condition()});
  CHECK(w.size({condition(), condition(), condition()}) == one);
  CHECK(w.size({condition(), condition(), condition()}, false) > one);
}

TEST_CASE("a negation moves to the leaves, and the order of writing does not matter") {
  Planned w;
  const ExprId a = w.column(2), b = w.n(CompareOp::kEq, 3);
  const ExprId left = w.test(Not{w.test(Or{{a, b}})});
  const ExprId right = w.test(And{{w.test(Not{b}), w.test(Not{a})}});
  const Plan plan = make_plan(w.program, {w.define(left), w.define(right)});
  CHECK(plan.roots[0].members == plan.roots[1].members);
}

TEST_CASE("nothing is undetermined where nothing can be missing") {
  Planned w;
  const Plan plan = make_plan(w.program, {w.define(w.test(And{{w.column(2), w.n(CompareOp::kNe, 3)}}))});
  CHECK(plan.roots[0].undetermined == kFalse);
}

TEST_CASE("a missing operand makes a condition undetermined, and never missing in the data it does not") {
  Planned w;
  const DefinitionId root = w.define(w.maybe(CompareOp::kNe, 3));
  const Plan plan = make_plan(w.program, {root});
  CHECK(to_text(plan).find("column 1 is known") != std::string::npos);
  CHECK(plan.roots[0].undetermined != kFalse);
  CHECK(make_plan(w.program, {root}, {.share = true, .facts = {{.column = {0, 1}, .may_be_missing = false}}, .population = {}})
            .roots[0]
            .undetermined == kFalse);
}

TEST_CASE("aggregates over the same rows share their filter, and an outer value is broadcast") {
  Planned w;
  const ExprId filter = w.test(And{{w.add(ColumnRead{0}, kBoolType, w.events), w.n(CompareOp::kGe, 5)}}, w.events);
  const ExprId any = w.test(Aggregate{AggregateFn::kAny, w.events, {}, filter, {}});
  const ExprId count = w.add(Aggregate{AggregateFn::kCount, w.events, {}, filter, {}}, kIntType);
  const ExprId many = w.test(Compare{CompareOp::kGe, count, w.number(3), false});
  const std::string text = w.plan({any, many});
  CHECK(text.find("frame 1: broadcast") != std::string::npos);
  CHECK(text.find("frame 1: all(") == text.rfind("frame 1: all("));
}

TEST_CASE("a node leads back to the expression that asked for it first, and to the definitions that need it") {
  Planned w;
  const ExprId first = w.maybe(CompareOp::kGe, 5), again = w.maybe(CompareOp::kGe, 5), other = w.n(CompareOp::kGe, 7);
  const ExprId column = std::get<Compare>(w.program.expr(first).node).left;
  const std::vector<DefinitionId> roots{w.define(first), w.define(w.test(And{{again, w.column(2)}})), w.define(other)};
  const Plan plan = make_plan(w.program, roots);
  const auto users = definitions_using(plan, {first, again, other, column});
  CHECK(users[0] == std::vector{roots[0], roots[1]});
  CHECK(users[1].empty());
  CHECK(users[2] == std::vector{roots[2]});
  CHECK(users[3] == std::vector{roots[0], roots[1]});
  const ConditionCounts counts = count_conditions(w.program, roots, plan);
  CHECK((counts.written == 4 && counts.evaluated == 3));
}

TEST_CASE("what no root needs is not planned") {
  Planned w;
  w.define(w.maybe(CompareOp::kGe, 3));
  CHECK(w.size({w.column(2)}) == 1);
}

}  // namespace segue::test
