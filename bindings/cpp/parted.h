// This file's external interface is `evaluate_in_parts`: definitions over tables that are read in parts, for want of memory. Private to this folder.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/table_specs.h"
#include "compiler/check/program.h"

namespace segue {

// Nothing where all tables and answers are to be held in memory: because they fit, or because they must. `asked` holds indices into the project's
// definitions, the first of `roots`.
[[nodiscard]] std::expected<std::optional<Evaluation>, Failure> evaluate_in_parts(const OpenedProject& project,
                                                                                  const EvaluateOptions& options,
                                                                                  const std::vector<std::size_t>& asked,
                                                                                  const std::vector<DefinitionId>& roots,
                                                                                  const std::vector<NeededColumns>& needed);

}  // namespace segue
