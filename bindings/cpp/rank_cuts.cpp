// Out of the plan of all definitions.
#include "bindings/cpp/rank_cuts.h"

#include <algorithm>
#include <limits>

#include "runtime/float_order.h"
#include "runtime/prepared/column_facts.h"

namespace segue {
namespace {

constexpr std::uint32_t kNoColumn = 0x7fff'ffff;

// The first value of a range and the first one past it; at the ends of the integers there is no bound.
void add_bounds(std::int64_t low, std::int64_t high, std::vector<std::int64_t>& cuts) {
  if (low != std::numeric_limits<std::int64_t>::min()) cuts.push_back(low);
  if (high != std::numeric_limits<std::int64_t>::max()) cuts.push_back(high + 1);
}

void add_bounds(const Op& op, std::vector<std::int64_t>& cuts) {
  if (const auto* test = std::get_if<InRanges>(&op)) {
    for (const IntRange& range : test->ranges) add_bounds(range.low, range.high, cuts);
  } else if (const auto* floats = std::get_if<InFloatRange>(&op)) {
    add_bounds(ordered_float(floats->range.low), ordered_float(floats->range.high), cuts);
  }
}

NodeId tested(const Op& op) {
  if (const auto* test = std::get_if<InRanges>(&op)) return test->value;
  if (const auto* floats = std::get_if<InFloatRange>(&op)) return floats->value;
  return kNoNode;
}

}  // namespace

std::map<TableColumn, std::vector<std::int64_t>> rank_cuts(const CheckedProgram& program) {
  std::map<TableColumn, std::vector<std::int64_t>> cuts;
  // The plan is not run: what is asked of whole tables first is taken for answered, by a column that nobody reads.
  PlanOptions options;
  for (const std::vector<ExprId>& level : population_levels(program, program.results)) {
    for (const ExprId term : level)
      options.population.push_back({.expr = term, .column = kNoColumn, .may_be_missing = true, .unknown = {}});
  }
  const Plan plan = make_plan(program, program.results, options);
  for (const NodeId id : plan.live) {
    const PlanNode& node = plan.node(id);
    const NodeId value = tested(node.op);
    if (value == kNoNode) continue;
    const auto* column = std::get_if<ColumnValue>(&plan.node(value).op);
    if (column != nullptr && node.frame != kNoFrame) add_bounds(node.op, cuts[{plan.frames[index_of(node.frame)].table, column->column}]);
  }
  for (auto& [column, bounds] : cuts) {
    std::ranges::sort(bounds);
    const auto repeated = std::ranges::unique(bounds);
    bounds.erase(repeated.begin(), repeated.end());
  }
  return cuts;
}

}  // namespace segue
