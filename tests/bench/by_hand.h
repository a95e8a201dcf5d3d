// This file's external interface is the benchmark's limit: what somebody writes who knows the conditions, the data and the processor.
#pragma once

#include <cstddef>
#include <cstdint>

namespace segue::bench {

// One bit a row, set where `values[row] >= bound`, for `words` times 64 rows.
void compare(const std::int32_t* values, std::size_t words, std::int32_t bound, std::uint64_t* bits);

// Rows for which five bitmaps hold, one of the next two, and not the eighth. `words` words each; `last` masks the last word.
std::uint64_t count_members(const std::uint64_t* const (&terms)[8], std::size_t words, std::uint64_t last);

// Rows in [begin, end) of `values` that are at least `bound`.
std::size_t count_at_least(const std::int32_t* values, std::size_t begin, std::size_t end, std::int32_t bound);

}  // namespace segue::bench
