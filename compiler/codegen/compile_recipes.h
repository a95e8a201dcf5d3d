// This file's interface, private to the folder, is `compile_recipes`: LLVM, from recipes to linked machine code that runs wherever it lies.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "compiler/codegen/compile.h"
#include "compiler/codegen/recipe.h"

namespace segue {

// The content of a CodeImage with a function for each recipe. `vector_words`: 64-bit words in the widest register of the target. May be called by several
// threads at once.
[[nodiscard]] std::expected<std::vector<std::byte>, std::string> compile_recipes(const std::vector<const Recipe*>& recipes, TargetCpu cpu,
                                                                                 unsigned vector_words);

}  // namespace segue
