// This file's external interface is `compile_recipes`: LLVM, from recipes to linked machine code that runs wherever it lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "compiler/machine/recipe.h"
#include "compiler/machine/target.h"

namespace segue {

// Code and read-only data as bytes, with the places of the functions in them. They may lie wherever a page begins.
struct CodeBytes {
  std::vector<std::uint64_t> functions;  // places, by recipe
  std::vector<std::byte> code;
};

// `vector_words`: 64-bit words in the widest register of the target. May be called by several
// threads at once.
[[nodiscard]] std::expected<CodeBytes, std::string> compile_recipes(const std::vector<const Recipe*>& recipes, TargetCpu cpu,
                                                                    unsigned vector_words);

}  // namespace segue
