// Nettle's SHA-256 at once over a span.
#include "stdlib/sha256.h"

#include <nettle/sha2.h>

namespace segue {

Sha256Digest sha256(std::span<const std::byte> bytes) {
  Sha256Digest digest{};
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

}  // namespace segue
