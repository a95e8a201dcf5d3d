// This file's external interface is TextNumbers, what texts in Parquet mean to a slot, and `read_lists`. Seen by the reader of Parquet only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include <parquet/types.h>

#include "runtime/io/parquet_direct.h"
#include "runtime/io/piece.h"
#include "stdlib/text.h"

namespace parquet {
class ColumnReader;
}  // namespace parquet

namespace segue::io {

inline std::string_view view(const parquet::ByteArray& bytes) { return {reinterpret_cast<const char*>(bytes.ptr), bytes.len}; }

// The number that stands for a text: its code, or its index among an enum's values; negative where the text is bad.
class TextNumbers {
 public:
  TextNumbers(const Slot& slot, LocalTexts& texts) : slot_(slot), texts_(texts), is_enum_(slot.scalar_kind() == Kind::kEnum) {}

  std::int64_t of(std::string_view text) {
    if (!is_utf8(text)) return -1;
    if (!is_enum_) return texts_.code_of_copy(text);
    const ScalarValue value = enum_value(slot_, text);
    return value.state == ValueState::kKnown ? value.number : -1;
  }
  bool of(const parquet::ByteArray* texts, std::size_t count, std::vector<std::int64_t>& out) {
    out.resize(count + 1);
    std::int64_t least = 0;
    for (std::size_t i = 0; i < count; ++i) least = std::min(least, out[i] = of(view(texts[i])));
    return least >= 0;
  }

  [[nodiscard]] bool is_enum() const { return is_enum_; }

 private:
  const Slot& slot_;
  LocalTexts& texts_;
  bool is_enum_;
};

// Lists of text as the vectors of a piece; false where a cell is bad, or the file does not hold what it says.
[[nodiscard]] bool read_lists(parquet::ColumnReader& reader, const DirectColumn& column, const Slot& slot, std::size_t rows,
                              ColumnPiece& piece);

}  // namespace segue::io
