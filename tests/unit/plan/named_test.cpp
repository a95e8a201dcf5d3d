// What becomes of named values, whole tables, places and sequences in the graph.
#include <catch2/catch.hpp>

#include "compiler/plan/plan.h"
#include "tests/unit/interpret/builder.h"

namespace segue::test {
namespace {

constexpr Type kNamedType{.kind = Kind::kEnum, .optional = true};

// An account with an int that is always there, a flag, one that may be missing, and a key; events with a time, a flag and a kind.
struct Named : World {
  Named() {
    add_column(0, "n", ints({1, 2}));
    add_column(0, "flag", bools({true, false}));
    add_column(0, "maybe", bools({true, kMissing}));
    add_column(0, "key", ints({7, 8}));
    add_column(0, "stage", ints({0, 1}, kNamedType));
    program.schema.tables[0].columns[2].type.optional = true;
    program.schema.tables[0].key = 3;
    for (const std::uint32_t column : {0U, 1U, 3U, 4U}) program.schema.tables[0].columns[column].type.optional = false;
    add_table("events");
    add_column(1, "at", ints({1}, type_of(Kind::kTimestamp)));
    add_column(1, "open", bools({true}));
    add_column(1, "kind", ints({0}, kNamedType));
    for (std::uint32_t column = 0; column < 3; ++column) program.schema.tables[1].columns[column].type.optional = false;
    program.schema.tables[1].time = 0;
    link(1, 0, {0});
    events = frame(1);
  }

  ExprId flag() { return column(1); }
  ExprId maybe() { return column(2); }
  ExprId at_least(std::int64_t bound) { return test(Compare{CompareOp::kGe, column(0), number(bound), false}); }
  DefinitionId hidden(ExprId body) { return define(body, DefinitionKind::kDefine, ""); }
  ExprId top(ExprId candidates) { return test(TopOf{.candidates = hidden(candidates), .by = hidden(column(0)), .count = 1}); }
  std::string plan(const std::vector<DefinitionId>& roots) { return to_text(make_plan(program, roots)); }

  FrameId events{};
};

}  // namespace

TEST_CASE("tiers are one node, whatever their number of rows") {
  Named w;
  const ExprId tiers = w.add(Choice{.rows = {{w.flag(), 0}, {w.at_least(5), 1}}, .otherwise = 2}, kNamedType);
  CHECK(w.plan({w.define(tiers, DefinitionKind::kTiers)}) ==
        "%1 account: column 1\n%2 account: column 0\n%4 account: %2 in 5..\n%5 account: %1 ? 0 : %4 ? 1 : 2\ndefinition 0: %5\n");
  Named without;
  const ExprId stages = without.add(Choice{.rows = {{without.flag(), 0}, {without.at_least(5), 1}}, .last_wins = true}, kNamedType);
  CHECK(without.plan({without.define(stages, DefinitionKind::kStages)}) ==
        "%1 account: column 1\n%2 account: column 0\n%4 account: %2 in 5..\n%5 account: any(%1, %4)\n%6 account: %4 ? 1 : %1 ? 0 : 0\n"
        "definition 0: %6 and %5\n");
}

TEST_CASE("a row that always holds ends its tiers, and one that never does is gone") {
  Named w;
  const ExprId yes = w.test(Literal{true}), no = w.test(Literal{false});
  const ExprId tiers = w.add(Choice{.rows = {{no, 0}, {yes, 1}, {w.flag(), 2}}}, kNamedType);
  CHECK(w.plan({w.define(tiers, DefinitionKind::kTiers)}) == "%2 constant: 1\ndefinition 0: %2\n");
}

TEST_CASE("tiers are unsure where a row up to the one that wins is unknown") {
  Named w;
  const ExprId tiers = w.add(Choice{.rows = {{w.flag(), 0}, {w.maybe(), 1}}, .otherwise = 2}, kNamedType);
  const Plan plan = make_plan(w.program, {w.define(tiers, DefinitionKind::kTiers)});
  const auto* unsure = std::get_if<AllOf>(&plan.node(plan.roots.front().undetermined.node()).op);
  const auto* any = std::get_if<AnyOf>(&plan.node(plan.roots.front().undetermined.node()).op);
  REQUIRE((unsure != nullptr || any != nullptr));  // not the flag, and not known
  CHECK((unsure != nullptr ? unsure->operands : any->operands).size() == 2);
}

TEST_CASE("equal grids are one node, and read their axes' values") {
  Named w;
  const auto grid = [&] {
    GridCell cell;
    cell.axes.push_back({.operand = w.column(4), .places = {0, 1, -1}, .size = 2});
    cell.axes.push_back({.operand = w.flag(), .places = {1, 0}, .size = 2});
    return w.define(w.add(std::move(cell), kNamedType), DefinitionKind::kGrid);
  };
  CHECK(w.plan({grid(), grid()}) ==
        "%1 account: column 4\n%2 account: column 1\n%4 account: value of %2\n%5 account: cell(%1, %4)\n%6 account: %5 is known\n"
        "definition 0: %5 and %6\ndefinition 1: %5 and %6\n");
}

TEST_CASE("a split hashes the keys of its part alone") {
  Named w;
  const ExprId split = w.add(SplitPart{.population = w.flag(), .seed = "s", .upper = {1, 2}}, kNamedType);
  CHECK(w.plan({w.define(split, DefinitionKind::kSplit)}) ==
        "%1 account: column 1\n%2 account: column 3\n%3 account: split(%2, \"s\", 2 parts) and %1\ndefinition 0: %3 and %1\n");
}

TEST_CASE("what stands on whole tables stands in levels") {
  Named w;
  const ExprId first = w.top(w.flag()), second = w.top(w.at_least(2)), third = w.top(w.test(And{{first, w.test(Not{second})}}));
  const DefinitionId read = w.define(w.test(Or{{third, w.flag()}}));
  const ExprId fourth = w.top(w.test(DefinitionRead{read}));
  const auto levels = population_levels(w.program, {w.define(fourth)});
  REQUIRE(levels.size() == 3);
  CHECK(levels[0] == std::vector{first, second});
  CHECK(levels[1] == std::vector{third});
  CHECK(levels[2] == std::vector{fourth});
  CHECK(population_levels(w.program, {w.define(w.flag())}).empty());
}

TEST_CASE("terms that rank by the same are answered from one root") {
  Named w;
  const ExprId first = w.top(w.flag()), second = w.top(w.flag()), third = w.top(w.maybe());
  const Plan plan = make_population_plan(w.program, {first, second, third}, {});
  REQUIRE(plan.population.size() == 3);
  CHECK(plan.population[0].among == plan.population[1].among);
  CHECK(plan.population[0].values == plan.population[2].values);
  CHECK(!plan.population[0].unknown);
  CHECK(plan.population[2].unknown);
  CHECK(plan.roots.size() == 4);  // the value, the flags, and where the flag that may be missing is
}

TEST_CASE("the answers about whole tables are read as columns") {
  Named w;
  const ExprId top = w.top(w.maybe());
  const PlanOptions options{.share = true, .facts = {}, .population = {{top, 5, false, 6}}};
  CHECK(to_text(make_plan(w.program, {w.define(w.test(Not{top}))}, options)) ==
        "%1 account: column 6\n%2 account: column 5\n%3 account: any(%1, not %2)\n%4 account: any(%1, %2)\n%5 account: all(%3, %4)\n"
        "definition 2: not %2, undetermined %5\n");
}

TEST_CASE("a sequence where nothing can be missing is asked once") {
  Named w;
  Sequence sequence{.rows = w.events};
  sequence.steps = {w.column(1, w.events), w.test(Not{w.column(1, w.events)}, w.events)};
  sequence.limit = 14;
  const DefinitionId root = w.define(w.test(sequence));
  CHECK(w.plan({root}) ==
        "%1 frame 1: column 1\n%2 frame 1: column 0\n"
        "%3 account: sequence(frame 1 at %2: %1 then not %1 within 14)\ndefinition 0: %3\n");
}

TEST_CASE("units do not keep equal conditions apart") {
  Named w;
  Type euros = kIntType, dollars = kIntType;
  euros.unit = 1, dollars.unit = 2;
  const auto sum = [&](Type type) {
    const ExprId n = w.add(ColumnRead{0}, type);
    return w.define(w.test(Compare{CompareOp::kGe, w.add(Arithmetic{ArithmeticOp::kAdd, n, n}, type), w.number(4), false}));
  };
  const Plan plan = make_plan(w.program, {sum(euros), sum(dollars)});
  CHECK(plan.roots[0].members == plan.roots[1].members);
}

}  // namespace segue::test
