// This file's external interface is `settle`: what becomes of a plan's nodes for rows of which the outcomes of some tests are known beforehand.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/plan/plan.h"

namespace segue {

// Of a test, over the rows whose tested value is known; of any other bit over all rows.
enum class Outcome : std::uint8_t {
  kOpen,
  kNever,   // none passes
  kAlways,  // all pass
};

struct SettledPlan {
  std::vector<Outcome> outcomes;  // by node that is a bit: over all rows
  std::vector<bool>
      is_used;  // by node: what a root has to be found out with, or what such a node has; of chains not what they do not depend on any more
};

// `tests`, by node, says what is known of tests on columns and of ColumnKnown bits. Linear in the live nodes.
[[nodiscard]] SettledPlan settle(const Plan& plan, const std::vector<Outcome>& tests);

// Of the complement.
[[nodiscard]] constexpr Outcome complement_of(Outcome outcome) {
  return outcome == Outcome::kOpen ? outcome : outcome == Outcome::kNever ? Outcome::kAlways : Outcome::kNever;
}

// Of a bit where those of the nodes are known.
[[nodiscard]] inline Outcome outcome_of(Bit bit, const std::vector<Outcome>& outcomes) {
  const Outcome outcome = outcomes[index_of(bit.node())];
  return bit.is_negated() ? complement_of(outcome) : outcome;
}

// Of a chain that one operand of the outcome `decisive` decides: kNever of an AllOf, kAlways of an AnyOf.
[[nodiscard]] Outcome outcome_of_chain(const std::vector<Bit>& operands, Outcome decisive, const std::vector<Outcome>& outcomes);

}  // namespace segue
