// This file's external interface is CsvFile: a CSV file as blocks of whole rows, cut into cells, and `convert_csv`, which makes pieces of
// them. Cutting is quick and goes from front to back; converting is slow and may run in several threads.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/byte_stream.h"
#include "runtime/io/csv_tokens.h"
#include "runtime/io/piece.h"

namespace segue::io {

// Rows with the wrong number of cells.
struct OddRow {
  std::uint64_t row = 0;  // in the block
  std::uint64_t cells = 0;
};

struct CsvBlock {
  std::shared_ptr<char[]> bytes;  // the cells point into it
  std::size_t rows = 0;
  std::size_t fields = 0;                   // cells kept a row
  std::vector<Cell> cells;                  // row by row
  std::vector<std::uint32_t> line_offsets;  // of rows, from first_line; empty: a line a row
  std::uint64_t first_line = 1;
  std::vector<OddRow> odd_rows;
  std::uint64_t expected_cells = 0;
  std::string_view text;  // all rows
  std::uint64_t file_bytes = 0;
};

class CsvFile {
 public:
  // Opens the file and reads its header.
  [[nodiscard]] static std::expected<std::unique_ptr<CsvFile>, LoadError> open(const std::string& path, const std::string& shown,
                                                                               bool is_gzip, char delimiter);

  // The names in the header.
  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
  // Which columns of the file to keep, by position; call it once before next_block.
  void select(const std::vector<std::uint32_t>& columns);
  // The next rows; nothing at the end.
  [[nodiscard]] std::expected<std::optional<CsvBlock>, LoadError> next_block();

 private:
  CsvFile(std::unique_ptr<ByteStream> stream, std::string shown, char delimiter)
      : stream_(std::move(stream)),
        shown_(std::move(shown)),
        delimiter_(delimiter) {}
  std::expected<void, LoadError> read_header();
  std::expected<void, LoadError> fill();
  [[nodiscard]] LoadError open_quote_error(const char* rest) const;

  std::unique_ptr<ByteStream> stream_;
  std::string shown_;
  char delimiter_;
  std::vector<std::string> header_;
  std::vector<std::int32_t> field_of_;  // by column of the file; -1: not kept
  std::size_t fields_ = 0;
  std::shared_ptr<char[]> buffer_;  // bytes [at_, end_) are still to be cut
  std::size_t capacity_ = 0, at_ = 0, end_ = 0;
  bool is_at_end_ = false;
  std::uint64_t line_ = 1;
  std::uint64_t last_position_ = 0;
};

// The text of a cell, doubled quotes made single.
[[nodiscard]] std::string cell_text(const Cell& cell);

// The values of a block. `fields` gives the kept column of each slot.
[[nodiscard]] Piece convert_csv(CsvBlock block, const PieceContext& context, const std::vector<std::uint32_t>& fields,
                                const std::vector<std::string>& null_values);

}  // namespace segue::io
