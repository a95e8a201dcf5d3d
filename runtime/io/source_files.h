// This file's external interface is `source_files`: the data files that a table's source means.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "runtime/io/table_file.h"

namespace segue::io {

struct SourceFile {
  std::string path;   // to open
  std::string shown;  // for messages
  FileFormat format = FileFormat::kCsv;
  std::uint64_t bytes = 0;
};

// The files in the order in which their rows count: as given, a folder's by path. A folder means all files with an ending of ours in it and
// below, but for those whose names (or whose folders' names) start with `.` or `_`.
[[nodiscard]] std::expected<std::vector<SourceFile>, LoadError> source_files(const TableSpec& spec, const std::string& root);

// Opens a file in its format.
[[nodiscard]] OpenedFile open_file(const SourceFile& file, const TableSpec& spec);

}  // namespace segue::io
