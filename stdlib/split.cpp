// This file computes the hash of splits, by the SHA-256 of Nettle.
#include "stdlib/split.h"

#include <array>

#include <nettle/sha2.h>

namespace segue {

std::uint64_t split_hash(std::string_view seed, std::string_view key) {
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); };
  constexpr std::uint8_t kZero = 0;
  std::array<std::uint8_t, 8> digest{};  // all that we look at; Nettle gives as much of the digest as one asks for
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, seed.size(), bytes(seed));
  sha256_update(&context, 1, &kZero);
  sha256_update(&context, key.size(), bytes(key));
  sha256_digest(&context, digest.size(), digest.data());
  std::uint64_t first = 0;
  for (const std::uint8_t byte : digest) first = first << 8 | byte;
  return first >> 12;
}

}  // namespace segue
