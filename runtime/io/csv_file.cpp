// Reading CSV files block by block.
#include "runtime/io/csv_file.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace segue::io {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kLongestRow = std::size_t{1} << 30;

std::shared_ptr<char[]> allocate(std::size_t size) { return std::shared_ptr<char[]>(new char[size + kTokenPadding]); }

// What the first bytes of a file that is no CSV say that it is.
const char* other_format(std::string_view start) {
  if (start.starts_with("PAR1")) return "a Parquet file";
  if (start.starts_with("ARROW1") || start.starts_with("\xff\xff\xff\xff")) return "an Arrow file";
  if (start.starts_with("\x1f\x8b")) return "compressed with gzip, and its name does not end in `.gz`";
  if (start.starts_with("PK\x03\x04")) return "a zip archive or a spreadsheet";
  if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) return "text in UTF-16, not UTF-8";
  return nullptr;
}

struct HeaderSink {
  std::vector<std::string> names;
  bool is_malformed = false;
  void cell(const Cell& cell) {
    names.push_back(cell_text(cell));
    is_malformed |= cell.is_malformed;
  }
  bool row(const char*, const char*) const { return false; }
};

// Keeps the wanted cells of each row.
struct BlockSink {
  CsvBlock& block;
  const std::vector<std::int32_t>& field_of;
  const char* begin;
  std::vector<std::uint32_t> row_starts;
  std::size_t column = 0;
  const Cell* first = nullptr;
  Cell only;

  void cell(const Cell& cell) {
    if (column == 0) {
      only = cell;
      block.cells.resize((block.rows + 1) * block.fields);
    }
    if (column < field_of.size() && field_of[column] >= 0)
      block.cells[block.rows * block.fields + static_cast<std::size_t>(field_of[column])] = cell;
    ++column;
  }
  bool row(const char* start, const char*) {
    const std::size_t cells = column;
    column = 0;
    // An empty line is no row, unless a row is a single cell.
    if (cells == 1 && field_of.size() > 1 && only.size == 0 && !only.is_quoted) return true;
    if (cells != field_of.size()) {
      block.odd_rows.push_back({block.rows, cells});
      std::fill_n(block.cells.begin() + static_cast<std::ptrdiff_t>(block.rows * block.fields), block.fields, Cell{});
    }
    row_starts.push_back(static_cast<std::uint32_t>(start - begin));
    ++block.rows;
    return true;
  }
};

std::uint64_t count_lines(const char* begin, const char* end) { return static_cast<std::uint64_t>(std::count(begin, end, '\n')); }

std::vector<std::uint32_t> line_offsets(const char* begin, const std::vector<std::uint32_t>& row_starts) {
  std::vector<std::uint32_t> offsets;
  offsets.reserve(row_starts.size());
  std::uint64_t line = 0;
  std::uint32_t at = 0;
  for (const std::uint32_t start : row_starts) {
    line += count_lines(begin + at, begin + start);
    at = start;
    offsets.push_back(static_cast<std::uint32_t>(line));
  }
  return offsets;
}

}  // namespace

std::string cell_text(const Cell& cell) {
  std::string text;
  text.reserve(cell.size);
  for (std::size_t i = 0; i < cell.size; ++i) {
    text += cell.data[i];
    if (cell.has_quotes && cell.data[i] == '"') ++i;
  }
  return text;
}

std::expected<std::unique_ptr<CsvFile>, LoadError> CsvFile::open(const std::string& path, const std::string& shown, bool is_gzip,
                                                                 char delimiter) {
  auto stream = open_stream(path, shown, is_gzip);
  if (!stream) return std::unexpected(stream.error());
  std::unique_ptr<CsvFile> file(new CsvFile(std::move(*stream), shown, delimiter));
  if (auto read = file->read_header(); !read) return std::unexpected(read.error());
  return file;
}

// Brings more bytes behind those that are left, into a new buffer, since blocks hold on to the old one.
std::expected<void, LoadError> CsvFile::fill() {
  const std::size_t left = end_ - at_;
  if (left >= kLongestRow)
    return std::unexpected(broken_file(shown_, fmt::format("the row that starts in line {} is longer than 1 GB", line_)));
  const std::size_t capacity = std::max(kBlockBytes, left * 2);
  std::shared_ptr<char[]> buffer = allocate(capacity);
  if (left != 0) std::memcpy(buffer.get(), buffer_.get() + at_, left);
  const auto count = stream_->read(buffer.get() + left, capacity - left);
  if (!count) return std::unexpected(count.error());
  is_at_end_ = *count < capacity - left;
  buffer_ = std::move(buffer);
  capacity_ = capacity;
  at_ = 0;
  end_ = left + *count;
  std::memset(buffer_.get() + end_, 0, kTokenPadding);
  return {};
}

LoadError CsvFile::open_quote_error(const char* rest) const {
  // The quote that stays open is in the last row: say where that row starts.
  return broken_file(
      shown_, fmt::format("a quote is not closed in the row that starts in line {}", line_ + count_lines(buffer_.get() + at_, rest)));
}

std::expected<void, LoadError> CsvFile::read_header() {
  for (bool is_first = true;; is_first = false) {
    if (auto filled = fill(); !filled) return filled;
    if (is_first) {
      const std::string_view start(buffer_.get(), end_);
      if (const char* format = other_format(start))
        return std::unexpected(broken_file(shown_, fmt::format("it should be CSV, and is {}", format)));
      if (start.starts_with("\xef\xbb\xbf")) at_ = 3;
      if (at_ == end_) return std::unexpected(broken_file(shown_, "it is empty; a CSV file starts with a line of column names"));
    }
    HeaderSink sink;
    const char* begin = buffer_.get() + at_;
    const TokenizeResult result = tokenize(begin, buffer_.get() + end_, delimiter_, is_at_end_, sink);
    if (result.rest == begin) {
      if (!is_at_end_) continue;
      return std::unexpected(open_quote_error(begin));
    }
    if (sink.is_malformed) return std::unexpected(broken_file(shown_, "there is text after a closing quote in its header"));
    header_ = std::move(sink.names);
    line_ += count_lines(begin, result.rest);
    at_ = static_cast<std::size_t>(result.rest - buffer_.get());
    return {};
  }
}

void CsvFile::select(const std::vector<std::uint32_t>& columns) {
  field_of_.assign(header_.size(), -1);
  for (std::size_t i = 0; i < columns.size(); ++i) field_of_[columns[i]] = static_cast<std::int32_t>(i);
  fields_ = columns.size();
}

std::expected<std::optional<CsvBlock>, LoadError> CsvFile::next_block() {
  for (;;) {
    // What is left is mostly a part of a row: read on, unless it is the tail of the file.
    if (!is_at_end_) {
      if (auto filled = fill(); !filled) return std::unexpected(filled.error());
    }
    if (at_ == end_) return std::nullopt;
    CsvBlock block;
    block.fields = fields_;
    block.expected_cells = header_.size();
    const char* begin = buffer_.get() + at_;
    BlockSink sink{block, field_of_, begin, {}, 0, nullptr, {}};
    const TokenizeResult result = tokenize(begin, buffer_.get() + end_, delimiter_, is_at_end_, sink);
    if (result.is_quote_open && is_at_end_) return std::unexpected(open_quote_error(result.rest));
    const auto lines = count_lines(begin, result.rest);
    block.cells.resize(block.rows * fields_);
    block.first_line = line_;
    const bool is_open_ended = result.rest > begin && result.rest[-1] != '\n';
    if (lines + (is_open_ended ? 1 : 0) != block.rows) block.line_offsets = line_offsets(begin, sink.row_starts);
    line_ += lines;
    at_ = static_cast<std::size_t>(result.rest - buffer_.get());
    const std::uint64_t position = stream_->position();
    block.file_bytes = position - std::min(position, last_position_);
    last_position_ = position;
    block.bytes = buffer_;
    block.text = std::string_view(begin, static_cast<std::size_t>(result.rest - begin));
    if (block.rows != 0) return block;
    if (is_at_end_) return std::nullopt;
  }
}

}  // namespace segue::io
