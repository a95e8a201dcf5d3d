// This file's external interface is what is said of answers: sizes, shares, the numbers of scores, expectations. Private to this folder.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "compiler/check/program.h"
#include "runtime/results.h"

namespace segue {

// One outcome for each entry of `results`; `asked` holds their indices into `infos`.
[[nodiscard]] std::vector<DefinitionOutcome> outcomes_of(const Results& results, const std::vector<std::size_t>& asked,
                                                         std::span<const DefinitionInfo> infos, std::uint64_t accounts);

// The expectations of `roots`, whose outcomes stand in the same order.
[[nodiscard]] std::vector<ExpectationOutcome> expectations_of(const CheckedProgram& program, std::span<const DefinitionId> roots,
                                                              std::span<const DefinitionOutcome> outcomes, std::uint64_t accounts);

}  // namespace segue
