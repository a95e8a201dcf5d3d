// The file of a list → its values.
#include "compiler/schema/list_file.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"
#include "compiler/schema/report.h"

namespace segue {
namespace {

constexpr std::string_view kBlanks = " \t\r";

Span span_of(SourceId id, std::size_t begin, std::size_t end) {
  return Span{id, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

std::size_t start_of(std::string_view text) { return text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; }

// `"Acme ""Inc"""` → `Acme "Inc"`; the text as it is when it is not one whole quoted field.
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    value += text[i];
    if (text[i] != '"') continue;
    ++i;  // a quote within the value stands twice
    if (i + 1 >= text.size() || text[i] != '"') return std::string(text);
  }
  return value;
}

void read_lines(std::string_view text, SourceId id, ListFile& file) {
  for (std::size_t line = start_of(text); line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    const std::size_t first = text.find_first_not_of(kBlanks, line);
    if (first < end) {
      const std::size_t last = text.find_last_not_of(kBlanks, end - 1) + 1;
      std::string value = unquoted(text.substr(first, last - first));
      if (!value.empty()) file.values.push_back(ListValue{std::move(value), span_of(id, first, last)});
    }
    line = end + 1;
  }
}

struct Field {
  std::string text;
  Span span;
};

// Reads the records of a CSV one by one (RFC 4180).
class CsvReader {
 public:
  CsvReader(std::string_view text, SourceId id, Report& report) : text_(text), id_(id), at_(start_of(text)), report_(report) {}

  // The next record that is not an empty line; false at the end, or at a quote that is never closed.
  bool next(std::vector<Field>& fields) {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
    fields.clear();
    if (at_ >= text_.size()) return false;
    for (;;) {
      if (!read_field(fields)) return false;
      if (at_ >= text_.size() || text_[at_] != ',') break;
      ++at_;
    }
    return true;
  }

 private:
  bool read_field(std::vector<Field>& fields) {
    const std::size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted(fields);
    at_ = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    fields.push_back(Field{std::string(text_.substr(begin, at_ - begin)), span_of(id_, begin, at_)});
    return true;
  }

  bool read_quoted(std::vector<Field>& fields) {
    const std::size_t begin = at_;
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') value += text_[at_];
      else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') value += text_[at_++];
      else break;
    }
    if (at_ >= text_.size()) {
      report_.add(DiagnosticKind::kBrokenListFile, span_of(id_, begin, begin + 1),
                  "this quote is never closed; write `\"` at the end of the value");
      return false;
    }
    ++at_;
    if (at_ < text_.size() && !std::string_view(",\r\n").contains(text_[at_])) {
      report_.add(DiagnosticKind::kBrokenListFile, span_of(id_, at_, at_ + 1),
                  "text follows a closing quote; write `\"\"` for a quote within a value");
      at_ = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    }
    fields.push_back(Field{std::move(value), span_of(id_, begin, at_)});
    return true;
  }

  std::string_view text_;
  SourceId id_;
  std::size_t at_;
  Report& report_;
};

std::optional<std::size_t> find_field(const std::vector<Field>& header, std::string_view column, SourceId id, Report& report) {
  std::vector<std::string> names;
  names.reserve(header.size());
  for (const Field& field : header) names.push_back(field.text);
  const auto found = std::ranges::find(names, column);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const Span span = header.empty() ? span_of(id, 0, 0) : cover(header.front().span, header.back().span);
  std::string message = fmt::format("the header has no column `{}`{}", column, did_you_mean(column, names));
  if (!nearest_name(column, names) && !names.empty()) message += fmt::format("; its columns are {}", quoted_list(names, "and"));
  report.add(DiagnosticKind::kBrokenListFile, span, std::move(message));
  return std::nullopt;
}

void read_column(std::string_view text, SourceId id, std::string_view column, ListFile& file) {
  Report report(file.diagnostics);
  CsvReader reader(text, id, report);
  std::vector<Field> fields;
  (void)reader.next(fields);
  const std::size_t width = fields.size();
  if (!file.diagnostics.empty()) return;
  const std::optional<std::size_t> index = find_field(fields, column, id, report);
  if (!index) return;
  while (reader.next(fields)) {
    if (fields.size() != width) {
      report.add(DiagnosticKind::kBrokenListFile, cover(fields.front().span, fields.back().span),
                 fmt::format("this row has {} cells, but the header has {}; a value with a comma needs quotes", fields.size(), width));
    } else if (!fields[*index].text.empty()) {
      file.values.push_back(ListValue{std::move(fields[*index].text), fields[*index].span});
    }
  }
}

}  // namespace

ListFile read_list_file(const Source& source, SourceId id, std::optional<std::string_view> column) {
  ListFile file;
  const std::string_view text = source.text;
  if (const std::size_t bad = first_invalid_utf8(text); bad < text.size()) {
    Report(file.diagnostics)
        .add(DiagnosticKind::kInvalidUtf8, span_of(id, bad, bad + 1), "this is not UTF-8 text; save the file in the encoding UTF-8");
    return file;
  }
  if (column) read_column(text, id, *column, file);
  else read_lines(text, id, file);
  return file;
}

}  // namespace segue
