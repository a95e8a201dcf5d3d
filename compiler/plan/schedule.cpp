// The order in which definitions become nodes, and which nodes live in the end.
#include "compiler/plan/schedule.h"

#include <algorithm>

#include "compiler/check/walk.h"

namespace segue {

namespace {

std::vector<NodeId> live_nodes(const Plan& plan) {
  std::vector<bool> live(plan.nodes.size());
  const auto mark = [&](NodeId id) { live[index_of(id)] = true; };
  const auto mark_bit = [&](Bit bit) { live[index_of(bit.node())] = true; };
  for (const PlanRoot& root : plan.roots) {
    mark_bit(root.members), mark_bit(root.undetermined), mark_bit(root.known);
    if (root.value != kNoNode) mark(root.value);
  }
  for (std::size_t i = plan.nodes.size(); i-- > 1;) {
    if (live[i]) for_each_operand(plan.nodes[i].op, mark, mark_bit);
  }
  live[0] = false;
  std::vector<NodeId> result;
  for (std::uint32_t i = 1; i < plan.nodes.size(); ++i) {
    if (live[i]) result.push_back(NodeId{i});
  }
  return result;
}

void count_uses(Plan& plan) {
  for (PlanNode& node : plan.nodes) node.uses = 0;
  const auto use = [&](NodeId id) { ++plan.nodes[index_of(id)].uses; };
  const auto use_bit = [&](Bit bit) { ++plan.nodes[index_of(bit.node())].uses; };
  for (const NodeId id : plan.live) for_each_operand(plan.node(id).op, use, use_bit);
  for (const PlanRoot& root : plan.roots) {
    use_bit(root.members), use_bit(root.undetermined), use_bit(root.known);
    if (root.value != kNoNode) use(root.value);
  }
}

}  // namespace

Body collect_body(const CheckedProgram& program, ExprId root, std::vector<bool>& seen) {
  Body body;
  std::vector<ExprId> pending{root};
  while (!pending.empty()) {
    const ExprId id = pending.back();
    pending.pop_back();
    if (seen[index_of(id)]) continue;
    seen[index_of(id)] = true;
    body.exprs.push_back(id);
    const Expr& expr = program.expr(id);
    if (const auto* read = std::get_if<DefinitionRead>(&expr.node)) body.reads.push_back(read->definition);
    for_each_operand(expr.node, [&](ExprId operand) { pending.push_back(operand); });
  }
  std::sort(body.exprs.begin(), body.exprs.end());
  return body;
}

std::vector<std::pair<DefinitionId, std::vector<ExprId>>> schedule(const CheckedProgram& program, const std::vector<DefinitionId>& roots) {
  std::vector<bool> needed(program.definitions.size());
  for (const DefinitionId root : roots) needed[index_of(root)] = true;
  // `definitions` are in order of evaluation, so what is read stands before its readers: backwards, readers come first.
  std::vector<bool> seen(program.exprs.size());
  for (std::size_t i = program.definitions.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (const DefinitionId read : collect_body(program, program.definitions[i].body, seen).reads) needed[index_of(read)] = true;
  }
  std::vector<std::pair<DefinitionId, std::vector<ExprId>>> result;
  seen.assign(program.exprs.size(), false);
  for (std::uint32_t i = 0; i < program.definitions.size(); ++i) {
    if (needed[i]) result.emplace_back(DefinitionId{i}, collect_body(program, program.definitions[i].body, seen).exprs);
  }
  return result;
}

void finish(Plan& plan) {
  plan.live = live_nodes(plan);
  count_uses(plan);
}

}  // namespace segue
