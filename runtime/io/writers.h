// This file's external interface is TableWriter, which writes rows to an open file as they come, and the writers of the three formats.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/write.h"

namespace segue::io {

enum class OutputFormat : std::uint8_t { kCsv, kParquet, kArrow };

// The cells of a column of keys, by row of the output's table.
struct KeyCells {
  const Column* column = nullptr;
  std::span<const std::string> labels;  // of a key of type enum
  std::span<const RowId> rows;          // by row of the output's table: the row of `column`; empty: the same

  [[nodiscard]] std::size_t cell(std::size_t row) const { return rows.empty() ? row : rows[row]; }
};

// A table to write: an Output's rows, or an audience's. Everything is borrowed.
struct WrittenTable {
  std::string_view key_name;
  KeyCells key;
  std::string_view second_name;  // of further keys in the second column
  std::optional<KeyCells> second;
  std::span<const OutputColumn> columns;
  std::vector<RowId> rows;  // those that are written, in order, where `all_rows` is not set
  std::optional<std::size_t> all_rows;

  [[nodiscard]] std::size_t count() const { return all_rows.value_or(rows.size()); }
  [[nodiscard]] std::size_t row(std::size_t i) const { return all_rows ? i : rows[i]; }
};

// What a writer needs to know besides the table. It polls for cancellation after every batch of rows.
struct WriterContext {
  int descriptor = -1;      // open for writing; stays open
  const std::string& path;  // for messages
  const WriteOptions& options;

  [[nodiscard]] bool is_cancelled() const { return options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed); }
};

inline WriteError cancelled_write() { return {WriteErrorKind::kCancelled, "interrupted"}; }

inline constexpr std::size_t kRowsPerBatch = 65'536;

// The bytes of a file do not depend on how its rows are cut into calls.
class TableWriter {
 public:
  TableWriter() = default;
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;
  virtual ~TableWriter() = default;

  // Writes further rows, of the same columns.
  virtual std::expected<void, WriteError> write(const WrittenTable& table) = 0;
  // Writes what is left. Nothing is written afterwards.
  virtual std::expected<void, WriteError> close() = 0;
};
using OpenedWriter = std::expected<std::unique_ptr<TableWriter>, WriteError>;

// `shape` has the names and types of what will be written; its rows are not looked at. The context must outlive the writer.
[[nodiscard]] OpenedWriter open_csv_writer(const WrittenTable& shape, const WriterContext& context);
// Parquet or Arrow IPC.
[[nodiscard]] OpenedWriter open_arrow_writer(const WrittenTable& shape, OutputFormat format, const WriterContext& context);

// The value of a key as text, for CSV; empty where it is missing.
[[nodiscard]] std::string key_text(const KeyCells& key, std::size_t row);

// What the long layout says of an account and a definition: its value as text. False where there is no such row.
[[nodiscard]] bool long_value(const OutputColumn& column, std::size_t row, std::string& out);

}  // namespace segue::io
