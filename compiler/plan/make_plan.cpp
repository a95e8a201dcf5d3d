// From definitions to the graph: what the roots need, in order, lowered one expression at a time.
#include <algorithm>
#include <cassert>

#include "compiler/plan/lowering.h"
#include "compiler/plan/plan.h"

namespace segue {

namespace {

// The operands of an expression, but for the body of a definition that it reads.
struct ExprOperands {
  std::vector<ExprId>& out;

  void operator()(const Literal&) const {}
  void operator()(const ColumnRead&) const {}
  void operator()(const ReferenceRead&) const {}
  void operator()(const DefinitionRead&) const {}
  void operator()(const Now&) const {}
  void operator()(const Today&) const {}
  void operator()(const FromNow&) const {}
  void operator()(const And& node) const { out.insert(out.end(), node.operands.begin(), node.operands.end()); }
  void operator()(const Or& node) const { out.insert(out.end(), node.operands.begin(), node.operands.end()); }
  void operator()(const Compare& node) const { out.insert(out.end(), {node.left, node.right}); }
  void operator()(const Between& node) const { out.insert(out.end(), {node.operand, node.low, node.high}); }
  void operator()(const TextTest& node) const { out.insert(out.end(), {node.operand, node.pattern}); }
  void operator()(const OrElse& node) const { out.insert(out.end(), {node.operand, node.fallback}); }
  void operator()(const Arithmetic& node) const { out.insert(out.end(), {node.left, node.right}); }
  void operator()(const Call& node) const { out.insert(out.end(), node.arguments.begin(), node.arguments.end()); }
  void operator()(const Aggregate& node) const {
    for (const auto& part : {node.within, node.where, node.value}) {
      if (part) out.push_back(*part);
    }
  }
  void operator()(const ScoreSum& node) const {
    for (const ScoreTerm& term : node.terms) {
      out.push_back(term.value);
      if (term.when) out.push_back(*term.when);
    }
  }
  void operator()(const Choice& node) const {
    for (const ChoiceRow& row : node.rows) out.push_back(row.condition);
  }
  void operator()(const GridCell& node) const {
    if (node.where) out.push_back(*node.where);
    for (const GridAxis& axis : node.axes) out.push_back(axis.operand);
  }
  void operator()(const SplitPart& node) const {
    if (node.population) out.push_back(*node.population);
  }
  void operator()(const TopOf&) const {}
  void operator()(const Percentile&) const {}
  void operator()(const Near& node) const { out.insert(out.end(), {node.latitude, node.longitude}); }
  void operator()(const Sequence& node) const {
    for (const auto& part : {node.within, node.by}) {
      if (part) out.push_back(*part);
    }
    out.insert(out.end(), node.steps.begin(), node.steps.end());
  }
  // Not, InSet, Matches, Has, IsEmpty, IsKnown, Within, Negate, ToFloat, Rescale
  template <typename T>
  void operator()(const T& node) const {
    out.push_back(node.operand);
  }
};

// The expressions of a body that no earlier body had, ascending, and the definitions that they read.
struct Body {
  std::vector<ExprId> exprs;
  std::vector<DefinitionId> reads;
};

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
    std::visit(ExprOperands{pending}, expr.node);
  }
  std::sort(body.exprs.begin(), body.exprs.end());
  return body;
}

// The definitions that the roots need, each after those that it reads, with their bodies.
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

std::vector<NodeId> live_nodes(const Plan& plan) {
  std::vector<bool> live(plan.nodes.size());
  const auto mark = [&](NodeId id) { live[index_of(id)] = true; };
  const auto mark_bit = [&](Bit bit) { live[index_of(bit.node())] = true; };
  for (const PlanRoot& root : plan.roots) {
    mark_bit(root.members), mark_bit(root.undetermined);
    if (root.score != kNoNode) mark(root.score);
  }
  live[0] = false;
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

// Uses by live nodes and roots alone.
void count_uses(Plan& plan) {
  for (PlanNode& node : plan.nodes) node.uses = 0;
  const auto use = [&](NodeId id) { ++plan.nodes[index_of(id)].uses; };
  const auto use_bit = [&](Bit bit) { ++plan.nodes[index_of(bit.node())].uses; };
  for (const NodeId id : plan.live) for_each_operand(plan.node(id).op, use, use_bit);
  for (const PlanRoot& root : plan.roots) {
    use_bit(root.members), use_bit(root.undetermined);
    if (root.score != kNoNode) use(root.score);
  }
}

PlanRoot root_of(const CheckedProgram& program, Lowering& lowering, DefinitionId id) {
  const Definition& definition = program.definition(id);
  const Lowered& body = lowering.lowered(definition.body);
  PlanRoot root{.definition = id, .kind = definition.kind, .members = {}, .undetermined = {}};
  if (program.expr(definition.body).type.kind == Kind::kBool) {
    root.members = lowering.account_bit(body.holds);
    root.undetermined = lowering.account_bit(lowering.graph().all_of(kAccountFrame, body.possible, ~body.certain));
  } else {
    root.score = lowering.known_or_zero(definition.body);
  }
  return root;
}

}  // namespace

Plan make_plan(const CheckedProgram& program, const std::vector<DefinitionId>& roots, const PlanOptions& options) {
  Plan plan;
  plan.frames = program.frames;
  plan.windows = program.windows;
  Lowering lowering(program, options, plan);
  for (const auto& [definition, exprs] : schedule(program, roots)) {
    lowering.graph().begin_definition();
    for (const ExprId id : exprs) lowering.lower(id);
    const Lowered& body = lowering.lowered(program.definition(definition).body);
    for (const Bit bit : {body.holds, body.certain, body.possible}) lowering.graph().use(bit);
  }
  for (const DefinitionId root : roots) plan.roots.push_back(root_of(program, lowering, root));
  plan.live = live_nodes(plan);
  count_uses(plan);
  return plan;
}

}  // namespace segue
