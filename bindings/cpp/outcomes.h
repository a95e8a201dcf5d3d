// This file's external interface is what is said of answers: sizes, shares, the numbers of scores. Private to this folder.
#pragma once

#include <vector>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/evaluate.h"

namespace segue {

// One outcome for each entry of `asked`, which holds indices into the project's definitions: the first roots, in their order.
[[nodiscard]] std::vector<DefinitionOutcome> outcomes_of(const Answered& answered, const std::vector<std::size_t>& asked);

// Fills `suppressed` of outcomes that have members or values.
void count_suppressed(const Answered& answered, const Bitmap& suppressed, std::vector<DefinitionOutcome>& outcomes);

}  // namespace segue
