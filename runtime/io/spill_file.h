// This file's external interface is SpillFile: rows that do not fit in memory, on disk until they are asked for again. The file has no name, so
// that nothing is left however the process ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <mutex>
#include <span>
#include <vector>

#include "runtime/io/load.h"
#include "runtime/table.h"

namespace segue::io {

// Where something lies in the file.
struct Extent {
  std::uint64_t offset = 0, bytes = 0;
};

// Some rows of a table: columns, and which rows of the table they are.
struct SpilledRows {
  std::vector<Column> columns;
  std::vector<RowId> numbers;
};

// May be written and read by several threads at once.
class SpillFile {
 public:
  SpillFile() = default;
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;
  ~SpillFile();

  // Appends bytes; the file is made with the first of them, in `$TMPDIR`, or else in /var/tmp or /tmp.
  [[nodiscard]] std::expected<Extent, LoadError> write(std::span<const std::byte> bytes);
  [[nodiscard]] std::expected<Extent, LoadError> write(const SpilledRows& rows);
  [[nodiscard]] std::expected<void, LoadError> read(Extent extent, std::span<std::byte> bytes) const;
  [[nodiscard]] std::expected<SpilledRows, LoadError> read(Extent extent) const;

 private:
  [[nodiscard]] std::expected<void, LoadError> open();
  [[nodiscard]] LoadError failed(int error_number) const;

  std::mutex mutex_;  // guards opening and the end
  int descriptor_ = -1;
  std::uint64_t end_ = 0;
  std::string folder_;
};

}  // namespace segue::io
