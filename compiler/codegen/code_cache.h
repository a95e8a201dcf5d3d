// This file's external interface is CodeCache: machine code that was made or loaded once in this process, over a folder in which it is kept from run to run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "compiler/codegen/code_image.h"
#include "runtime/kept/object_cache.h"

namespace segue {

// How pieces of code were come by.
struct CodeCounts {
  std::uint64_t in_memory = 0;  // there already
  std::uint64_t on_disk = 0;    // loaded from the folder
  std::uint64_t made = 0;       // compiled
};

struct CodeReport {
  CodeCounts counts;
  std::string distrust;  // why the folder is not used, for people; empty when it is
};

// May be used by several threads at once; what it gave out lives on without it.
class CodeCache {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

  // `folder`: nothing keeps code for this process alone. What was used longest ago is forgotten when all is more than `most_bytes`.
  explicit CodeCache(const std::optional<std::filesystem::path>& folder, std::size_t most_bytes = kMostBytes);

  [[nodiscard]] std::shared_ptr<const CodeImage> find(const CodeKey& key);  // null: nothing is kept
  // Loads what was compiled, and keeps it.
  [[nodiscard]] std::expected<std::shared_ptr<const CodeImage>, std::string> keep(const CodeKey& key, std::span<const std::byte> content);

  [[nodiscard]] CodeReport report() const;

 private:
  struct Kept {
    std::shared_ptr<const CodeImage> image;
    std::uint64_t used = 0;
  };

  void remember(const CodeKey& key, std::shared_ptr<const CodeImage> image);

  mutable std::mutex mutex_;
  std::optional<ObjectCache> disk_;
  std::map<CodeKey, Kept> kept_;
  std::size_t bytes_ = 0, most_bytes_;
  std::uint64_t uses_ = 0;
  CodeCounts counts_;
};

}  // namespace segue
