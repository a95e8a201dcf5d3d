// This file's interface, private to the folder, is emit_recipe: LLVM IR for a recipe. Vectors are explicit, nothing relies on an optimiser.
#pragma once

#include <string>

#include <llvm/IR/Module.h>

#include "compiler/machine/recipe.h"

namespace segue {

// Adds a function of type CompiledFn (runtime/program.h) to a module. `vector_words`: 64-bit words in the widest register that the target has for boolean
// algebra (2, 4 or 8). Everything that the function reaches comes by its argument.
void emit_recipe(llvm::Module& module, const Recipe& recipe, unsigned vector_words, const std::string& name);

}  // namespace segue
