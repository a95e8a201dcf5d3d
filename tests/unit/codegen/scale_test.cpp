// What users may write without bound: long chains, long disjunctions, many definitions. No phase recurses over them.
#include <map>

#include <catch2/catch.hpp>

#include "compiler/codegen/compile.h"
#include "compiler/codegen/native.h"
#include "runtime/run.h"
#include "tests/unit/interpret/builder.h"

namespace segue::test {
namespace {

RunResults run_native(const World& world, const std::vector<DefinitionId>& roots) {
  const Plan plan = make_plan(world.program, roots);
  const auto program = compile(plan, world.database, world.clock, {});
  REQUIRE(program);
  auto results = run(*program, world.database, {});
  REQUIRE(results);
  return std::move(*results);
}

World world_of(std::size_t accounts) {
  World world;
  Cells<std::int64_t> cells;
  for (std::size_t i = 0; i < accounts; ++i) cells.push_back(static_cast<std::int64_t>(i));
  world.add_column(0, "n", ints(cells));
  Column& column = world.database.tables[0].columns[0];
  column.data.resize(column.data.size() + 1024);
  column.valid = Bitmap();
  return world;
}

constexpr Type kNamedType{.kind = Kind::kEnum, .optional = true};

Results evaluate(const World& world, const std::vector<DefinitionId>& roots) {
  auto results = evaluate_native(world.program, world.database, world.clock, roots, {});
  REQUIRE(results);
  return std::move(*results);
}

// Accounts by code; those without one are left out.
std::map<std::int32_t, std::size_t> by_code(const DefinitionResult& result) {
  std::map<std::int32_t, std::size_t> counts;
  for (const std::int32_t code : result.codes) {
    if (code >= 0) ++counts[code];
  }
  return counts;
}

ExprId compare(World& world, CompareOp op, std::int64_t bound) {
  return world.test(Compare{op, world.column(0), world.number(bound), false});
}

}  // namespace

TEST_CASE("a chain of ten thousand definitions is evaluated") {
  World world = world_of(100);
  DefinitionId last = world.define(compare(world, CompareOp::kNe, 7));
  for (int i = 0; i < 10'000; ++i) {
    const ExprId before = world.test(DefinitionRead{last});
    const ExprId other = compare(world, CompareOp::kNe, i % 50);
    last = world.define(i % 3 == 2 ? world.test(Not{world.test(Or{{world.test(Not{before}), world.test(Not{other})}})})
                                   : world.test(And{{before, other}}));
  }
  CHECK(run_native(world, {last}).sizes.front() == 50);
}

TEST_CASE("a disjunction of a hundred thousand terms is evaluated") {
  World world = world_of(1000);
  Column flags = bools(Cells<bool>(1000, false));
  flags.valid = Bitmap();
  flags.bits.set(999);
  world.add_column(0, "flag", std::move(flags));
  std::vector<ExprId> terms{world.column(1)};
  for (int i = 0; i < 50'000; ++i) terms.push_back(world.test(And{{world.column(1), compare(world, CompareOp::kEq, i % 300)}}));
  for (int i = 0; i < 50'000; ++i) terms.push_back(compare(world, CompareOp::kEq, 2 * i));
  const ExprId any = world.test(Or{std::move(terms)});
  CHECK(run_native(world, {world.define(any)}).sizes.front() == 501);
}

TEST_CASE("a sum of a hundred thousand terms is evaluated") {
  World world = world_of(1000);
  ExprId sum = world.column(0);
  for (int i = 0; i < 100'000; ++i) sum = world.add(Arithmetic{ArithmeticOp::kAdd, sum, world.number(i % 3)}, {.kind = Kind::kInt});
  // The constants add up to 99,999.
  CHECK(run_native(world, {world.define(world.test(Compare{CompareOp::kGe, sum, world.number(100'899), false}))}).sizes.front() == 100);
}

TEST_CASE("ten thousand definitions are compiled together") {
  World world = world_of(1000);
  std::vector<DefinitionId> roots;
  for (int i = 0; i < 10'000; ++i) {
    roots.push_back(
        world.define(world.test(And{{compare(world, CompareOp::kGe, i % 100), compare(world, CompareOp::kLt, 200 + i / 100)}})));
  }
  const RunResults results = run_native(world, roots);
  for (std::size_t i = 0; i < roots.size(); ++i) REQUIRE(results.sizes[i] == 200 + i / 100 - i % 100);
}

TEST_CASE("a table without rows has answers") {
  World world = world_of(0);
  CHECK(run_native(world, {world.define(compare(world, CompareOp::kGe, 0))}).sizes.front() == 0);
}

TEST_CASE("a thousand tiers are evaluated together, and one of a thousand rows") {
  World world = world_of(10'000);
  std::vector<DefinitionId> roots;
  for (int i = 0; i < 1'000; ++i) {
    Choice tiers{.otherwise = 20};
    for (std::uint32_t row = 0; row < 20; ++row) tiers.rows.push_back({compare(world, CompareOp::kLt, 100 * (row + 1) + i), row});
    roots.push_back(world.define(world.add(std::move(tiers), kNamedType), DefinitionKind::kTiers));
  }
  Choice stages{.last_wins = true};
  for (std::uint32_t row = 0; row < 1'000; ++row) stages.rows.push_back({compare(world, CompareOp::kGe, 10 * row), row});
  roots.push_back(world.define(world.add(std::move(stages), kNamedType), DefinitionKind::kStages));
  const Results results = evaluate(world, roots);
  for (std::size_t i = 0; i < 1'000; ++i) {
    const auto counts = by_code(results.definitions[i]);
    REQUIRE(counts.size() == 21);
    REQUIRE(counts.at(0) == 100 + i);
    REQUIRE(counts.at(7) == 100);
    REQUIRE(counts.at(20) == 8'000 - i);
  }
  for (const auto& [code, count] : by_code(results.definitions.back())) REQUIRE(count == 10);
}

TEST_CASE("a grid of ten thousand cells is evaluated") {
  World world = world_of(20'000);
  std::vector<GridAxis> axes;
  for (const std::int64_t step : {1, 100}) {
    Choice tiers;
    for (std::uint32_t row = 0; row < 100; ++row) tiers.rows.push_back({compare(world, CompareOp::kLt, step * 100 * (row + 1)), row});
    GridAxis axis{.operand = world.add(std::move(tiers), kNamedType), .places = {}, .size = 100};
    for (std::int32_t place = 0; place < 100; ++place) axis.places.push_back(place);
    axes.push_back(std::move(axis));
  }
  const ExprId grid = world.add(GridCell{.where = {}, .axes = std::move(axes)}, kNamedType);
  const Plan plan = make_plan(world.program, {world.define(grid, DefinitionKind::kGrid)});
  CHECK(plan.live.size() < 500);  // by axis values, not by cells
  const Results results = evaluate(world, {world.define(grid, DefinitionKind::kGrid)});
  const auto counts = by_code(results.definitions.front());
  CHECK(counts.size() == 100);
  CHECK(counts.at(0) == 100);
  CHECK(counts.at(9'900) == 100);
}

TEST_CASE("the top of a million accounts are found, by each of many lists that stand on one another") {
  constexpr std::size_t kAccounts = 1'000'000, kLists = 20;
  World world = world_of(kAccounts);
  world.program.schema.tables[0].key = 0;
  const DefinitionId by = world.define(world.column(0), DefinitionKind::kDefine, "");
  std::vector<ExprId> rows;
  std::vector<DefinitionId> roots;
  for (std::size_t i = 0; i < kLists; ++i) {
    std::vector<ExprId> conditions{compare(world, CompareOp::kLt, static_cast<std::int64_t>(kAccounts - i))};
    for (const ExprId earlier : rows) conditions.push_back(world.test(Not{earlier}));
    const ExprId candidates = conditions.size() == 1 ? conditions.front() : world.test(And{std::move(conditions)});
    rows.push_back(world.test(TopOf{.candidates = world.define(candidates, DefinitionKind::kDefine, ""), .by = by, .count = 1'000}));
    roots.push_back(world.define(rows.back()));
  }
  const Results results = evaluate(world, roots);
  for (std::size_t i = 0; i < kLists; ++i) {
    const Bitmap& members = results.definitions[i].members;
    REQUIRE(members.count() == 1'000);
    REQUIRE(members.test(kAccounts - 1 - 1'000 * i));
    REQUIRE(members.test(kAccounts - 1'000 * (i + 1)));
  }
}

}  // namespace segue::test
