// This file's interface, private to the folder, is `lower_definitions`: definitions and all that they read, as nodes.
#pragma once

#include <vector>

#include "compiler/plan/lowering.h"

namespace segue {

void lower_definitions(const CheckedProgram& program, const std::vector<DefinitionId>& roots, Lowering& lowering);

}  // namespace segue
