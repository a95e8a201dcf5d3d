// This file's external interface is ByteWriter and ByteReader: numbers and texts as bytes, for what lies beside prepared tables. Little-endian, as the
// columns themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace segue {

class ByteWriter {
 public:
  template <typename T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void put(std::string_view text) {
    put<std::uint64_t>(text.size());
    bytes_.append(text);
  }
  template <typename T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void put(const std::optional<T>& value) {
    put<std::uint8_t>(value ? 1 : 0);
    if (value) put(*value);
  }
  template <typename T, typename Put>
  void put_all(const std::vector<T>& values, Put&& put_one) {
    put<std::uint64_t>(values.size());
    for (const T& value : values) put_one(*this, value);
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Never reads past the end: what is not there reads as zero, and `is_sound` says so.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  [[nodiscard]] T take() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (!has(sizeof(T))) return value;
    rest_.copy(reinterpret_cast<char*>(&value), sizeof(T));
    rest_.remove_prefix(sizeof(T));
    return value;
  }
  [[nodiscard]] std::string take_text() {
    const auto size = take<std::uint64_t>();
    if (!has(size)) return {};
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  template <typename T>
  [[nodiscard]] std::optional<T> take_optional() {
    return take<std::uint8_t>() != 0 ? std::optional(take<T>()) : std::nullopt;
  }
  template <typename Take>
  [[nodiscard]] auto take_all(Take&& take_one) -> std::vector<decltype(take_one(*this))> {
    std::vector<decltype(take_one(*this))> values;
    const auto count = take<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && is_sound_; ++i) values.push_back(take_one(*this));
    return values;
  }

  [[nodiscard]] bool is_sound() const { return is_sound_; }
  [[nodiscard]] bool is_at_end() const { return is_sound_ && rest_.empty(); }

 private:
  bool has(std::uint64_t size) {
    if (size <= rest_.size()) return true;
    is_sound_ = false;
    rest_ = {};
    return false;
  }

  std::string_view rest_;
  bool is_sound_ = true;
};

}  // namespace segue
