// What the lowering of all kinds of expression shares: operands brought to a frame, the bits of two- and three-valued evaluation.
#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/plan/lowering.h"

namespace segue {

namespace {

// A predicate made of others, of each of the three answers alike; where nothing can be missing they are one.
template <typename Join>
Lowered each_answer(std::span<const Lowered> operands, Join join) {
  const auto bits = [&](Bit Lowered::* answer) {
    std::vector<Bit> result;
    result.reserve(operands.size());
    for (const Lowered& operand : operands) result.push_back(operand.*answer);
    return result;
  };
  const auto are_equal = [&](Bit Lowered::* a, Bit Lowered::* b) {
    return std::ranges::all_of(operands, [&](const Lowered& operand) { return operand.*a == operand.*b; });
  };
  const Bit holds = join(bits(&Lowered::holds));
  const Bit certain = are_equal(&Lowered::certain, &Lowered::holds) ? holds : join(bits(&Lowered::certain));
  const Bit possible = are_equal(&Lowered::possible, &Lowered::holds) ? holds : join(bits(&Lowered::possible));
  return {.holds = holds, .certain = certain, .possible = possible, .is_predicate = true};
}

}  // namespace

Lowering::Lowering(const CheckedProgram& program, const PlanOptions& options, Plan& plan)
    : program_(program),
      options_(options),
      graph_(plan, options),
      lowered_(program.exprs.size()),
      done_(program.exprs.size()) {
  for (const PopulationAnswer& answer : options.population) population_.emplace(index_of(answer.expr), answer);
  std::map<std::tuple<WindowKind, std::int64_t, TimeUnit, bool, std::int64_t, TimeUnit>, std::uint32_t> first;
  for (const Window& window : program.windows) {
    const TimeAmount shift = window.as_of.value_or(TimeAmount{});
    const auto at = static_cast<std::uint32_t>(windows_.size());
    windows_.push_back(
        first.emplace(std::tuple(window.kind, window.count, window.unit, window.as_of.has_value(), shift.count, shift.unit), at)
            .first->second);
  }
}

// A bit of an outer frame, for each row inside it.
Bit Lowering::lift(Bit bit, FrameId frame) {
  if (bit == kFalse || bit == kTrue) return bit;
  const PlanNode& node = graph_.node(bit.node());
  if (node.frame == frame) return bit;
  Bit lifted;
  if (node.frame != kNoFrame) {
    const auto* broadcast = std::get_if<BroadcastBit>(&node.op);
    const BroadcastBit op = broadcast != nullptr ? *broadcast : BroadcastBit{bit_of(bit.node()), node.frame};
    lifted = graph_.bit(frame, op);
  } else if (const auto* known = std::get_if<KnownOf>(&node.op)) {
    lifted = graph_.bit(frame, KnownOf{*known});
  } else {  // a conjunction of such
    const bool is_all = std::holds_alternative<AllOf>(node.op);
    std::vector<Bit> operands = is_all ? std::get<AllOf>(node.op).operands : std::get<AnyOf>(node.op).operands;
    for (Bit& operand : operands) operand = lift(operand, frame);
    lifted = is_all ? graph_.all_of(frame, std::move(operands)) : graph_.any_of(frame, std::move(operands));
  }
  return bit.is_negated() ? ~lifted : lifted;
}

NodeId Lowering::lift(NodeId value, FrameId frame) {
  if (value == kNoNode) return value;
  const PlanNode& node = graph_.node(value);
  if (node.frame == frame || node.frame == kNoFrame) return value;
  const auto* broadcast = std::get_if<BroadcastValue>(&node.op);
  const BroadcastValue op = broadcast != nullptr ? *broadcast : BroadcastValue{value, node.frame};
  const Type type = node.type;
  return graph_.intern(frame, type, op, node.domain);
}

Lowered Lowering::operand(ExprId id, FrameId frame) {
  Lowered result = lowered(id);
  const bool is_there = program_.expr(id).frame == frame && (result.value == kNoNode || graph_.node(result.value).frame == frame);
  if (is_there) return result;
  result.value = lift(result.value, frame);
  for (Bit* bit : {&result.known, &result.unsure, &result.holds, &result.certain, &result.possible}) *bit = lift(*bit, frame);
  return result;
}

Lowered Lowering::plain_operand(ExprId id, FrameId frame) {
  Lowered result = operand(id, frame);
  if (is_frame_free(result.value)) result.known = lowered(id).known;
  return result;
}

Lowered Lowering::definition(DefinitionId id, FrameId frame) {
  const Definition& definition = program_.definition(id);
  Lowered body = operand(definition.body, frame);
  if (definition.kind != DefinitionKind::kSegment && definition.kind != DefinitionKind::kAudience) return body;
  // Segments and audiences are predicates, whatever their bodies: never missing.
  return {.holds = body.holds, .certain = body.certain, .possible = body.possible, .is_predicate = true};
}

// A test: `holds` is false where the operands are not `known`, and unknown there and where they are `unsure`.
Lowered Lowering::predicate(FrameId frame, Bit holds, Bit known, Bit unsure) {
  if (known == kTrue && unsure == kFalse) return {.holds = holds, .certain = holds, .possible = holds, .is_predicate = true};
  return {.holds = holds,
          .certain = unsure == kFalse ? holds : graph_.leaf_all_of(frame, {holds, ~unsure}),
          .possible = graph_.leaf_any_of(frame, {holds, ~known, unsure}),
          .is_predicate = true};
}

// A bool that may be missing; it reads as false there.
Lowered Lowering::bool_value(FrameId frame, Bit bits, Bit known, Bit unsure) {
  Lowered result = predicate(frame, bits, known, unsure);
  result.known = known;
  result.unsure = unsure;
  result.is_predicate = false;
  return result;
}

Lowered Lowering::negation(const Lowered& operand) const {
  return {.holds = ~operand.holds, .certain = ~operand.possible, .possible = ~operand.certain, .is_predicate = true};
}

Lowered Lowering::all_of(FrameId frame, std::span<const Lowered> operands) {
  return each_answer(operands, [&](std::vector<Bit> bits) { return graph_.all_of(frame, std::move(bits)); });
}

Lowered Lowering::any_of(FrameId frame, std::span<const Lowered> operands) {
  return each_answer(operands, [&](std::vector<Bit> bits) { return graph_.any_of(frame, std::move(bits)); });
}

Bit Lowering::unknown(FrameId frame, const Lowered& operand) {
  if (operand.is_predicate) return graph_.all_of(frame, operand.possible, ~operand.certain);
  return graph_.any_of(frame, ~operand.known, operand.unsure);
}

Bit Lowering::unsure(FrameId frame, const Lowered& operand) {
  return operand.is_predicate ? graph_.all_of(frame, operand.possible, ~operand.certain) : operand.unsure;
}

const std::string& Lowering::text_constant(NodeId value) const { return *graph_.plan().domains[graph_.node(value).domain].front().literal; }

Bit Lowering::column_known(FrameId frame, std::uint32_t column) {
  const std::uint32_t table = program_.frame(frame).table;
  if (!program_.schema.tables[table].columns[column].type.optional) return kTrue;
  switch (graph_.facts().known({table, column})) {
    case Outcome::kOpen: return graph_.bit(frame, ColumnKnown{column});
    case Outcome::kNever: return kFalse;
    case Outcome::kAlways: return kTrue;
  }
  return kTrue;
}

NodeId Lowering::nothing(const Type& type) {
  const DomainId domain = type.kind == Kind::kText ? graph_.domain({DomainPart{0, 0, std::string()}}) : kNoDomain;
  return graph_.intern(kNoFrame, type, ConstantValue{0}, domain);
}

NodeId Lowering::keyed(FrameId frame, const Lowered& operand, const Type& type, bool is_ordered) {
  if (type.kind == Kind::kBool) return graph_.intern(frame, Type{.kind = Kind::kInt}, BitValue{operand.holds});
  if (type.kind != Kind::kText && type.kind != Kind::kList) return operand.value;
  const RankSpace space{{graph_.node(operand.value).domain}, type.folded, is_ordered, is_ordered};
  return graph_.intern(frame, Type{.kind = Kind::kInt}, RankText{operand.value, graph_.rank_space(space), 0});
}

NodeId Lowering::ranked(FrameId frame, const Lowered& operand, const Type& type) {
  if (type.kind != Kind::kText) return operand.value;
  const RankSpace space{{graph_.node(operand.value).domain}, type.folded, true, false};
  return graph_.intern(frame, Type{.kind = Kind::kInt}, RankText{operand.value, graph_.rank_space(space), 0});
}

// Dispatch over the kinds of expression.
struct LowerNode {
  Lowering& to;
  ExprId id;
  FrameId frame;
  const Type& type;

  Lowered operator()(const Literal& node) const { return to.literal(node, type); }
  Lowered operator()(const ColumnRead& node) const { return to.column(frame, node, type); }
  Lowered operator()(const ReferenceRead& node) const { return to.reference(frame, node, type); }
  Lowered operator()(const DefinitionRead& node) const { return to.definition(node.definition, frame); }
  Lowered operator()(const Now&) const { return {.value = to.graph_.intern(kNoFrame, type, ClockValue{0, TimeUnit::kSecond})}; }
  Lowered operator()(const Today&) const { return {.value = to.graph_.intern(kNoFrame, type, ClockValue{0, TimeUnit::kDay})}; }
  Lowered operator()(const FromNow& node) const { return to.moment(node, type); }
  Lowered operator()(const Not& node) const { return to.negation(to.operand(node.operand, frame)); }
  Lowered operator()(const And& node) const { return to.all_of(frame, operands(node.operands)); }
  Lowered operator()(const Or& node) const { return to.any_of(frame, operands(node.operands)); }
  Lowered operator()(const Compare& node) const {
    return to.compare(frame, node.op, to.side(node.left, frame), to.side(node.right, frame), node.folded);
  }
  Lowered operator()(const Between& node) const { return to.between(frame, node); }
  Lowered operator()(const InSet& node) const { return to.in_set(frame, node); }
  Lowered operator()(const TextTest& node) const { return to.text_test(frame, node); }
  Lowered operator()(const Matches& node) const { return to.matches(frame, node); }
  Lowered operator()(const Has& node) const { return to.has(frame, node); }
  Lowered operator()(const IsEmpty& node) const { return to.is_empty(frame, node); }
  Lowered operator()(const IsKnown& node) const {
    const Bit known = to.operand(node.operand, frame).known;
    return {.holds = known, .certain = known, .possible = known, .is_predicate = true};
  }
  Lowered operator()(const Within& node) const { return to.within(frame, node); }
  Lowered operator()(const OrElse& node) const { return to.or_else(frame, node, type); }
  Lowered operator()(const Negate& node) const { return to.negate(frame, node, type); }
  Lowered operator()(const ToFloat& node) const { return to.to_float(frame, node, type); }
  Lowered operator()(const Rescale& node) const { return to.rescale(frame, node, type); }
  Lowered operator()(const Arithmetic& node) const { return to.arithmetic(frame, node, type); }
  Lowered operator()(const Call& node) const { return to.map(frame, node.builtin, node.arguments, type); }
  Lowered operator()(const Aggregate& node) const { return to.aggregate(frame, node, type); }
  Lowered operator()(const ScoreSum& node) const { return to.score(frame, node, type); }
  Lowered operator()(const Choice& node) const { return to.choice(frame, node, type); }
  Lowered operator()(const GridCell& node) const { return to.grid_cell(frame, node, type); }
  Lowered operator()(const SplitPart& node) const { return to.split_part(frame, node, type); }
  Lowered operator()(const TopOf&) const { return to.top(frame, id); }
  Lowered operator()(const Percentile&) const { return to.percentile(frame, id, type); }
  Lowered operator()(const Near& node) const { return to.near(frame, node); }
  Lowered operator()(const Sequence& node) const { return to.sequence(frame, node); }

  std::vector<Lowered> operands(const std::vector<ExprId>& ids) const {
    std::vector<Lowered> result;
    result.reserve(ids.size());
    for (const ExprId id : ids) result.push_back(to.operand(id, frame));
    return result;
  }
};

void Lowering::lower(ExprId id) {
  const Expr& expr = program_.expr(id);
  graph_.begin_expression(id);
  lowered_[index_of(id)] = std::visit(LowerNode{*this, id, expr.frame, expr.type}, expr.node);
  done_[index_of(id)] = true;
  graph_.begin_expression(kNoExpr);
}

}  // namespace segue
