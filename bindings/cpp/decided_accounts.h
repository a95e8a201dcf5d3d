// This file's external interface is how many accounts a missing value decides: the conditions that `check` warned of are evaluated like
// segments, and their undetermined accounts counted. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/diagnostics/diagnostic.h"
#include "runtime/results.h"

namespace segue {

// A program whose roots are the results of the project, and after them the conditions that warnings are about.
struct DecisiveProgram {
  CheckedProgram program;
  std::vector<DefinitionId> roots;
  // By warning: the roots (indices into `roots`) that stand for its condition. Several where the condition is one of a `define` that is used
  // with several arguments; none where it is about the rows of a related table.
  std::vector<std::vector<std::size_t>> conditions;
};

[[nodiscard]] DecisiveProgram with_warned_conditions(const CheckedProgram& program, std::span<const Diagnostic> diagnostics);

// The diagnostics, each warning with a note on how many accounts it decides, where there is one number for it.
[[nodiscard]] std::vector<Diagnostic> with_decided_counts(const DecisiveProgram& decisive, const Results& results, std::uint64_t accounts,
                                                          std::span<const Diagnostic> diagnostics);

}  // namespace segue
