// The file of a list → its values.
#include "compiler/schema/list_file.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/schema/csv_records.h"
#include "compiler/schema/report.h"

namespace segue {
namespace {

constexpr std::string_view kBlanks = " \t\r";

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

void read_column(std::string_view text, SourceId id, std::string_view column, ListFile& file) {
  Report report(file.diagnostics);
  CsvReader reader(text, id, DiagnosticKind::kBrokenListFile, report);
  std::vector<CsvField> fields;
  (void)reader.next(fields);
  const std::size_t width = fields.size();
  if (!file.diagnostics.empty()) return;
  const std::optional<std::size_t> index = find_csv_column(fields, column, id, DiagnosticKind::kBrokenListFile, report);
  if (!index) return;
  while (reader.next(fields)) {
    if (fields.size() != width) {
      report_row_length(fields, width, DiagnosticKind::kBrokenListFile, report);
    } else if (!fields[*index].text.empty()) {
      file.values.push_back(ListValue{std::move(fields[*index].text), fields[*index].span});
    }
  }
}

}  // namespace

ListFile read_list_file(const Source& source, SourceId id, std::optional<std::string_view> column) {
  ListFile file;
  const std::string_view text = source.text;
  if (!Report(file.diagnostics).accepts_utf8(id, text)) return file;
  if (column) read_column(text, id, *column, file);
  else read_lines(text, id, file);
  return file;
}

}  // namespace segue
