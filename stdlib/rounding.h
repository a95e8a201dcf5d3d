// This file's external interface is the one place where wide integers become doubles: round to nearest, ties to even.
// Private to stdlib.
#pragma once

#include <bit>
#include <cstdint>

#include "stdlib/number.h"

namespace segue {

[[nodiscard]] inline int bit_length(UInt128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(value));
}

[[nodiscard]] inline UInt128 magnitude_of(Int128 value) { return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value); }

// The double nearest to ±(magnitude + e) × 2^exponent, where 0 < e < 1 if `has_rest`, else e is 0. With `has_rest`, magnitude
// must have at least 55 bits, or `exponent` lie at least two below the least bit of a double (2^-1074).
[[nodiscard]] double round_to_float(UInt128 magnitude, int exponent, bool has_rest, bool is_negative);

}  // namespace segue
