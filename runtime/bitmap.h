// This file's external interface is Bitmap: one bit a row, in 64-bit words, padded so that whole vectors may be read and written.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace segue {

// Bits of rows 0 … size-1; bit i of word i/64. Bits past the end are zero unless a caller sets them. The words are its own, or borrowed and then only
// read.
class Bitmap {
 public:
  Bitmap() = default;
  explicit Bitmap(std::size_t size, bool value = false) : size_(size), words_((size + 511) / 512 * 8, value ? ~std::uint64_t{0} : 0) {
    if (value) clear_tail();
  }
  // Words that something else holds, such as a mapped file, and that `owner` keeps alive: a multiple of eight, zero past the end.
  [[nodiscard]] static Bitmap borrow(const std::uint64_t* words, std::size_t size, std::shared_ptr<const void> owner) {
    Bitmap bitmap;
    bitmap.size_ = size;
    bitmap.borrowed_ = words;
    bitmap.owner_ = std::move(owner);
    return bitmap;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool test(std::size_t i) const { return (words()[i / 64] >> (i % 64)) & 1; }
  void set(std::size_t i, bool value = true) {
    assert(borrowed_ == nullptr);
    const std::uint64_t mask = std::uint64_t{1} << (i % 64);
    words_[i / 64] = value ? words_[i / 64] | mask : words_[i / 64] & ~mask;
  }
  // Number of set bits.
  [[nodiscard]] std::size_t count() const {
    std::size_t total = 0;
    for (std::size_t i = 0; i < word_count(); ++i) total += static_cast<std::size_t>(std::popcount(words()[i]));
    return total;
  }
  [[nodiscard]] const std::uint64_t* words() const { return borrowed_ != nullptr ? borrowed_ : words_.data(); }
  [[nodiscard]] std::uint64_t* words() {
    assert(borrowed_ == nullptr);
    return words_.data();
  }
  // Words in use, a multiple of eight (512 bits).
  [[nodiscard]] std::size_t word_count() const { return (size_ + 511) / 512 * 8; }
  // Sets the bits past size() to zero.
  void clear_tail() {
    for (std::size_t i = size_; i < words_.size() * 64; ++i) set(i, false);
  }

 private:
  std::size_t size_ = 0;
  std::vector<std::uint64_t> words_;
  const std::uint64_t* borrowed_ = nullptr;
  std::shared_ptr<const void> owner_;
};

}  // namespace segue
