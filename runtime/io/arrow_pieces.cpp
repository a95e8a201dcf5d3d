// What the readers of Parquet and Arrow IPC share.
#include "runtime/io/arrow_pieces.h"

#include <algorithm>
#include <cerrno>

#include <arrow/io/file.h>
#include <fmt/format.h>
#include <unistd.h>

#include "runtime/io/points.h"

namespace segue::io {

ArrowSelection arrow_selection(const std::vector<std::uint32_t>& of_slots, const PieceContext& context) {
  ArrowSelection selection;
  selection.context = &context;
  for (const std::uint32_t column : of_slots) selection.columns.push_back(static_cast<int>(column));
  std::ranges::sort(selection.columns);
  const auto repeated = std::ranges::unique(selection.columns);
  selection.columns.erase(repeated.begin(), repeated.end());
  for (const std::uint32_t column : of_slots) {
    const auto found = std::ranges::lower_bound(selection.columns, static_cast<int>(column));
    selection.position_of_slot.push_back(static_cast<std::uint32_t>(found - selection.columns.begin()));
  }
  return selection;
}

Piece good_piece(const PieceContext& context, std::size_t rows) {
  Piece piece;
  piece.rows = rows;
  piece.columns.resize(context.slots.size());
  return piece;
}

void convert_slot(const std::shared_ptr<arrow::ChunkedArray>& column, std::uint32_t slot, const PieceContext& context, Piece& piece) {
  ColumnSink sink(context, slot, piece);
  std::size_t first_row = 0;
  for (const auto& chunk : column->chunks()) {
    convert_array(chunk, first_row, sink);
    first_row += static_cast<std::size_t>(chunk->length());
  }
  sink.finish();
  piece.keep_alive.push_back(column);
}

Piece convert_chunks(const std::vector<std::shared_ptr<arrow::ChunkedArray>>& columns, std::int64_t rows, const ArrowSelection& selection) {
  const PieceContext& context = *selection.context;
  Piece piece = good_piece(context, static_cast<std::size_t>(rows));
  piece.all_states();
  for (std::uint32_t slot = 0; slot < context.slots.size(); ++slot)
    convert_slot(columns[selection.position_of_slot[slot]], slot, context, piece);
  settle_points(context, piece);
  return piece;
}

std::expected<std::shared_ptr<arrow::io::RandomAccessFile>, LoadError> open_arrow_file(const std::string& path, const std::string& shown) {
  const auto descriptor = open_descriptor(path, shown);
  if (!descriptor) return std::unexpected(descriptor.error());
  auto file = arrow::io::ReadableFile::Open(*descriptor);
  if (!file.ok()) {
    ::close(*descriptor);
    return std::unexpected(file_error(shown, EIO));
  }
  return *file;
}

LoadError broken_arrow(const std::string& shown, const std::string& format, const arrow::Status& status) {
  const std::string& message = status.message();
  const std::string reason = printable(std::string_view(message).substr(0, message.find('\n')));
  return broken_file(shown, fmt::format("it is no whole {} file ({})", format, reason));
}

}  // namespace segue::io
