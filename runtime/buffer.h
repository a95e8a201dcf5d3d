// This file's external interface is Buffer: the bytes of a column, aligned; its own, or borrowed from what holds them already.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace segue {

// Allocates at 64-byte boundaries, so that vectors of 64 rows load aligned.
template <typename T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U>
  AlignedAllocator(const AlignedAllocator<U>&) {}  // NOLINT(google-explicit-constructor): required of allocators
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{64})); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t{64}); }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};
using AlignedBytes = std::vector<std::byte, AlignedAllocator<std::byte>>;

// A vector of bytes; or bytes of a mapped file or of another library's array, which `owner` keeps alive and nobody may change.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(AlignedBytes bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] static Buffer borrow(const void* bytes, std::size_t size, std::shared_ptr<const void> owner) {
    Buffer buffer;
    buffer.borrowed_ = static_cast<const std::byte*>(bytes);
    buffer.borrowed_size_ = size;
    buffer.owner_ = std::move(owner);
    return buffer;
  }

  [[nodiscard]] bool is_borrowed() const { return borrowed_ != nullptr; }
  [[nodiscard]] std::size_t size() const { return is_borrowed() ? borrowed_size_ : bytes_.size(); }
  [[nodiscard]] const std::byte* data() const { return is_borrowed() ? borrowed_ : bytes_.data(); }
  // Only of one that is not borrowed.
  [[nodiscard]] std::byte* data() {
    assert(!is_borrowed());
    return bytes_.data();
  }
  // The same; new bytes are zero.
  void resize(std::size_t size) {
    assert(!is_borrowed());
    bytes_.resize(size);
  }

 private:
  AlignedBytes bytes_;
  const std::byte* borrowed_ = nullptr;
  std::size_t borrowed_size_ = 0;
  std::shared_ptr<const void> owner_;
};

}  // namespace segue
