// This file's external interface is ranges of bits in words, whatever their places: copied, and walked through.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace segue {

// Sets the bits `to_begin` … `to_begin + count - 1` of `to` to those from `from_begin` on in `from`; the other bits of `to` stay.
inline void copy_bit_range(std::uint64_t* to, std::size_t to_begin, const std::uint64_t* from, std::size_t from_begin, std::size_t count) {
  if (to_begin % 64 == 0 && from_begin % 64 == 0) {
    const std::size_t whole = count / 64;
    if (whole != 0) std::memcpy(to + to_begin / 64, from + from_begin / 64, whole * sizeof(std::uint64_t));
    to_begin += whole * 64, from_begin += whole * 64, count -= whole * 64;
  }
  while (count > 0) {
    const std::size_t shift = to_begin % 64, at = from_begin / 64, skip = from_begin % 64;
    const std::size_t taken = std::min(count, 64 - shift);
    std::uint64_t bits = from[at] >> skip;
    if (skip != 0 && skip + taken > 64) bits |= from[at + 1] << (64 - skip);
    const std::uint64_t mask = (taken == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << taken) - 1) << shift;
    to[to_begin / 64] = (to[to_begin / 64] & ~mask) | ((bits << shift) & mask);
    to_begin += taken, from_begin += taken, count -= taken;
  }
}

// Calls `on_bit(place)` for each set bit from `begin` to `end - 1`, ascending.
template <typename OnBit>
void for_each_set_bit(const std::uint64_t* words, std::size_t begin, std::size_t end, OnBit&& on_bit) {
  for (std::size_t at = begin; at < end;) {
    const std::size_t stop = std::min(end, (at / 64 + 1) * 64);
    std::uint64_t bits = words[at / 64] >> (at % 64);
    if (stop - at < 64) bits &= (std::uint64_t{1} << (stop - at)) - 1;
    for (; bits != 0; bits &= bits - 1) on_bit(at + static_cast<std::size_t>(std::countr_zero(bits)));
    at = stop;
  }
}

}  // namespace segue
