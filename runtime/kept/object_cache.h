// This file's external interface is ObjectCache: pieces of machine code, and proofs, kept in a folder from run to run, found by a key that says all that they depend on.
// It never fails: what cannot be read is not there, what cannot be written is not kept. Several processes may use one folder at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stdlib/sha256.h"

namespace segue {

// A hash of everything that what is kept depends on.
using CodeKey = Sha256Digest;

// The folder that the environment names: `SEGUE_CACHE_DIR`, or `segue/code` under `XDG_CACHE_HOME` or `~/.cache`. Nothing where `SEGUE_CACHE` is `off`, or there
// is no home.
[[nodiscard]] std::optional<std::filesystem::path> default_cache_folder();

class ObjectCache {
 public:
  static constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

  // The folder is made when something is kept. Entries that were not used for longest go when all are more than `most_bytes`.
  explicit ObjectCache(std::filesystem::path folder, std::uint64_t most_bytes = kMostBytes);
  ObjectCache(const ObjectCache&) = delete;
  ObjectCache& operator=(const ObjectCache&) = delete;
  ~ObjectCache();

  // What was kept under `key`, whole and unchanged, by this user; nothing otherwise.
  [[nodiscard]] std::optional<std::vector<std::byte>> find(const CodeKey& key) const;
  // Keeps `content` in place of what was there.
  void keep(const CodeKey& key, std::span<const std::byte> content);

  // Why the folder is not trusted, for people; empty when it is, or is not there.
  [[nodiscard]] const std::string& distrust() const { return distrust_; }

 private:
  void open_folder();
  [[nodiscard]] bool is_time_to_look(const CodeKey& key, std::uint64_t kept);
  void make_room() const;

  std::filesystem::path path_;
  std::uint64_t most_bytes_;
  std::uint64_t unseen_bytes_ = 0;  // kept since all entries were looked at
  int folder_ = -1;
  std::string distrust_;
};

}  // namespace segue
