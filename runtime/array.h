// This file's external interface is Array: a vector of plain values; its own, or borrowed from what holds them already.
#pragma once

#include <cassert>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace segue {

// Reads like a vector. What changes it may only be called where it is not borrowed; a borrowed one's values lie in a mapped file, say, and `owner` keeps them
// alive.
template <typename T>
class Array {
 public:
  using value_type = T;
  Array() = default;
  Array(std::vector<T> values) : own_(std::move(values)) {}  // NOLINT(google-explicit-constructor): a vector is one
  Array(std::initializer_list<T> values) : own_(values) {}
  [[nodiscard]] static Array borrow(const T* values, std::size_t size, std::shared_ptr<const void> owner) {
    Array array;
    array.borrowed_ = values;
    array.borrowed_size_ = size;
    array.owner_ = std::move(owner);
    return array;
  }

  [[nodiscard]] bool is_borrowed() const { return borrowed_ != nullptr; }
  [[nodiscard]] std::size_t size() const { return is_borrowed() ? borrowed_size_ : own_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const T* data() const { return is_borrowed() ? borrowed_ : own_.data(); }
  [[nodiscard]] const T* begin() const { return data(); }
  [[nodiscard]] const T* end() const { return data() + size(); }
  [[nodiscard]] const T& operator[](std::size_t i) const { return data()[i]; }
  [[nodiscard]] const T& front() const { return data()[0]; }
  [[nodiscard]] const T& back() const { return data()[size() - 1]; }

  // Its own values, to be changed.
  [[nodiscard]] std::vector<T>& own() {
    assert(!is_borrowed());
    return own_;
  }
  [[nodiscard]] T* data() { return own().data(); }
  [[nodiscard]] T* begin() { return own().data(); }
  [[nodiscard]] T* end() { return own().data() + own_.size(); }
  [[nodiscard]] T& operator[](std::size_t i) { return own()[i]; }
  [[nodiscard]] T& front() { return own().front(); }
  [[nodiscard]] T& back() { return own().back(); }
  void push_back(T value) { own().push_back(value); }
  void reserve(std::size_t size) { own().reserve(size); }
  void resize(std::size_t size, T value = T()) { own().resize(size, value); }
  void assign(std::size_t size, T value) { own().assign(size, value); }
  void clear() { *this = Array(); }

  friend bool operator==(const Array& a, const Array& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!(a[i] == b[i])) return false;
    }
    return true;
  }

 private:
  std::vector<T> own_;
  const T* borrowed_ = nullptr;
  std::size_t borrowed_size_ = 0;
  std::shared_ptr<const void> owner_;
};

}  // namespace segue
