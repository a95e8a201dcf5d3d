// This file's external interface is whether what definitions expect of the data holds, and what there is instead. Private to this folder.
#pragma once

#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/outcomes.h"

namespace segue {

// `roots`, and behind them what their expectations compare them with (`disjoint from s`) where it is not among them.
[[nodiscard]] std::vector<DefinitionId> with_compared(const CheckedProgram& program, std::vector<DefinitionId> roots);

// The expectations of the definitions that have an outcome: those are the first roots, in the same order. Sizes are those of all accounts,
// suppressed ones too.
[[nodiscard]] std::vector<ExpectationOutcome> expectations_of(const AnswerTotals& totals, std::span<const DefinitionOutcome> outcomes);

}  // namespace segue
