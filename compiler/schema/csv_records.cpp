// CSV, record by record.
#include "compiler/schema/csv_records.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"

namespace segue {

Span span_of(SourceId id, std::size_t begin, std::size_t end) {
  return Span{id, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

std::size_t start_of(std::string_view text) { return text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; }

bool CsvReader::next(std::vector<CsvField>& fields) {
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

bool CsvReader::read_field(std::vector<CsvField>& fields) {
  const std::size_t begin = at_;
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted(fields);
  at_ = std::min(text_.find_first_of(",\r\n", at_), text_.size());
  fields.push_back(CsvField{std::string(text_.substr(begin, at_ - begin)), span_of(id_, begin, at_)});
  return true;
}

bool CsvReader::read_quoted(std::vector<CsvField>& fields) {
  const std::size_t begin = at_;
  std::string value;
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] != '"') value += text_[at_];
    else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') value += text_[at_++];
    else break;
  }
  if (at_ >= text_.size()) {
    report_.add(kind_, span_of(id_, begin, begin + 1), "this quote is never closed; write `\"` at the end of the value");
    return false;
  }
  ++at_;
  if (at_ < text_.size() && !std::string_view(",\r\n").contains(text_[at_])) {
    report_.add(kind_, span_of(id_, at_, at_ + 1), "text follows a closing quote; write `\"\"` for a quote within a value");
    at_ = std::min(text_.find_first_of(",\r\n", at_), text_.size());
  }
  fields.push_back(CsvField{std::move(value), span_of(id_, begin, at_)});
  return true;
}

std::optional<std::size_t> find_csv_column(const std::vector<CsvField>& header, std::string_view column, SourceId id, DiagnosticKind kind,
                                           Report& report) {
  std::vector<std::string> names;
  names.reserve(header.size());
  for (const CsvField& field : header) names.push_back(field.text);
  const auto found = std::ranges::find(names, column);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const Span span = header.empty() ? span_of(id, 0, 0) : cover(header.front().span, header.back().span);
  std::string message = fmt::format("the header has no column `{}`{}", column, did_you_mean(column, names));
  if (!nearest_name(column, names) && !names.empty()) message += fmt::format("; its columns are {}", quoted_list(names, "and"));
  report.add(kind, span, std::move(message));
  return std::nullopt;
}

void report_row_length(const std::vector<CsvField>& fields, std::size_t width, DiagnosticKind kind, Report& report) {
  report.add(kind, cover(fields.front().span, fields.back().span),
             fmt::format("this row has {} cells, but the header has {}; a value with a comma needs quotes", fields.size(), width));
}

}  // namespace segue
