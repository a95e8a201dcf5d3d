// Outcomes from the tests up, then what is needed from the roots down.
#include "compiler/plan/settled.h"

#include <algorithm>
#include <ranges>

namespace segue {

namespace {

// A bit that can only be set where some row passes.
Outcome unless_never(Outcome outcome) { return outcome == Outcome::kNever ? outcome : Outcome::kOpen; }

Outcome outcome_of_node(const Op& op, Outcome test, const std::vector<Outcome>& outcomes) {
  if (std::holds_alternative<FalseBit>(op)) return Outcome::kNever;
  if (const auto* all = std::get_if<AllOf>(&op)) return outcome_of_chain(all->operands, Outcome::kNever, outcomes);
  if (const auto* any = std::get_if<AnyOf>(&op)) return outcome_of_chain(any->operands, Outcome::kAlways, outcomes);
  if (const auto ranged = ranged_value(op)) {
    const Outcome is_known = outcome_of(ranged->known, outcomes);
    if (test == Outcome::kNever || is_known == Outcome::kNever) return Outcome::kNever;
    return test == Outcome::kAlways ? is_known : Outcome::kOpen;
  }
  if (const auto* wide = std::get_if<BroadcastBit>(&op)) return outcome_of(wide->operand, outcomes);
  if (const auto* any = std::get_if<AnyRow>(&op)) return unless_never(outcome_of(any->filter, outcomes));
  if (const auto* picked = std::get_if<PickedBit>(&op)) return unless_never(outcome_of(picked->operand, outcomes));
  if (const auto* sequence = std::get_if<SequenceTest>(&op))
    return unless_never(outcome_of_chain(sequence->steps, Outcome::kNever, outcomes));
  return test;
}

}  // namespace

Outcome outcome_of_chain(const std::vector<Bit>& operands, Outcome decisive, const std::vector<Outcome>& outcomes) {
  bool is_open = false;
  for (const Bit operand : operands) {
    const Outcome outcome = outcome_of(operand, outcomes);
    if (outcome == decisive) return decisive;
    is_open = is_open || outcome == Outcome::kOpen;
  }
  return is_open ? Outcome::kOpen : complement_of(decisive);
}

SettledPlan settle(const Plan& plan, const std::vector<Outcome>& tests) {
  SettledPlan settled{std::vector<Outcome>(plan.nodes.size(), Outcome::kOpen), std::vector<bool>(plan.nodes.size())};
  settled.outcomes[index_of(kFalse.node())] = Outcome::kNever;
  for (const NodeId id : plan.live)
    settled.outcomes[index_of(id)] = outcome_of_node(plan.node(id).op, tests[index_of(id)], settled.outcomes);
  const auto use = [&](NodeId id) { settled.is_used[index_of(id)] = true; };
  const auto use_bit = [&](Bit bit) {
    if (settled.outcomes[index_of(bit.node())] == Outcome::kOpen) use(bit.node());
  };
  for (const PlanRoot& root : plan.roots) {
    use_bit(root.members), use_bit(root.undetermined), use_bit(root.known);
    if (root.value != kNoNode) use(root.value);
  }
  for (const NodeId id : plan.live | std::views::reverse) {
    if (settled.is_used[index_of(id)]) for_each_operand(plan.node(id).op, use, use_bit);
  }
  return settled;
}

}  // namespace segue
