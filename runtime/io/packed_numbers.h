// This file's external interface is PackedNumbers: the numbers of a few bits that Parquet keeps as runs, of one number again and again or of bits side by side
// ("RLE/Bit-Packing Hybrid", https://parquet.apache.org/docs/file-format/data-pages/encodings/).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace segue::io {

class PackedNumbers {
 public:
  // What `read` may write past the last number.
  static constexpr std::size_t kSlack = 16;

  PackedNumbers() = default;
  // `width`, from 0 to 32, is the bits of a number. The bytes are borrowed.
  PackedNumbers(const std::uint8_t* bytes, std::size_t size, int width);

  // The next numbers, of which none, taken without a sign, is above `greatest`; false where there are not so many. `to` has room for kSlack more.
  [[nodiscard]] bool read(std::int32_t* to, std::size_t count, std::uint32_t greatest);
  // Whether the next numbers are all `value`, in one run: then they are passed over.
  [[nodiscard]] bool skip_all(std::int32_t value, std::size_t count);

  // How bits side by side are read: 16 numbers or fewer a step, of which the indexes of bytes and the shifts follow from the width.
  struct Layout {
    alignas(64) std::array<std::uint8_t, 64> bytes = {};
    alignas(64) std::array<std::uint32_t, 16> shifts = {};
    std::uint32_t mask = 0;
    int width = 0;
  };

 private:
  bool start_run();

  const std::uint8_t* at_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::size_t left_ = 0;                // numbers of the run
  std::size_t packed_ = 0;              // of these bits: the number that comes next
  const std::uint8_t* bits_ = nullptr;  // null: the run repeats a number
  std::int32_t repeated_ = 0;
  Layout layout_;
};

}  // namespace segue::io
