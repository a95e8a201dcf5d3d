// This file's external interface is `tokenize`: text cut into the cells of RFC 4180. 64 bytes at a time become a mask of the bytes that
// matter (delimiter, quote, newline); everything between them is skipped.
// After G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second" (VLDB Journal 28, 2019), stage 1.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace segue::io {

// Bytes that must be readable past the end of a text that is tokenized.
inline constexpr std::size_t kTokenPadding = 64;

struct Cell {
  const char* data = nullptr;  // null: the row has no such cell
  std::uint32_t size = 0;
  bool is_quoted = false;
  bool has_quotes = false;    // doubled quotes inside
  bool is_malformed = false;  // text after the closing quote; `data` then spans the cell as written
};

// The positions of delimiters, quotes and newlines, in order.
class SpecialBytes {
 public:
  SpecialBytes(const char* begin, const char* end, char delimiter) : block_(begin), end_(end), delimiter_(delimiter) {
    mask_ = begin < end ? load() : 0;
  }

  // The next one; `end` after the last.
  const char* next() {
    while (mask_ == 0) {
      if (end_ - block_ <= 64) return end_;
      block_ += 64;
      mask_ = load();
    }
    const char* found = block_ + std::countr_zero(mask_);
    mask_ &= mask_ - 1;
    return found < end_ ? found : end_;
  }

 private:
#ifdef __SSE2__
  [[nodiscard]] std::uint64_t load() const {
    std::uint64_t mask = 0;
    for (int i = 0; i < 4; ++i) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block_ + i * 16));
      const __m128i hits =
          _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(delimiter_)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))),
                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
      mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(hits))) << (i * 16);
    }
    return mask;
  }
#else
  [[nodiscard]] std::uint64_t load() const {
    std::uint64_t mask = 0;
    for (int i = 0; i < 64; ++i) {
      const char byte = block_[i];
      if (byte == delimiter_ || byte == '"' || byte == '\n') mask |= std::uint64_t{1} << i;
    }
    return mask;
  }
#endif

  const char* block_;
  const char* end_;
  char delimiter_;
  std::uint64_t mask_ = 0;
};

struct TokenizeResult {
  const char* rest;            // where the first row that is not whole begins
  bool is_quote_open = false;  // the rest ends inside quotes
};

// Cuts the rows of [begin, end), where `begin` starts a row. `sink.cell(const Cell&)` gets each cell, `sink.row(begin, end)` ends a row and says
// whether to go on. Without `is_last` the last row is whole only with its newline. kTokenPadding bytes behind `end` are read.
template <typename Sink>
TokenizeResult tokenize(const char* begin, const char* end, char delimiter, bool is_last, Sink& sink) {
  enum class State : std::uint8_t { kPlain, kQuoted, kClosed };
  SpecialBytes specials(begin, end, delimiter);
  State state = State::kPlain;
  const char* row = begin;
  const char* cell = begin;
  const char* closing = nullptr;
  bool has_quotes = false, is_malformed = false;

  auto emit = [&](const char* stop) {
    if (state == State::kPlain) {
      sink.cell(Cell{cell, static_cast<std::uint32_t>(stop - cell), false, false, false});
    } else if (is_malformed || stop != closing + 1) {
      sink.cell(Cell{cell, static_cast<std::uint32_t>(stop - cell), true, false, true});
    } else {
      sink.cell(Cell{cell + 1, static_cast<std::uint32_t>(closing - cell - 1), true, has_quotes, false});
    }
    state = State::kPlain;
    has_quotes = is_malformed = false;
  };
  auto without_return = [&](const char* stop) {
    return stop > cell && stop[-1] == '\r' && (state == State::kPlain || stop - 1 > closing) ? stop - 1 : stop;
  };

  for (;;) {
    const char* at = specials.next();
    if (at == end) break;
    if (*at == '"') {
      if (state == State::kPlain) {
        if (at == cell) state = State::kQuoted;
      } else if (state == State::kClosed) {
        is_malformed = true;
      } else if (at + 1 == end && !is_last) {
        break;  // doubled or closing: the next byte will tell
      } else if (at + 1 < end && at[1] == '"') {
        has_quotes = true;
        specials.next();
      } else {
        state = State::kClosed;
        closing = at;
      }
    } else if (state == State::kQuoted) {
      continue;
    } else if (*at == delimiter) {
      emit(at);
      cell = at + 1;
    } else {
      emit(without_return(at));
      cell = at + 1;
      const char* start = row;
      row = at + 1;
      if (!sink.row(start, at)) return {row, false};
    }
  }
  if (state == State::kQuoted) return {row, true};
  if (is_last && row < end) {
    emit(without_return(end));
    sink.row(row, end);
    row = end;
  }
  return {row, false};
}

}  // namespace segue::io
