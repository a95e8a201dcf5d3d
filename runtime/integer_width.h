// This file's external interface is `with_width`: code for integers of each width, chosen while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace segue {

// Calls `on_width(T{})` with the unsigned integer of so many bytes: 1, 2, 4, or else 8.
template <typename OnWidth>
void with_width(std::size_t bytes, OnWidth&& on_width) {
  switch (bytes) {
    case 1: return on_width(std::uint8_t{});
    case 2: return on_width(std::uint16_t{});
    case 4: return on_width(std::uint32_t{});
    default: return on_width(std::uint64_t{});
  }
}

}  // namespace segue
