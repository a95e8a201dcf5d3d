// This file's external interface is `read_direct`: a column of a Parquet row group decoded straight into a part, batch by batch, where every value is as it
// should be. Seen by the reader of Parquet only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <arrow/type_fwd.h>

#include "runtime/io/piece.h"
#include "runtime/io/row_groups.h"

namespace parquet {
class ColumnChunkMetaData;
class ColumnDescriptor;
class RowGroupReader;
}  // namespace parquet

namespace segue::io {

enum class DirectForm : std::uint8_t { kNone, kNumbers, kFloats, kBools, kTexts, kLists };

// How a column is decoded. A number x of the file means x · factor / divisor, and is good within [least, greatest].
struct DirectColumn {
  DirectForm form = DirectForm::kNone;
  int leaf = -1;
  bool is_nullable = false;
  bool is_unsigned = false;
  int width = 0;  // of numbers in a fixed number of bytes, highest first
  std::int64_t least = 0, greatest = 0;
  std::int64_t factor = 1, divisor = 1;
  int filled_level = 0, value_level = 0;  // of lists: the definition levels of an element, and of one that is not missing

  [[nodiscard]] std::int64_t value(std::int64_t raw) const { return raw * factor / divisor; }
};

// How the column of the file is read into a slot; kNone where that is not a matter of copying. `type` is what Arrow reads the column as.
[[nodiscard]] DirectColumn direct_column(const Slot& slot, const parquet::ColumnDescriptor& descriptor, int leaf,
                                         const arrow::DataType& type);

// The same of a column of lists of text; `filled_level` is the definition level from which a list has an element.
[[nodiscard]] DirectColumn direct_list(const Slot& slot, const parquet::ColumnDescriptor& descriptor, int leaf, const arrow::DataType& type,
                                       int filled_level);

// What the file says of a column of a group.
[[nodiscard]] GroupFacts direct_facts(const parquet::ColumnChunkMetaData& chunk, const DirectColumn& column, const Slot& slot);

// The rows of a group. Nothing where any of its cells is bad, or the file does not hold what it says: whoever reads it cell by cell finds out.
[[nodiscard]] std::optional<ColumnPiece> read_direct(parquet::RowGroupReader& group, const DirectColumn& column, const Slot& slot,
                                                     std::size_t rows, const Placement& placement, std::size_t first_row);

}  // namespace segue::io
