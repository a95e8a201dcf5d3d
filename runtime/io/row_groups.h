// This file's external interface is what a file of groups (Parquet's row groups, Arrow's record batches) tells of them before they are read.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace segue::io {

// Where a group lies, and how large it is.
struct RowGroup {
  std::uint32_t file = 0;       // index into the table's files
  std::uint32_t number = 0;     // in its file
  std::uint64_t first_row = 0;  // in the table, over all files
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // in the file, over all columns
};

// What a file says of one column of one group. Where it says nothing that can be trusted, everything may be. Ranges are over the known values, in the
// units of the Column that is made (scaled decimals, days, microseconds; text and bools have none); integers of integer kinds, floats of floats.
struct GroupFacts {
  bool may_be_missing = true;
  bool may_be_known = true;
  bool may_be_bad = true;  // false: no cell can be bad, so that leaving the column unread hides nothing that would be reported
  std::optional<std::pair<std::int64_t, std::int64_t>> integers = {};
  std::optional<std::pair<double, double>> floats = {};
  std::uint64_t bytes = 0;  // as a Column, about
};

}  // namespace segue::io
