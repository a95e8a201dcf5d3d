// This file's external interface is `compact`: a program without what checking left behind.
#pragma once

#include <vector>

#include "compiler/check/program.h"

namespace segue::checker {

// Keeps the definitions that `kept` and those that they read need, and the expressions, sets, windows and frames of these; order stays. Ids change:
// `renamed[i]` is the new id of definition i, or nothing.
[[nodiscard]] CheckedProgram compact(CheckedProgram program, const std::vector<DefinitionId>& kept,
                                     std::vector<std::optional<DefinitionId>>& renamed);

}  // namespace segue::checker
