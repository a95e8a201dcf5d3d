// This file's external interface is `convert_array`: the values of an Arrow array, whatever its width and encoding, as a column of a piece.
// `language.md`, "Data files". Seen by the readers of Parquet and Arrow IPC only.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <arrow/type_fwd.h>

#include "runtime/io/piece.h"

namespace segue::io {

// Why values of `type` cannot be read as the slot's type, in words that continue "column `x`"; nothing where they can, value by value.
[[nodiscard]] std::optional<std::string> type_fault(const Slot& slot, const arrow::DataType& type);

// The type that a schema would give a column of that type; nothing where no column of ours can hold its values.
[[nodiscard]] std::optional<Type> natural_type(const arrow::DataType& type);

// Puts the array's values into the rows from `first_row` on. The array's type has no fault.
void convert_array(const std::shared_ptr<arrow::Array>& array, std::size_t first_row, ColumnSink& sink);

// The same array with text seen as bytes, all offsets and indexes checked; nothing where they are wrong. For arrays out of files that
// nothing has checked: text that is not UTF-8 is a matter of single cells.
[[nodiscard]] std::shared_ptr<arrow::Array> checked_bytes(const std::shared_ptr<arrow::Array>& array);

}  // namespace segue::io
