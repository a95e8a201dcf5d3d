// This file's interface, private to the folder, is the way of powers of two, eight side by side, of processors that have AVX-512.
#pragma once

#include <cstddef>
#include <cstdint>

namespace segue {

// Whether the functions below may be called.
[[nodiscard]] bool has_wide_decays();

// 2^(-(now - time) / (half_life · unit)) of `count` times, a multiple of eight: the bits of the power in `out`; `open` is not 0 where two doubles are left, or an
// operand is out of the range of this way: what `out` holds there means nothing.
void wide_decays(std::int64_t now, std::int64_t unit, const std::uint64_t* times, const std::uint64_t* half_lives, std::uint64_t* out,
                 std::uint64_t* open, std::size_t count);

// The same of one half-life, 1 <= half_life < 2^52, counted in what times are, and any count; where a power is open it calls `answer` with the time.
void wide_decays_of(std::int64_t now, std::int64_t half_life, const std::int64_t* times, std::size_t count, double* out,
                    double (*answer)(std::int64_t now, std::int64_t half_life, std::int64_t time));

}  // namespace segue
