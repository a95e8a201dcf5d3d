// What users may write without bound: long chains, long disjunctions, many definitions. No phase recurses over them.
#include <catch2/catch.hpp>

#include "compiler/codegen/compile.h"
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

}  // namespace segue::test
