// This file's external interface is ColumnarTable: the Parquet and Arrow files of a table as groups of rows (row groups, record batches), each of
// which tells facts about its columns before it is read, and is read by itself, straight into Columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/io/finish.h"
#include "runtime/io/load.h"
#include "runtime/io/row_groups.h"
#include "runtime/io/table_data.h"

namespace segue::io {

// The rows of one group.
struct GroupRows {
  std::size_t rows_read = 0;
  std::vector<RowState> states;             // by row read; empty: every row is kGood
  std::vector<FinishedSlot> slots;          // by slot of the plan: the rows in state kGood; storage kNone where it was not asked for
  FinishedSlot bad_keys;                    // the keys of the rows in state kBad, in order; storage kNone where the key was not asked for
  std::vector<Finding> findings;            // one for each slot and kind, in that order; rows count over the table
  std::vector<MissingRates> missing_rates;  // of columns of money; `message` is empty
};

// All files of a table, opened. Reading is safe from several threads at once.
class ColumnarTable {
 public:
  ColumnarTable() = default;
  ColumnarTable(const ColumnarTable&) = delete;
  ColumnarTable& operator=(const ColumnarTable&) = delete;
  virtual ~ColumnarTable() = default;

  // In the order of the data: files as given, groups from front to back.
  [[nodiscard]] virtual const std::vector<RowGroup>& groups() const = 0;
  [[nodiscard]] virtual GroupFacts facts(std::size_t group, std::uint32_t slot) const = 0;
  // Reads the slots that `wanted` marks (empty: all); the slot of known_at is read in any case. Rows that repeat a key of another row are not looked
  // for: that takes all groups. `bad`, where it is not empty, marks rows of the group that are bad for reasons of the caller's, such as those.
  [[nodiscard]] virtual std::expected<GroupRows, LoadError> read(std::size_t group, const std::vector<bool>& wanted,
                                                                 const Bitmap& bad) const = 0;
  // The file of a row of the table, for reports.
  [[nodiscard]] virtual BadExample example_at(std::uint64_t row, std::string value) const = 0;
};

// Opens all files and checks their columns. Null where groups cannot be read by themselves: a file that is not Parquet, a table under `dedupe`, very
// many files. `spec`, `plan` and `options` must outlive the table. The errors are those of `read_table`.
[[nodiscard]] std::expected<std::unique_ptr<ColumnarTable>, std::vector<LoadError>> open_columnar_table(
    const TableSpec& spec, const ReadPlan& plan, const std::vector<SourceFile>& files, const LoadOptions& options);

}  // namespace segue::io
