// This file's interface, private to the folder, tells of the processor what decides which code it can run, without LLVM.
#pragma once

#include <optional>
#include <string>

#include "compiler/codegen/compile.h"

namespace segue {

// 64-bit words in the widest register that code for `cpu` uses for boolean algebra: 2, 4 or 8.
[[nodiscard]] unsigned vector_words_of(TargetCpu cpu);

// What code for `cpu` is made for: two processors with the same text run the same code. Nothing where we cannot tell: then no code may be kept.
[[nodiscard]] std::optional<std::string> identity_of(TargetCpu cpu);

}  // namespace segue
