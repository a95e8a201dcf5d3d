// This file's external interface is `copy_bit_range`: bits between words, whatever their places.
#pragma once

#include <algorithm>
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

}  // namespace segue
