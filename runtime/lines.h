// This file's external interface is how the bits and values of a frame's rows lie in memory, for kernels that read them in place.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "runtime/table.h"

namespace segue {

inline constexpr std::size_t kBlockRows = 512;
inline constexpr std::size_t kBlockWords = kBlockRows / 64;

// One bit a row: a line of kBlockWords words in each block of rows, `stride` words from a block's to the next one's; 0 where one line stands for all.
struct BitLines {
  const std::uint64_t* first = nullptr;
  std::size_t stride = 0;

  [[nodiscard]] const std::uint64_t* line(std::size_t block) const { return first + block * stride; }
  [[nodiscard]] std::uint64_t word(std::size_t at) const { return line(at / kBlockWords)[at % kBlockWords]; }
  [[nodiscard]] bool test(std::size_t row) const { return ((word(row / 64) >> (row % 64)) & 1) != 0; }
};

// Those bits of word `at` that are of the rows begin … end - 1, some of which it holds.
[[nodiscard]] inline std::uint64_t rows_of_word(std::uint64_t word, std::size_t at, std::size_t begin, std::size_t end) {
  if (begin > at * 64) word &= ~std::uint64_t{0} << (begin - at * 64);
  if (end < at * 64 + 64) word &= ~std::uint64_t{0} >> (at * 64 + 64 - end);
  return word;
}

// Calls `on_row(row)` for each set bit of the rows begin … end - 1, ascending.
template <typename OnRow>
void for_each_set_bit(const BitLines& lines, std::size_t begin, std::size_t end, OnRow&& on_row) {
  for (std::size_t at = begin / 64; at * 64 < end; ++at) {
    for (std::uint64_t bits = rows_of_word(lines.word(at), at, begin, end); bits != 0; bits &= bits - 1)
      on_row(at * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
  }
}

// Integers of one width, floats by their bits; 64 rows of them may be read where one is a row.
struct RowValues {
  const void* data = nullptr;
  Storage storage = Storage::kInt64;

  [[nodiscard]] std::int64_t operator[](std::size_t row) const {
    switch (bytes_of(storage)) {
      case 1: return static_cast<const std::int8_t*>(data)[row];
      case 2: return static_cast<const std::int16_t*>(data)[row];
      case 4: return static_cast<const std::int32_t*>(data)[row];
      default: return static_cast<const std::int64_t*>(data)[row];
    }
  }
};

}  // namespace segue
