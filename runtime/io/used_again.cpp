// Blocks are mapped, and wait by size; what does not fit into a bound goes back to the system.
#include "runtime/io/used_again.h"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <new>

#include <sys/mman.h>

namespace segue::io {
namespace {

constexpr std::size_t kLeastStep = std::size_t{64} << 10;
constexpr std::size_t kMostKept = std::size_t{128} << 20;  // bytes that wait

// Sizes are few, so that what is given back mostly fits: eight between a power of two and the next.
std::size_t rounded(std::size_t bytes) {
  const std::size_t step = std::max(kLeastStep, std::bit_floor(bytes) / 8);
  return (bytes + step - 1) / step * step;
}

class Blocks {
 public:
  std::byte* take(std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = waiting_.find(size); found != waiting_.end()) {
        std::byte* block = found->second;
        waiting_.erase(found);
        bytes_ -= size;
        return block;
      }
    }
    void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    return static_cast<std::byte*>(mapped);
  }

  void give(std::byte* block, std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    {
      const std::lock_guard lock(mutex_);
      if (users_ != 0 && bytes_ + size <= kMostKept) {
        waiting_.emplace(size, block);
        bytes_ += size;
        return;
      }
    }
    ::munmap(block, size);
  }

  bool are_kept() {
    const std::lock_guard lock(mutex_);
    return users_ != 0;
  }

  void enter() {
    const std::lock_guard lock(mutex_);
    ++users_;
  }

  void leave() {
    std::multimap<std::size_t, std::byte*> blocks;
    {
      const std::lock_guard lock(mutex_);
      if (--users_ != 0) return;
      blocks.swap(waiting_);
      bytes_ = 0;
    }
    for (const auto& [size, block] : blocks) ::munmap(block, size);
  }

 private:
  std::mutex mutex_;  // guards the rest
  std::multimap<std::size_t, std::byte*> waiting_;
  std::size_t bytes_ = 0, users_ = 0;
};

// Never destroyed: blocks may be given back at the very end.
Blocks& blocks() {
  static auto* made = new Blocks();
  return *made;
}

}  // namespace

std::byte* take_block(std::size_t bytes) { return blocks().take(bytes); }
void give_block(std::byte* block, std::size_t bytes) { blocks().give(block, bytes); }

bool blocks_are_kept() { return blocks().are_kept(); }

KeepBlocks::KeepBlocks() { blocks().enter(); }
KeepBlocks::~KeepBlocks() { blocks().leave(); }

}  // namespace segue::io
