// Facts of the columns of a part of a world, and plans that know them.
#include "tests/differential/facts.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "compiler/codegen/compile.h"
#include "compiler/interpret/interpret.h"
#include "compiler/plan/plan.h"
#include "runtime/run.h"

namespace segue::differential {

namespace {

bool is_integer(Storage storage) { return storage >= Storage::kInt8 && storage <= Storage::kInt64; }

// What holds of the column, or less: `is_loose`.
ColumnFacts facts_of(TableColumn id, const Column& column, bool is_loose, Random& random) {
  ColumnFacts facts{.column = id, .may_be_missing = is_loose, .may_be_known = is_loose};
  IntRange integers{1, 0};
  FloatRange floats{1, 0};
  for (std::size_t row = 0; row < column.rows; ++row) {
    facts.may_be_missing |= !column.is_known(row);
    if (!column.is_known(row)) continue;
    if (column.storage == Storage::kFloat64) {
      const double value = column.float_at(row);
      floats = facts.floats ? FloatRange{std::min(floats.low, value), std::max(floats.high, value)} : FloatRange{value, value};
      facts.floats = floats;
    } else if (column.storage == Storage::kBits || is_integer(column.storage)) {
      const std::int64_t value = column.storage == Storage::kBits ? column.bool_at(row) : column.int_at(row);
      integers = facts.integers ? IntRange{std::min(integers.low, value), std::max(integers.high, value)} : IntRange{value, value};
      facts.integers = integers;
    }
    facts.may_be_known = true;
  }
  constexpr std::int64_t kWider = 3;
  if (is_loose && facts.integers && facts.integers->low > std::numeric_limits<std::int64_t>::min() + kWider && random.chance(50))
    facts.integers->low -= kWider;
  if (is_loose && facts.integers && facts.integers->high < std::numeric_limits<std::int64_t>::max() - kWider && random.chance(50))
    facts.integers->high += kWider;
  return facts;
}

std::vector<ColumnFacts> facts_of(const Database& database, Random& random) {
  std::vector<ColumnFacts> facts;
  for (std::uint32_t table = 0; table < database.tables.size(); ++table) {
    const std::vector<Column>& columns = database.tables[table].columns;
    for (std::uint32_t column = 0; column < columns.size(); ++column) {
      if (columns[column].is_read() && random.chance(85))
        facts.push_back(facts_of({table, column}, columns[column], random.chance(20), random));
    }
  }
  return facts;
}

World part_of(const World& world, Random& random) {
  const std::size_t rows = world.tables[0].rows, size = std::min<std::size_t>(rows, random.below(6)), begin = random.below(rows - size + 1);
  return without_rows(without_rows(world, 0, begin + size, rows), 0, 0, begin);
}

std::optional<std::string> difference(const DefinitionResult& a, const DefinitionResult& b) {
  if (a.members.size() != b.members.size() || a.scores.size() != b.scores.size() || a.codes != b.codes) return "other answers";
  for (std::size_t row = 0; row < a.members.size(); ++row) {
    if (a.members.test(row) != b.members.test(row)) return fmt::format("row {}: expected {}", row, a.members.test(row));
  }
  for (std::size_t row = 0; row < a.scores.size(); ++row) {
    if (std::bit_cast<std::uint64_t>(a.scores[row]) != std::bit_cast<std::uint64_t>(b.scores[row]))
      return fmt::format("row {}: expected {}, got {}", row, a.scores[row], b.scores[row]);
  }
  if (a.undetermined != b.undetermined) return fmt::format("expected {} undetermined, got {}", a.undetermined, b.undetermined);
  return std::nullopt;
}

// A column that the plan does not name is not there.
Database with_only(const Database& database, const std::vector<TableColumn>& read) {
  Database reduced = database;
  for (std::uint32_t table = 0; table < reduced.tables.size(); ++table) {
    for (std::uint32_t column = 0; column < reduced.tables[table].columns.size(); ++column) {
      Column& each = reduced.tables[table].columns[column];
      if (!std::ranges::binary_search(read, TableColumn{table, column}))
        each.storage = Storage::kNone, each.data = {}, each.bits = {}, each.valid = {};
    }
  }
  return reduced;
}

}  // namespace

std::optional<std::string> differs_with_facts(const CheckedProgram& program, const World& world, const Clock& clock, Random& random,
                                              std::uint64_t& answers) {
  std::vector<DefinitionId> roots;
  for (const DefinitionId id : program.results) {
    if (population_levels(program, {id}).empty()) roots.push_back(id);
  }
  const Database database = make_database(part_of(world, random), program.schema);
  const auto expected = interpret(program, database, clock, roots);
  if (!expected) return "the interpreter gave no answer";
  const PlanOptions options{
      .share = random.chance(80), .facts = facts_of(database, random), .population = {}, .clock = random.chance(70) ? &clock : nullptr};
  const Plan plan = make_plan(program, roots, options);
  if (const FactsEffect left = effect_of(plan, options); left.tests + left.known > 0) return "facts would settle more of their own plan";
  const Database reduced = with_only(database, columns_read(plan));
  const auto compiled = compile(plan, reduced, clock, {});
  if (!compiled) return compiled.error();
  const auto results = run(*compiled, reduced, {.threads = 1, .keep_members = true, .progress = {}});
  if (!results) return "the run stopped";
  for (std::size_t i = 0; i < roots.size(); ++i) {
    answers += database.tables[0].rows;
    if (const auto found = difference(expected->definitions[i], results->results.definitions[i]))
      return fmt::format("{}: {}", program.definition(roots[i]).name, *found);
  }
  return std::nullopt;
}

}  // namespace segue::differential
