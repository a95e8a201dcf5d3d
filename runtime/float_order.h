// This file's external interface is floats as integers of the same order, which sort, compare and bound like any others.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace segue {

// An integer that stands in the order of the floats, -0.0 before 0.0, for a float's bits; its own inverse.
[[nodiscard]] constexpr std::int64_t ordered_float_key(std::int64_t bits) {
  return bits ^ ((bits >> 63) & std::numeric_limits<std::int64_t>::max());
}

// The same of a value, for which -0.0 and 0.0 are 0.
[[nodiscard]] constexpr std::int64_t ordered_float(double value) {
  return ordered_float_key(std::bit_cast<std::int64_t>(value == 0 ? 0.0 : value));
}

}  // namespace segue
