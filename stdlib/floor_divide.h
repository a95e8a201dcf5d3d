// This file's external interface is `floor_divide`, which calendars and time zones count with.
#pragma once

#include <cstdint>

namespace segue {

// The quotient rounded down; `b` is positive.
[[nodiscard]] inline std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace segue
