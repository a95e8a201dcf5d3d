// This file's external interface is the writers of the three formats: each writes an Output to an open file.
#pragma once

#include <expected>
#include <string>

#include "runtime/io/write.h"

namespace segue::io {

enum class OutputFormat : std::uint8_t { kCsv, kParquet, kArrow };

// What a writer needs to know besides the output. It polls for cancellation after every batch of rows.
struct WriterContext {
  int descriptor = -1;      // open for writing; stays open
  const std::string& path;  // for messages
  const WriteOptions& options;

  [[nodiscard]] bool is_cancelled() const { return options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed); }
};

inline WriteError cancelled_write() { return {WriteErrorKind::kCancelled, "interrupted"}; }

inline constexpr std::size_t kRowsPerBatch = 65'536;

[[nodiscard]] std::expected<void, WriteError> write_csv(const Output& output, const WriterContext& context);
// Parquet or Arrow IPC.
[[nodiscard]] std::expected<void, WriteError> write_arrow(const Output& output, OutputFormat format, const WriterContext& context);

// The value of a key as text, for CSV.
[[nodiscard]] std::string key_text(const Output& output, std::size_t row);

// What the long layout says of an account and a definition: its value as text. False where there is no such row.
[[nodiscard]] bool long_value(const OutputColumn& column, std::size_t row, std::string& out);

}  // namespace segue::io
