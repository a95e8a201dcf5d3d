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
  CsvWriter(const Output& output, const WriterContext& context) : output_(output), context_(context) {}

  std::expected<void, WriteError> write() {
    const bool is_long = context_.options.layout == OutputLayout::kLong;
    append_header(is_long);
    for (std::size_t row = 0; row < output_.key->rows; ++row) {
      if (is_long) {
        append_long_rows(row);
      } else {
        append_wide_row(row);
      }
      if (row % kRowsPerBatch == 0 && context_.is_cancelled()) return std::unexpected(cancelled_write());
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
    append_cell(buffer_, output_.key_name);
    for (const OutputColumn& column : output_.columns) {
      buffer_ += ',';
      append_cell(buffer_, column.name);
    }
    buffer_ += '\n';
  }

  void append_key(std::size_t row) {
    if (output_.key->is_known(row)) append_cell(buffer_, key_text(output_, row));
  }

  void append_wide_row(std::size_t row) {
    append_key(row);
    for (const OutputColumn& column : output_.columns) {
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
    for (const OutputColumn& column : output_.columns) {
      if (!long_value(column, row, value_)) continue;
      append_key(row);
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

  const Output& output_;
  const WriterContext& context_;
  std::string buffer_;
  std::string value_;
};

}  // namespace

std::expected<void, WriteError> write_csv(const Output& output, const WriterContext& context) { return CsvWriter(output, context).write(); }

}  // namespace segue::io
