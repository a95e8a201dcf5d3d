// One lock over memory and folder: reading an entry takes less than compiling it by far.
#include "compiler/codegen/code_cache.h"

#include <algorithm>
#include <utility>

namespace segue {

CodeCache::CodeCache(const std::optional<std::filesystem::path>& folder, std::size_t most_bytes) : most_bytes_(most_bytes) {
  if (folder) disk_.emplace(*folder);
}

std::shared_ptr<const CodeImage> CodeCache::find(const CodeKey& key) {
  const std::scoped_lock lock(mutex_);
  if (const auto at = kept_.find(key); at != kept_.end()) {
    at->second.used = ++uses_;
    ++counts_.in_memory;
    return at->second.image;
  }
  if (!disk_) return nullptr;
  const auto content = disk_->find(key);
  if (!content || !is_content(*content)) return nullptr;
  auto image = CodeImage::load(*content);
  if (!image) return nullptr;
  ++counts_.on_disk;
  remember(key, *image);
  return *image;
}

std::expected<std::shared_ptr<const CodeImage>, std::string> CodeCache::keep(const CodeKey& key, std::span<const std::byte> content) {
  auto image = CodeImage::load(content);
  if (!image) return image;
  const std::scoped_lock lock(mutex_);
  ++counts_.made;
  if (disk_) disk_->keep(key, content);
  remember(key, *image);
  return image;
}

void CodeCache::remember(const CodeKey& key, std::shared_ptr<const CodeImage> image) {
  bytes_ += image->bytes();
  Kept& kept = kept_[key];
  if (kept.image != nullptr) bytes_ -= kept.image->bytes();
  kept = {std::move(image), ++uses_};
  while (bytes_ > most_bytes_ && kept_.size() > 1) {
    const auto oldest = std::ranges::min_element(kept_, {}, [](const auto& entry) { return entry.second.used; });
    bytes_ -= oldest->second.image->bytes();
    kept_.erase(oldest);
  }
}

CodeReport CodeCache::report() const {
  const std::scoped_lock lock(mutex_);
  return {counts_, disk_ ? disk_->distrust() : std::string()};
}

}  // namespace segue
