// This file's external interface is `read_sample`: all that a data file holds, as text, for a look at what it is. `segue new --from`.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/load.h"
#include "runtime/type.h"

namespace segue {

struct SampleColumn {
  std::string name;                 // in the file
  std::optional<Type> type;         // that the file itself gives it; nothing in CSV
  std::uint64_t missing = 0;        // rows without a value
  std::vector<std::string> values;  // the different ones, as text; of a list nothing
  std::vector<std::int32_t> codes;  // by row: index into `values`, -1 where there is none
};

// One table: a file, or the files of a folder.
struct Sample {
  std::string path;
  char delimiter = ',';
  std::uint64_t rows = 0;
  std::vector<SampleColumn> columns;
};

// Reads a file or folder whole; a CSV may have `,`, `;`, tabs or `|` between its cells. Errors as of `load_database`; rows that cannot be read at all (too many cells, bytes
// that are no UTF-8) are one of kind kData.
[[nodiscard]] std::expected<Sample, LoadError> read_sample(std::string_view path);

}  // namespace segue
