// What becomes of tests that facts of the data settle, and what a plan then reads.
#include <catch2/catch.hpp>

#include "compiler/plan/needed.h"
#include "compiler/plan/plan.h"
#include "tests/unit/interpret/builder.h"

namespace segue::test {
namespace {

// An account with columns of several kinds, the odd ones optional; events with a kind and a day.
struct Known : World {
  Known() {
    add_column(0, "n", ints({1, 2}));                           // 0
    add_column(0, "maybe", ints({1, kMissing}));                // 1
    add_column(0, "price", floats({1.5, 2.5}));                 // 2
    add_column(0, "flag", bools({true, kMissing}));             // 3
    add_column(0, "on", ints({10, 20}, type_of(Kind::kDate)));  // 4
    add_column(0, "name", texts({"a", kMissing}));              // 5
    for (const std::uint32_t column : {0U, 2U, 4U}) program.schema.tables[0].columns[column].type.optional = false;
    for (const std::uint32_t column : {1U, 3U, 5U}) program.schema.tables[0].columns[column].type.optional = true;
    add_table("events");
    add_column(1, "kind", ints({1, 2}));
    program.schema.tables[1].columns[0].type.optional = false;
    link(1, 0, {0, 1});
    events = frame(1);
    clock = make_clock(100 * kMicrosPerDay, utc_zone(), {});
  }

  ExprId at_least(std::uint32_t at, std::int64_t bound) { return test(Compare{CompareOp::kGe, column(at), number(bound), false}); }
  std::string plan(ExprId body, std::vector<ColumnFacts> facts) {
    options = {.share = true, .facts = std::move(facts), .population = {}, .clock = &clock};
    made = make_plan(program, {define(body)}, options);
    return to_text(made);
  }
  ExprId count_of_kind(std::int64_t kind, std::int64_t bound) {
    const ExprId read = add(ColumnRead{0}, kIntType, events);
    const ExprId filter = test(Compare{CompareOp::kEq, read, number(kind), false}, events);
    const ExprId count = add(Aggregate{AggregateFn::kCount, events, {}, filter, {}}, kIntType);
    return test(Compare{CompareOp::kGe, count, number(bound), false});
  }

  FrameId events{};
  PlanOptions options;
  Plan made;
};

std::vector<ColumnFacts> lies_in(std::uint32_t column, std::int64_t low, std::int64_t high) {
  return {{.column = {0, column}, .integers = IntRange{low, high}}};
}

}  // namespace

TEST_CASE("a test that every value passes, or none, is settled, and its column is not read") {
  Known w;
  CHECK(w.plan(w.at_least(0, 5), lies_in(0, 5, 9)) == "definition 0: true\n");
  CHECK(columns_read(w.made).empty());
  CHECK(w.plan(w.at_least(0, 5), lies_in(0, 1, 4)) == "definition 1: false\n");
  w.plan(w.at_least(0, 5), lies_in(0, 4, 5));
  CHECK(columns_read(w.made) == std::vector<TableColumn>{{0, 0}});
}

TEST_CASE("where a value may be missing a test that all pass asks whether it is known") {
  Known w;
  CHECK(w.plan(w.at_least(1, 5), lies_in(1, 5, 9)) == "%1 account: column 1 is known\ndefinition 0: %1, undetermined not %1\n");
  std::vector<ColumnFacts> facts = lies_in(1, 5, 9);
  facts[0].may_be_missing = false;
  CHECK(w.plan(w.at_least(1, 5), facts) == "definition 1: true\n");
}

TEST_CASE("a column without a value holds nothing and leaves all undetermined") {
  Known w;
  const std::vector<ColumnFacts> missing{{.column = {0, 5}, .may_be_known = false}};
  const ExprId equal = w.test(Compare{CompareOp::kEq, w.column(5), w.add(Literal{std::string("a")}, kTextType), false});
  CHECK(w.plan(equal, missing) == "definition 0: false, undetermined true\n");
  CHECK(w.plan(w.at_least(1, 5), lies_in(1, 1, 0)) == "definition 1: false, undetermined true\n");
  CHECK(w.plan(w.test(IsKnown{w.column(5)}), missing) == "definition 2: false\n");
}

TEST_CASE("floats, bools, windows and moments are settled, too") {
  Known w;
  const ExprId price = w.test(Compare{CompareOp::kLt, w.column(2), w.add(Literal{2.5}, kFloatType), false});
  CHECK(w.plan(price, {{.column = {0, 2}, .floats = FloatRange{-1, 2.25}}}) == "definition 0: true\n");
  CHECK(w.plan(price, {{.column = {0, 2}, .floats = FloatRange{2.5, 3}}}) == "definition 1: false\n");
  CHECK(w.plan(w.column(3), lies_in(3, 0, 0)).ends_with("definition 2: false, undetermined not %1\n"));
  CHECK(w.plan(w.column(3), lies_in(3, 1, 1)).ends_with("definition 3: %1, undetermined not %1\n"));
  w.program.windows.push_back({.kind = WindowKind::kLast, .count = 7});
  const ExprId recent = w.test(Within{w.column(4), WindowId{0}});
  CHECK(w.plan(recent, lies_in(4, 95, 99)) == "definition 4: true\n");
  CHECK(w.plan(recent, lies_in(4, 10, 20)) == "definition 5: false\n");
  const ExprId moment = w.add(FromNow{-30, TimeUnit::kDay}, type_of(Kind::kDate));
  const ExprId before = w.test(Compare{CompareOp::kLt, w.column(4), moment, false});
  CHECK(w.plan(before, lies_in(4, 10, 69)) == "definition 6: true\n");
  CHECK(w.plan(before, lies_in(4, 70, 99)) == "definition 7: false\n");
}

TEST_CASE("rows of which none passes are not counted") {
  Known w;
  const std::vector<ColumnFacts> kinds{{.column = {1, 0}, .integers = IntRange{1, 2}}};
  CHECK(w.plan(w.count_of_kind(3, 1), kinds) == "definition 0: false\n");
  CHECK(w.plan(w.count_of_kind(3, 0), kinds) == "definition 1: true\n");
  CHECK(columns_read(w.made).empty());
  w.plan(w.count_of_kind(2, 1), kinds);
  CHECK(columns_read(w.made) == std::vector<TableColumn>{{1, 0}});
}

TEST_CASE("whether facts settle anything is told without another plan") {
  Known w;
  w.plan(w.test(And{{w.at_least(0, 5), w.at_least(1, 7), w.column(3)}}), {});
  const auto effect = [&](std::vector<ColumnFacts> facts) {
    w.options.facts = std::move(facts);
    const FactsEffect found = effect_of(w.made, w.options);
    return std::pair(found.tests, found.known);
  };
  CHECK(effect({}) == std::pair<std::size_t, std::size_t>(0, 0));
  CHECK(effect(lies_in(0, 1, 9)) == std::pair<std::size_t, std::size_t>(0, 0));
  CHECK(effect(lies_in(0, 5, 9)) == std::pair<std::size_t, std::size_t>(1, 0));
  CHECK(effect({{.column = {0, 1}, .may_be_missing = false}}) == std::pair<std::size_t, std::size_t>(0, 1));
  CHECK(effect({{.column = {0, 1}, .may_be_known = false}, {.column = {0, 3}, .integers = IntRange{1, 1}}}) ==
        std::pair<std::size_t, std::size_t>(2, 1));
}

TEST_CASE("columns that only settled tests ask for need no values") {
  Known w;
  const auto needed = [&](ExprId body, std::vector<ColumnFacts> facts) {
    w.plan(body, {});
    w.options.facts = std::move(facts);
    return columns_needed(w.made, w.options);
  };
  using Columns = std::vector<TableColumn>;
  const ExprId both = w.test(And{{w.at_least(0, 5), w.at_least(4, 7)}});
  CHECK(needed(both, {}) == Columns{{0, 0}, {0, 4}});
  CHECK(needed(both, lies_in(0, 5, 9)) == Columns{{0, 4}});
  CHECK(needed(both, lies_in(0, 1, 4)).empty());
  CHECK(needed(both, lies_in(0, 4, 5)) == Columns{{0, 0}, {0, 4}});
  CHECK(needed(w.test(Or{{w.at_least(0, 5), w.at_least(4, 7)}}), lies_in(0, 5, 9)).empty());
  // Where a value may be missing, who is undetermined depends on it still.
  CHECK(needed(w.at_least(1, 5), lies_in(1, 1, 4)) == Columns{{0, 1}});
  CHECK(needed(w.at_least(1, 5), {{.column = {0, 1}, .may_be_missing = false, .integers = IntRange{1, 4}}}).empty());
  CHECK(needed(w.at_least(1, 5), {{.column = {0, 1}, .may_be_known = false}}).empty());
}

}  // namespace segue::test
