// What definitions say beside what their plan does, for those who want to know the cost.
#include <algorithm>
#include <cassert>
#include <unordered_map>

#include "compiler/plan/plan.h"
#include "compiler/plan/schedule.h"

namespace segue {

namespace {

// A test, as opposed to what joins tests.
bool is_condition(const CheckedProgram& program, ExprId id) {
  const Node& node = program.expr(id).node;
  return program.expr(id).type.kind == Kind::kBool && !std::holds_alternative<And>(node) && !std::holds_alternative<Or>(node) &&
         !std::holds_alternative<Not>(node) && !std::holds_alternative<DefinitionRead>(node) && !std::holds_alternative<Literal>(node);
}

bool is_test(const Op& op) {
  return !is_value(op) && !std::holds_alternative<AllOf>(op) && !std::holds_alternative<AnyOf>(op) &&
         !std::holds_alternative<ColumnKnown>(op) && !std::holds_alternative<KnownOf>(op) && !std::holds_alternative<BroadcastBit>(op);
}

}  // namespace

ConditionCounts count_conditions(const CheckedProgram& program, const std::vector<DefinitionId>& roots, const Plan& plan) {
  ConditionCounts counts;
  for (const auto& [definition, exprs] : schedule(program, roots)) {
    counts.written += static_cast<std::size_t>(std::ranges::count_if(exprs, [&](ExprId id) { return is_condition(program, id); }));
  }
  std::vector<ExprId> asked;
  for (const NodeId id : plan.live) {
    if (is_test(plan.node(id).op)) asked.push_back(plan.origins[index_of(id)]);
  }
  std::ranges::sort(asked);
  counts.evaluated = static_cast<std::size_t>(std::unique(asked.begin(), asked.end()) - asked.begin());
  return counts;
}

std::vector<std::vector<DefinitionId>> definitions_using(const Plan& plan, const std::vector<ExprId>& exprs) {
  assert(exprs.size() <= 64);
  std::unordered_map<std::uint32_t, std::uint64_t> places;
  for (std::size_t i = 0; i < exprs.size(); ++i) places[index_of(exprs[i])] |= std::uint64_t{1} << i;
  std::vector<std::uint64_t> uses(plan.nodes.size());  // bit i: something of expression i is below
  for (const NodeId id : plan.live) {
    std::uint64_t& mine = uses[index_of(id)];
    if (const auto place = places.find(index_of(plan.origins[index_of(id)])); place != places.end()) mine = place->second;
    for_each_operand(
        plan.node(id).op, [&](NodeId operand) { mine |= uses[index_of(operand)]; },
        [&](Bit operand) { mine |= uses[index_of(operand.node())]; });
  }
  std::vector<std::vector<DefinitionId>> definitions(exprs.size());
  for (const PlanRoot& root : plan.roots) {
    std::uint64_t used = uses[index_of(root.members.node())] | uses[index_of(root.undetermined.node())] | uses[index_of(root.known.node())];
    if (root.value != kNoNode) used |= uses[index_of(root.value)];
    for (std::size_t i = 0; i < exprs.size(); ++i) {
      if ((used >> i & 1) != 0) definitions[i].push_back(root.definition);
    }
  }
  return definitions;
}

}  // namespace segue
