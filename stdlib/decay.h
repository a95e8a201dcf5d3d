// This file's external interface is decay: 2^(-age / half-life), and the power of two that it stands on. `language.md`, "score".
#pragma once

#include <cstddef>
#include <cstdint>

#include "stdlib/number.h"

namespace segue {

// 2^x, correctly rounded but for arguments so close to the middle between two doubles that no test has met one (the error before rounding is below
// 2^-30 of the last digit). It calls no mathematical library, so it gives the same bits on every machine. `x` is not NaN; beyond the range of doubles it gives 0 and infinity.
[[nodiscard]] double exp2_of(double x);

// 2^(-age / half_life), where the quotient is the double nearest to the exact one. Missing where `age` is negative (the future) or `half_life` is not above 0.
// Ages and half-lives in microseconds or whole days, a day being 24 hours beside exact time.
[[nodiscard]] KnownFloat decay_of_spans(std::int64_t age_micros, std::int64_t half_life_micros);
[[nodiscard]] KnownFloat decay_of_span_in_days(std::int64_t age_micros, std::int64_t half_life_days);
[[nodiscard]] KnownFloat decay_of_days(std::int64_t age_days, std::int64_t half_life_days);

// The same for up to 64 times at once, eight side by side: writes the bits of 2^(-(now - time) / (half_life · unit)) where a quick approximation leaves only one double, and
// gives the word of the rest (bit i is row i), some three in a hundred, which the functions above answer; what `out` holds there means nothing. `out` may be `times`
// or `half_lives`.
[[nodiscard]] std::uint64_t quick_decays(std::int64_t now, std::int64_t unit, const std::int64_t* times, const std::int64_t* half_lives,
                                         std::int64_t* out, std::size_t count);

// The powers of `count` times of which none is in the future, by one half-life above 0, to the last bit; `unit` is 1, or a day where times are counted in µs and half-lives in days.
void decays_of(std::int64_t now, std::int64_t unit, std::int64_t half_life, const std::int64_t* times, std::size_t count, double* out);

}  // namespace segue
