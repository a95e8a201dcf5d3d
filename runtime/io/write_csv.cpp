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

class CsvWriter {
 public:
  CsvWriter(const WrittenTable& table, const WriterContext& context) : table_(table), context_(context) {}

  std::expected<void, WriteError> write() {
    const bool is_long = context_.options.layout == OutputLayout::kLong;
    append_header(is_long);
    for (std::size_t i = 0; i < table_.count(); ++i) {
      if (is_long) {
        append_long_rows(table_.row(i));
      } else {
        append_wide_row(table_.row(i));
      }
      if (i % kRowsPerBatch == 0 && context_.is_cancelled()) return std::unexpected(cancelled_write());
      if (buffer_.size() < kBufferBytes) continue;
      if (auto flushed = flush(); !flushed) return flushed;
    }
    return flush();
  }

 private:
  void append_header(bool is_long) {
    if (is_long) {
      buffer_ += "account,definition,value\n";
      return;
    }
    append_cell(buffer_, table_.key_name);
    if (table_.second) {
      buffer_ += ',';
      append_cell(buffer_, table_.second_name);
    }
    for (const OutputColumn& column : table_.columns) {
      buffer_ += ',';
      append_cell(buffer_, column.name);
    }
    buffer_ += '\n';
  }

  void append_key(const KeyCells& key, std::size_t row) {
    if (key.column->is_known(key.cell(row))) append_cell(buffer_, key_text(key, row));
  }

  void append_wide_row(std::size_t row) {
    append_key(table_.key, row);
    if (table_.second) {
      buffer_ += ',';
      append_key(*table_.second, row);
    }
    for (const OutputColumn& column : table_.columns) {
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

  void append_long_rows(std::size_t row) {
    for (const OutputColumn& column : table_.columns) {
      if (!long_value(column, row, value_)) continue;
      append_key(table_.key, row);
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

  const WrittenTable& table_;
  const WriterContext& context_;
  std::string buffer_;
  std::string value_;
};

}  // namespace

std::expected<void, WriteError> write_csv(const WrittenTable& table, const WriterContext& context) {
  return CsvWriter(table, context).write();
}

}  // namespace segue::io
