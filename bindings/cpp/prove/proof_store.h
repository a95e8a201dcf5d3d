// This file's external interface is ProofStore: proofs of earlier runs, found by what their claims rest on. They lie beside compiled code and follow the same rules
// (docs/object-cache.md): what cannot be read is not there, what cannot be written is not kept. Private to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "bindings/cpp/prove/proofs.h"
#include "runtime/kept/object_cache.h"
#include "stdlib/sha256.h"

namespace segue {

class ProofStore {
 public:
  // Nothing is the folder that the environment names, if any; an empty path, none.
  explicit ProofStore(const std::optional<std::filesystem::path>& folder);

  // What was kept for a claim whose `claim_key` is `key`. An example that the schema no longer fits is as good as no proof.
  [[nodiscard]] std::optional<Proof> find(const CheckedProgram& program, const Claim& claim, const std::string& key);
  void add(const CheckedProgram& program, const Claim& claim, const std::string& key, const Proof& proof);
  // Writes what was added, beside what other processes have written meanwhile.
  void save();

 private:
  // Proofs lie in so many files, by their key, so that a few new ones do not rewrite all.
  static constexpr std::size_t kShards = 16;
  struct Entry {
    std::int64_t used = 0;  // the last day, since 1970
    std::string proof;
  };
  using Entries = std::map<Sha256Digest, Entry>;
  struct Shard {
    bool is_read = false;
    bool is_changed = false;
    Entries entries;
  };

  Shard& shard_of(const Sha256Digest& key);
  void read_into(std::size_t shard, Entries& entries) const;
  void write(std::size_t shard);

  std::optional<ObjectCache> folder_;
  std::array<Shard, kShards> shards_;
};

// As `settle_claims` of proofs.h, over a store that serves several calls; its user saves it.
[[nodiscard]] std::expected<SettledClaims, Failure> settle_claims(const CheckedProgram& program, std::span<const Claim> claims,
                                                                  const ProofOptions& options, ProofStore& store);

}  // namespace segue
