// This file's external interface is CsvReader: the records of a small CSV (RFC 4180, commas) with the place of each field, for the files that a project
// names beside its data: lists and rates. Private to this folder.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/schema/report.h"
#include "compiler/source/source.h"

namespace segue {

struct CsvField {
  std::string text;
  Span span;
};

[[nodiscard]] Span span_of(SourceId id, std::size_t begin, std::size_t end);

// Where a text starts behind a byte-order mark.
[[nodiscard]] std::size_t start_of(std::string_view text);

class CsvReader {
 public:
  // What is wrong goes to `report`, as `kind`. All is borrowed.
  CsvReader(std::string_view text, SourceId id, DiagnosticKind kind, Report& report)
      : text_(text),
        id_(id),
        at_(start_of(text)),
        kind_(kind),
        report_(report) {}

  // The next record that is not an empty line; false at the end, or at a quote that is never closed.
  bool next(std::vector<CsvField>& fields);

 private:
  bool read_field(std::vector<CsvField>& fields);
  bool read_quoted(std::vector<CsvField>& fields);

  std::string_view text_;
  SourceId id_;
  std::size_t at_;
  DiagnosticKind kind_;
  Report& report_;
};

// The place of a column in the header; complains where it is not there.
[[nodiscard]] std::optional<std::size_t> find_csv_column(const std::vector<CsvField>& header, std::string_view column, SourceId id,
                                                         DiagnosticKind kind, Report& report);

// Complains of a record with other than `width` fields.
void report_row_length(const std::vector<CsvField>& fields, std::size_t width, DiagnosticKind kind, Report& report);

}  // namespace segue
