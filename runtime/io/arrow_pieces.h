// This file's external interface is `convert_chunks`: columns of Arrow arrays as a piece, for the readers of Parquet and Arrow IPC.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <arrow/api.h>

#include "runtime/io/arrow_convert.h"
#include "runtime/io/byte_stream.h"
#include "runtime/io/piece.h"

namespace segue::io {

// The columns that were selected, ascending, and for each slot the position among them.
struct ArrowSelection {
  std::vector<int> columns;
  std::vector<std::uint32_t> position_of_slot;
  const PieceContext* context = nullptr;
};

[[nodiscard]] ArrowSelection arrow_selection(const std::vector<std::uint32_t>& of_slots, const PieceContext& context);

// A piece of rows that are good, without values yet.
[[nodiscard]] Piece good_piece(const PieceContext& context, std::size_t rows);

// Puts the values of a slot into a piece; they must stay unchanged.
void convert_slot(const std::shared_ptr<arrow::ChunkedArray>& column, std::uint32_t slot, const PieceContext& context, Piece& piece);

// A piece of `rows` rows; `columns` are those of the selection, each with as many values. They must stay unchanged.
[[nodiscard]] Piece convert_chunks(const std::vector<std::shared_ptr<arrow::ChunkedArray>>& columns, std::int64_t rows,
                                   const ArrowSelection& selection);

// Opens a file for Arrow; environment errors in our words.
[[nodiscard]] std::expected<std::shared_ptr<arrow::io::RandomAccessFile>, LoadError> open_arrow_file(const std::string& path,
                                                                                                     const std::string& shown);

// What Arrow says about a broken file.
[[nodiscard]] LoadError broken_arrow(const std::string& shown, const std::string& format, const arrow::Status& status);

// Calls `action`, which gives a std::expected of LoadError, and turns exceptions of Arrow and Parquet into errors.
template <typename Action>
auto guarded(const std::string& shown, const std::string& format, Action action) -> decltype(action()) {
  try {
    return action();
  } catch (const std::exception& exception) {
    return std::unexpected(broken_arrow(shown, format, arrow::Status::IOError(exception.what())));
  }
}

}  // namespace segue::io
