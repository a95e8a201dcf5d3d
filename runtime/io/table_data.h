// This file's external interface is `read_table`: all files of a table as pieces in order, texts coded, nothing dropped yet.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/io/piece.h"
#include "runtime/io/source_files.h"

namespace segue::io {

inline constexpr std::uint64_t kMostRows = 0xffff'fffe;  // that a table can have

// The slots of a column of money that is read.
struct MoneySlots {
  std::uint32_t column = 0;  // the schema's index
  std::uint32_t amount = 0, currency = 0;
  std::optional<std::uint32_t> time;  // of the rows' days
};

// Which columns of a table are read, and where.
struct ReadPlan {
  std::vector<Slot> slots;  // known_at first, so that what does not exist yet is known when other columns are looked at
  std::vector<std::optional<std::uint32_t>> slot_of_column;  // by the schema's column index
  std::vector<std::uint32_t> slot_of_parent;                 // by parent index
  std::vector<PointSlots> points;
  std::vector<MoneySlots> money;
  std::int64_t known_until = 0;
};

// The columns that are needed, the key, known_at and the join columns; all under `dedupe`. A join column that the schema lists, needs and
// types like the parent's key is read once for both.
[[nodiscard]] ReadPlan make_read_plan(const std::vector<TableSpec>& specs, std::size_t table, const LoadOptions& options);

struct SlotData {
  std::vector<ColumnPiece> pieces;
  DictionaryBuilder dictionary;
  Placement placement;  // where parts lie that are placed
};

struct TableData {
  std::vector<SlotData> slots;
  std::vector<PieceOrigin> origins;  // by piece
  std::vector<std::size_t> piece_rows;
  std::uint64_t row_count = 0;
  std::vector<RowState> states;   // by row; empty: every row is kGood
  std::vector<Finding> findings;  // one for each slot and kind, in that order; rows count over the table
  std::vector<SourceFile> files;

  [[nodiscard]] std::uint64_t rows() const { return row_count; }
  [[nodiscard]] RowState state(std::size_t row) const { return states.empty() ? RowState::kGood : states[row]; }
  // The states, all of them.
  [[nodiscard]] std::vector<RowState>& all_states() {
    states.resize(row_count, RowState::kGood);
    return states;
  }
  [[nodiscard]] std::uint64_t rows_in(RowState state) const;
};

// Tells how far reading is, over all tables.
class ProgressMeter {
 public:
  ProgressMeter(const LoadOptions& options, std::uint64_t total) : options_(options), total_(total) {}
  void add(const std::string& table, std::uint64_t bytes) {
    read_ += bytes;
    if (options_.progress) options_.progress({table, std::min(read_, total_), total_});
  }

 private:
  const LoadOptions& options_;
  std::uint64_t total_;
  std::uint64_t read_ = 0;
};

[[nodiscard]] std::expected<TableData, std::vector<LoadError>> read_table(const TableSpec& spec, const ReadPlan& plan,
                                                                          std::vector<SourceFile> files, const LoadOptions& options,
                                                                          ProgressMeter& progress);

// Opens one file of the table, checks its names and types, and says which columns its tasks convert. `plan` and `context` outlive the file.
[[nodiscard]] std::expected<std::unique_ptr<TableFile>, std::vector<LoadError>> open_table_file(const TableSpec& spec, const ReadPlan& plan,
                                                                                                const SourceFile& source,
                                                                                                const PieceContext& context);

// Turns the vectors of a fresh piece into parts, but for those of slots that keep them.
void make_parts(const ReadPlan& plan, const TableData& data, Piece& piece);

// Appends a piece of the file with that index.
void append_piece(TableData& data, Piece piece, std::uint32_t file);

// The file, and for CSV the line, of a row.
[[nodiscard]] BadExample example_at(const TableData& data, std::uint64_t row, std::string value);

// Adds `count` bad values of a kind; keeps the findings in order and the first examples only.
void add_finding(std::vector<Finding>& findings, Finding&& finding);

}  // namespace segue::io
