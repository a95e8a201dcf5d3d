// This file's external interface is `frame_guards`: the accounts whose related rows matter, where conditions on the accounts themselves tell.
#pragma once

#include <vector>

#include "compiler/plan/plan.h"

namespace segue {

// What steps find out about rows of these frames matters for those accounts alone for which all bits of some term are set.
struct FrameGuard {
  std::vector<FrameId> frames;          // ascending: one under the account's, and those inside it
  std::vector<std::vector<Bit>> terms;  // of the account's frame; they depend on no row of another
};

// Where a condition on related rows stands in an `and` beside conditions on the account (or in an `or` beside their complements), whoever reads it. Few
// terms of few bits: where it would take more, all accounts matter and there is no guard. Linear in the live nodes.
[[nodiscard]] std::vector<FrameGuard> frame_guards(const Plan& plan);

}  // namespace segue
