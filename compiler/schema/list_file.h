// This file's external interface is `read_list_file`: the values of a file that a `list … from` or `suppress` names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/source/source.h"

namespace segue {

struct ListValue {
  std::string text;
  Span span;  // in the list's file
};

struct ListFile {
  std::vector<ListValue> values;  // in the file's order, repeated ones included
  std::vector<Diagnostic> diagnostics;
};

// The values of a list's file. Without `column`: one a line, blanks around it and blank lines dropped, a line in double quotes
// unquoted as in CSV. With it: that column of a CSV (RFC 4180, commas) with a header; empty cells dropped. A byte-order mark and
// CRLF are fine. Text that is not UTF-8, an unclosed quote, a row that does not fit the header and a column that is not there are
// errors; values stop at an unclosed quote.
[[nodiscard]] ListFile read_list_file(const Source& source, SourceId id, std::optional<std::string_view> column);

}  // namespace segue
