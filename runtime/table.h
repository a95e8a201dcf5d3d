// This file's external interface is Database: the tables in memory, typed and linked, as every evaluator reads them.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/array.h"
#include "runtime/bitmap.h"
#include "runtime/buffer.h"
#include "runtime/type.h"

namespace segue {

using RowId = std::uint32_t;
inline constexpr RowId kNoRow = 0xffff'ffff;

// The distinct texts of one or more columns. Codes are dense, in no order that anything may rely on.
class Dictionary {
 public:
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::string_view at(std::size_t code) const {
    const std::size_t begin = code == 0 ? 0 : ends_[code - 1];
    return {bytes_.data() + begin, ends_[code] - begin};
  }
  // Appends without looking for an equal text and gives its code. Only to one that is not borrowed.
  std::int32_t append(std::string_view text) {
    bytes_.own().insert(bytes_.own().end(), text.begin(), text.end());
    ends_.push_back(bytes_.size());
    return static_cast<std::int32_t>(ends_.size() - 1);
  }

  Dictionary() = default;
  // The bytes of all texts one after the other, and where each of them ends.
  Dictionary(Array<char> bytes, Array<std::uint64_t> ends) : bytes_(std::move(bytes)), ends_(std::move(ends)) {}
  [[nodiscard]] const Array<char>& bytes() const { return bytes_; }
  [[nodiscard]] const Array<std::uint64_t>& ends() const { return ends_; }

 private:
  Array<char> bytes_;
  Array<std::uint64_t> ends_;
};

// How the values of a column lie in memory.
enum class Storage : std::uint8_t {
  kNone,  // the column was not read
  kBits,  // bool: a Bitmap
  kInt8,  // int, decimal (scaled), date, timestamp, enum index: the narrowest width that holds every value
  kInt16,
  kInt32,
  kInt64,
  kFloat64,  // float
  kCodes,    // text: int32 codes into `dictionary`
  kLists,    // list<T>: int32 codes into `dictionary` (text) or `element_values`, cut by `offsets`; a cell's codes ascend and are distinct
};

// Bytes of one value; 0 where a column holds no array of values.
[[nodiscard]] inline std::size_t bytes_of(Storage storage) {
  switch (storage) {
    case Storage::kInt8: return 1;
    case Storage::kInt16: return 2;
    case Storage::kInt32:
    case Storage::kCodes: return 4;
    case Storage::kInt64:
    case Storage::kFloat64: return 8;
    case Storage::kNone:
    case Storage::kBits:
    case Storage::kLists: return 0;
  }
  return 0;
}

// A column recoded, so that a comparison reads one or two bytes a row: which of the intervals between `cuts` a value lies in. The code of a row is 0
// where the value is missing, else 1 + the number of cuts that are at most the value; it is stored minus 2^7 (kInt8) or 2^15 (kInt16), so that signed
// comparisons order codes. A test is answered by codes alone where its bounds are cuts. Cuts ascend and are distinct: integers as they are; floats
// by their bits, in the order of the numbers, with zero never negative. Padded like Column::data.
struct RankCodes {
  std::vector<std::int64_t> cuts;
  Storage storage = Storage::kInt8;
  Buffer data;
};

// What each run of `block_rows` neighbouring rows holds (the last may be shorter): enough to settle a test before the rows are read. Of integer kinds and
// floats; `least` and `greatest` are over the known values, as in RankCodes::cuts, and mean nothing where all are missing.
struct ColumnStatistics {
  static constexpr std::size_t kRows = 4096;
  std::size_t block_rows = kRows;  // fewer in tests alone, a multiple of 512
  std::vector<std::int64_t> least, greatest;
  std::vector<std::uint32_t> missing;
};

// One column. `data` is padded with zero bytes to a multiple of 64 rows (at least 64 past the end), so vectors may be read past the last row; the value of a missing row is zero.
struct Column {
  Type type;
  Storage storage = Storage::kNone;
  std::size_t rows = 0;
  Bitmap valid;                                             // empty: every row is known
  Bitmap bits;                                              // kBits
  Buffer data;                                              // kInt8 … kCodes; for kLists the codes of all cells
  Array<std::uint64_t> offsets;                             // kLists: rows + 1
  std::shared_ptr<const Dictionary> dictionary;             // kCodes, and kLists of text
  std::vector<std::int64_t> element_values;                 // kLists of anything else: distinct values as in Constant (doubles by bit_cast)
  std::shared_ptr<const RankCodes> ranks = {};              // of prepared tables, where the rules ask for comparisons
  std::shared_ptr<const ColumnStatistics> statistics = {};  // where somebody made them

  [[nodiscard]] bool is_read() const { return storage != Storage::kNone; }
  [[nodiscard]] bool is_known(std::size_t row) const { return valid.empty() || valid.test(row); }
  [[nodiscard]] bool bool_at(std::size_t row) const { return bits.test(row); }
  template <typename T>
  [[nodiscard]] const T* values() const {
    return reinterpret_cast<const T*>(data.data());
  }
  // Integer kinds of any width.
  [[nodiscard]] std::int64_t int_at(std::size_t row) const {
    switch (storage) {
      case Storage::kInt8: return values<std::int8_t>()[row];
      case Storage::kInt16: return values<std::int16_t>()[row];
      case Storage::kInt32: return values<std::int32_t>()[row];
      case Storage::kInt64: return values<std::int64_t>()[row];
      default: assert(false && "not an integer column"); return 0;
    }
  }
  [[nodiscard]] double float_at(std::size_t row) const { return values<double>()[row]; }
  [[nodiscard]] std::int32_t code_at(std::size_t row) const { return values<std::int32_t>()[row]; }
  [[nodiscard]] std::string_view text_at(std::size_t row) const { return dictionary->at(static_cast<std::size_t>(code_at(row))); }
};

// Which row of a parent each row of a child table belongs to, both ways round.
struct Link {
  Array<RowId> parent_of;        // by child row; kNoRow for an orphan of this link
  Array<std::uint64_t> offsets;  // by parent row, parents + 1: where its children lie in `children`
  Array<RowId> children;         // child rows grouped by parent, ascending within one; empty when the child table itself lies in that order
  // Child row number i (0 ≤ i < offsets.back()) in grouped order.
  [[nodiscard]] RowId child(std::size_t i) const { return children.empty() ? static_cast<RowId>(i) : children[i]; }
};

// A table after reading: bad rows that are skipped, rows not yet known at the clock, and repeated rows under `dedupe` are gone.
struct Table {
  std::string name;
  std::size_t rows = 0;
  std::vector<Column> columns;           // by the schema's column index; kNone where not read
  std::vector<Link> links;               // by the schema's parent index
  std::vector<Array<RowId>> references;  // by the schema's reference index: target row of each row, kNoRow where it leads nowhere
};

// All tables, by the schema's table index; table 0 is the account.
struct Database {
  std::vector<Table> tables;
};

}  // namespace segue
