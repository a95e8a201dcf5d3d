// Large buffers are blocks; small ones come from Arrow's own pool.
#include "runtime/io/parquet_memory.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>

#include <arrow/memory_pool.h>
#include <arrow/status.h>

#include "runtime/io/used_again.h"

namespace segue::io {
namespace {

class BlockPool final : public arrow::MemoryPool {
 public:
  arrow::Status Allocate(std::int64_t size, std::int64_t alignment, std::uint8_t** out) override {
    if (!is_block(size, alignment)) return small_->Allocate(size, alignment, out);
    try {
      *out = reinterpret_cast<std::uint8_t*>(take_block(static_cast<std::size_t>(size)));
    } catch (const std::bad_alloc&) {
      return arrow::Status::OutOfMemory("no memory for ", size, " bytes");
    }
    bytes_ += size;
    ++blocks_;
    return arrow::Status::OK();
  }

  arrow::Status Reallocate(std::int64_t old_size, std::int64_t new_size, std::int64_t alignment, std::uint8_t** ptr) override {
    if (!is_block(old_size, alignment) && !is_block(new_size, alignment)) return small_->Reallocate(old_size, new_size, alignment, ptr);
    std::uint8_t* moved = nullptr;
    ARROW_RETURN_NOT_OK(Allocate(new_size, alignment, &moved));
    const std::int64_t kept = std::min(old_size, new_size);
    if (kept > 0) std::memcpy(moved, *ptr, static_cast<std::size_t>(kept));
    Free(*ptr, old_size, alignment);
    *ptr = moved;
    return arrow::Status::OK();
  }

  void Free(std::uint8_t* buffer, std::int64_t size, std::int64_t alignment) override {
    if (!is_block(size, alignment)) return small_->Free(buffer, size, alignment);
    give_block(reinterpret_cast<std::byte*>(buffer), static_cast<std::size_t>(size));
    bytes_ -= size;
  }

  [[nodiscard]] std::int64_t bytes_allocated() const override { return bytes_ + small_->bytes_allocated(); }
  [[nodiscard]] std::int64_t total_bytes_allocated() const override { return bytes_allocated(); }
  [[nodiscard]] std::int64_t num_allocations() const override { return blocks_ + small_->num_allocations(); }
  [[nodiscard]] std::string backend_name() const override { return small_->backend_name(); }

 private:
  // Blocks lie at the boundary of a page.
  static bool is_block(std::int64_t size, std::int64_t alignment) {
    return size >= static_cast<std::int64_t>(kLeastBlock) && alignment <= 4096;
  }

  arrow::MemoryPool* small_ = arrow::default_memory_pool();
  std::atomic<std::int64_t> bytes_ = 0, blocks_ = 0;
};

}  // namespace

arrow::MemoryPool* block_pool() {
  static auto* pool = new BlockPool();  // never destroyed: buffers may be freed at the very end
  return pool;
}

}  // namespace segue::io
