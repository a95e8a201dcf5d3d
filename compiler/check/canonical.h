// This file's external interface is `canonical_ids`: which expressions of a program say the same, whatever their text.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/check/program.h"

namespace segue {

// A number for each expression. Two that share one have the same value and are unknown together, for any data: they differ at most in spans, in the order of
// operands of `and` and `or`, and in how much of them is a definition of its own.
[[nodiscard]] std::vector<std::uint32_t> canonical_ids(const CheckedProgram& program);

}  // namespace segue
