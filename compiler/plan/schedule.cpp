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

Body collect_body(const CheckedProgram& program, DefinitionId definition, std::vector<std::uint32_t>& seen) {
  const std::uint32_t mark = index_of(definition) + 1;
  Body body;
  std::vector<ExprId> pending{program.definition(definition).body};
  while (!pending.empty()) {
    const ExprId id = pending.back();
    pending.pop_back();
    std::uint32_t& seen_by = seen[index_of(id)];
    body.is_shared |= seen_by != 0 && seen_by != mark;
    if (seen_by != 0) continue;
    seen_by = mark;
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
  std::vector<std::pair<DefinitionId, std::vector<ExprId>>> result;
  std::vector<std::uint32_t> seen(program.exprs.size());
  bool is_shared = false;
  for (auto i = static_cast<std::uint32_t>(program.definitions.size()); i-- > 0;) {
    if (!needed[i]) continue;
    Body body = collect_body(program, DefinitionId{i}, seen);
    for (const DefinitionId read : body.reads) needed[index_of(read)] = true;
    is_shared |= body.is_shared;
    result.emplace_back(DefinitionId{i}, std::move(body.exprs));
  }
  std::ranges::reverse(result);
  if (!is_shared) return result;
  // An expression of several bodies belongs to the first.
  seen.assign(program.exprs.size(), 0);
  for (auto& [definition, exprs] : result) exprs = collect_body(program, definition, seen).exprs;
  return result;
}

void finish(Plan& plan) {
  plan.live = live_nodes(plan);
  count_uses(plan);
}

}  // namespace segue
