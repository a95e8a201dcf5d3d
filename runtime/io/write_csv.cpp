// Results as CSV (RFC 4180, lines ending in a newline alone). A missing value is an empty cell, an empty text a quoted one.
#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include <unistd.h>

#include "runtime/io/temporary_file.h"
#include "runtime/io/writers.h"
#include "stdlib/print_value.h"

namespace segue::io {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

void append_cell(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

class CsvWriter final : public TableWriter {
 public:
  explicit CsvWriter(const WriterContext& context) : context_(context), is_long_(context.options.layout == OutputLayout::kLong) {}

  void start(const WrittenTable& shape) { append_header(shape); }

  std::expected<void, WriteError> write(const WrittenTable& table) override {
    for (std::size_t i = 0; i < table.count(); ++i) {
      if (is_long_) {
        append_long_rows(table, table.row(i));
      } else {
        append_wide_row(table, table.row(i));
      }
      if (i % kRowsPerBatch == 0 && context_.is_cancelled()) return std::unexpected(cancelled_write());
      if (buffer_.size() < kBufferBytes) continue;
      if (auto flushed = flush(); !flushed) return flushed;
    }
    return {};
  }

  std::expected<void, WriteError> close() override { return flush(); }

 private:
  void append_header(const WrittenTable& table) {
    if (is_long_) {
      buffer_ += "account,definition,value\n";
      return;
    }
    append_cell(buffer_, table.key_name);
    if (table.second) {
      buffer_ += ',';
      append_cell(buffer_, table.second_name);
    }
    for (const OutputColumn& column : table.columns) {
      buffer_ += ',';
      append_cell(buffer_, column.name);
    }
    buffer_ += '\n';
  }

  void append_key(const KeyCells& key, std::size_t row) {
    if (key.column->is_known(key.cell(row))) append_cell(buffer_, key_text(key, row));
  }

  void append_wide_row(const WrittenTable& table, std::size_t row) {
    append_key(table.key, row);
    if (table.second) {
      buffer_ += ',';
      append_key(*table.second, row);
    }
    for (const OutputColumn& column : table.columns) {
      buffer_ += ',';
      switch (column.kind) {
        case OutputKind::kMembers: buffer_ += column.members->test(row) ? "true" : "false"; break;
        case OutputKind::kScores: buffer_ += print_float(column.scores[row]); break;
        case OutputKind::kLabels:
          if (column.codes[row] >= 0) append_cell(buffer_, column.labels[static_cast<std::size_t>(column.codes[row])]);
          break;
      }
    }
    buffer_ += '\n';
  }

  void append_long_rows(const WrittenTable& table, std::size_t row) {
    for (const OutputColumn& column : table.columns) {
      if (!long_value(column, row, value_)) continue;
      append_key(table.key, row);
      buffer_ += ',';
      append_cell(buffer_, column.name);
      buffer_ += ',';
      append_cell(buffer_, value_);
      buffer_ += '\n';
    }
  }

  std::expected<void, WriteError> flush() {
    std::string_view left = buffer_;
    while (!left.empty()) {
      const ssize_t count = ::write(context_.descriptor, left.data(), left.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return std::unexpected(write_error(context_.path, errno));
      left.remove_prefix(static_cast<std::size_t>(count));
    }
    buffer_.clear();
    return {};
  }

  const WriterContext& context_;
  bool is_long_;
  std::string buffer_;
  std::string value_;
};

}  // namespace

OpenedWriter open_csv_writer(const WrittenTable& shape, const WriterContext& context) {
  auto writer = std::make_unique<CsvWriter>(context);
  writer->start(shape);
  return writer;
}

}  // namespace segue::io
