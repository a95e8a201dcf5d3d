// This file's external interface is `sha256`: a hash of bytes that tells contents apart, by Nettle.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace segue {

using Sha256Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256Digest sha256(std::span<const std::byte> bytes);

}  // namespace segue
