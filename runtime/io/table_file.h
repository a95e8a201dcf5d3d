// This file's external interface is TableFile: one file of a table, whatever its format, as a sequence of tasks that each give a piece.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/io/piece.h"
#include "runtime/io/row_groups.h"

namespace segue::io {

enum class FileFormat : std::uint8_t { kCsv, kCsvGzip, kParquet, kArrow };

// The format that a name's ending says; nothing for an ending that is none of ours.
[[nodiscard]] std::optional<FileFormat> format_of(std::string_view name);

// Converts some rows. May run in any thread, beside others.
using PieceTask = std::function<std::expected<Piece, LoadError>()>;

// A file of groups.
class GroupedFile {
 public:
  GroupedFile() = default;
  GroupedFile(const GroupedFile&) = delete;
  GroupedFile& operator=(const GroupedFile&) = delete;
  virtual ~GroupedFile() = default;
  // Rows and bytes of each group.
  [[nodiscard]] virtual std::vector<RowGroup> groups() const = 0;
  [[nodiscard]] virtual GroupFacts facts(std::uint32_t group, std::uint32_t slot) const = 0;
  // The rows of a group, in the slots that are wanted (empty: all).
  [[nodiscard]] virtual std::expected<Piece, LoadError> read(std::uint32_t group, const std::vector<bool>& wanted) const = 0;
};

class TableFile {
 public:
  TableFile() = default;
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;
  virtual ~TableFile() = default;

  // The names of its columns, in its order.
  [[nodiscard]] virtual const std::vector<std::string>& names() const = 0;
  // Why a column cannot be read into a slot, in words that continue "column `x`".
  [[nodiscard]] virtual std::optional<std::string> fault(std::uint32_t column, const Slot& slot) const = 0;
  // The type that the file itself gives a column; nothing where it gives none (CSV), or one that no column of ours has.
  [[nodiscard]] virtual std::optional<Type> type_of(std::uint32_t column) const = 0;
  // Which column goes to each slot. The context must outlive all tasks.
  virtual std::expected<void, LoadError> select(const std::vector<std::uint32_t>& columns, const PieceContext& context) = 0;
  // For files of groups that can be read by themselves, in any thread and order, after `select`; null for others.
  [[nodiscard]] virtual const GroupedFile* grouped() const { return nullptr; }
  // Where the values of the slots lie in the end, and which row of the table is the file's first; before the first call of `next`. The placements
  // outlive all tasks.
  virtual void place(const std::vector<Placement>& /*placements*/, std::uint64_t /*first_row*/) {}
  // The next rows, in order; an empty function at the end. One caller at a time.
  virtual std::expected<PieceTask, LoadError> next() = 0;
};

using OpenedFile = std::expected<std::unique_ptr<TableFile>, LoadError>;

[[nodiscard]] OpenedFile open_csv(const std::string& path, const std::string& shown, bool is_gzip, char delimiter,
                                  const std::vector<std::string>& null_values);
[[nodiscard]] OpenedFile open_parquet(const std::string& path, const std::string& shown);
[[nodiscard]] OpenedFile open_arrow(const std::string& path, const std::string& shown);

}  // namespace segue::io
