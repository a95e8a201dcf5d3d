// This file's external interface is Project: what the project file (`segue.yaml`) says, in plain data. `load_project` makes it
// from text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/schema/schema.h"
#include "compiler/source/source.h"

namespace segue {

// A text of the project file with its place: a path, a glob or a name. Paths are relative to the project's folder.
struct ProjectText {
  std::string text;
  Span span;
};

// Where the rows of a table are.
struct TableSource {
  ProjectText table;  // the table's name
  ProjectText path;   // a file, a folder or a glob
  char delimiter = ',';
  std::vector<std::string> null_values;  // unquoted CSV cells that are missing, besides the empty one
};

// A list of accounts that nothing exported may hold: keys one a line, or the column `by` of a CSV with a header.
struct SuppressList {
  ProjectText path;
  std::optional<ProjectText> by;
};

struct Project {
  std::int64_t language = 1;
  ProjectText schema;
  std::vector<ProjectText> rules;       // globs
  std::string timezone = "UTC";         // an IANA name
  std::uint8_t week_starts = 0;         // 0 monday … 6 sunday
  std::uint8_t fiscal_year_starts = 1;  // 1 january … 12 december
  std::vector<TableSource> sources;     // in the order written
  std::vector<SuppressList> suppress;
  std::string currency;              // empty when none
  std::optional<ProjectText> rates;  // a CSV file: currency, valid_from, rate
  Span span;                         // of the file's first key
};

struct ProjectResult {
  Project project;  // defaults stand for what is in error
  std::vector<Diagnostic> diagnostics;
};

// The project that the YAML text of `source` describes, by itself: every key checked, several errors at once. `id` is the source's
// place in the SourceMap, for the spans.
[[nodiscard]] ProjectResult load_project(const Source& source, SourceId id);

// What the project says of tables that the schema lacks or has without a source, and of columns that the account lacks.
[[nodiscard]] std::vector<Diagnostic> check_project(const Project& project, const Schema& schema);

// The source of a table; nullptr where the project names none.
[[nodiscard]] const TableSource* find_source(const Project& project, std::string_view table);

}  // namespace segue
