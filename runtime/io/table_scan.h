// This file's external interface is TableScan: a table of any size read block by block, with all that `load_database` would report of it.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/io/columnar_file.h"
#include "runtime/io/finish.h"
#include "runtime/io/load.h"
#include "runtime/io/repeats.h"
#include "runtime/io/table_data.h"

namespace segue::io {

// The key of a row that is bad, which is still the first of its kind.
struct BadKey {
  std::uint32_t row = 0;  // in the block
  std::int64_t number = 0;
  std::string text;
};

// Neighbouring rows of a table.
struct RowBlock {
  std::uint64_t number = 0;     // of the block, the same in every pass
  std::uint64_t first_row = 0;  // in the table; set in `put`
  std::size_t rows_read = 0;
  std::size_t rows = 0;             // in state kGood
  std::vector<RowState> states;     // by row read; empty: every row is kGood
  std::vector<FinishedSlot> slots;  // by slot of the read plan: the rows in state kGood
  std::uint64_t bytes = 0;          // of the files
  std::vector<BadKey> bad_keys;
  // Of the keys of all rows that have one, the bad ones included, in order: whether they ascend, and the first and the last; or, where it is known that those of the
  // table do not ascend, their rows and marks.
  bool keys_ascend = true;
  std::optional<BadKey> first_key, last_key;
  std::vector<std::pair<std::uint32_t, Mark>> key_marks;
  std::vector<Mark> row_marks;  // under `dedupe`: of the rows in state kGood
  std::vector<BadValues> bad;   // rows of examples count in the block, from 1
  std::vector<MissingRates> missing_rates;
  std::optional<LoadError> error;
  std::vector<LoadError> more_errors;
  std::shared_ptr<void> work;  // what a visitor leaves for itself

  // The number in the block of each row in state kGood.
  [[nodiscard]] std::vector<RowId> good_rows() const;
};

struct ScanOptions {
  std::size_t block_rows = 1 << 16;                 // that a block should have at least
  std::size_t memory = std::size_t{64} << 20;       // for keys
  const std::vector<bool>* wanted_slots = nullptr;  // of columnar files; null: all
  // Of files of groups: which slots of the block with that number have to be read, by what is stated of each; a number that is stated stands in all rows of the
  // others. Empty: all.
  std::function<std::vector<bool>(std::uint64_t, const std::vector<GroupFacts>&)> choose = {};
};

class TableScan {
 public:
  // All are borrowed.
  TableScan(const std::vector<TableSpec>& specs, std::uint32_t table, const LoadOptions& options, SpillFile& spill, ScanOptions scan);

  // Finds the files and looks at their columns.
  [[nodiscard]] std::expected<void, std::vector<LoadError>> open();

  [[nodiscard]] const TableSpec& spec() const { return spec_; }
  [[nodiscard]] const ReadPlan& plan() const { return plan_; }
  [[nodiscard]] std::uint64_t file_bytes() const;
  // Null where the files are read piece by piece.
  [[nodiscard]] const ColumnarTable* columnar() const { return columnar_.get(); }

  enum class End : std::uint8_t {
    kDone,
    kStopped,  // by a visitor
    kFailed,   // see errors()
    kAgain,    // only all rows told that keys do not ascend, or which rows repeat others: the pass counts for nothing, the next one knows
  };
  // `work` is called for several blocks at once, `put` in order. False from `put` ends the pass.
  using Visit = std::function<bool(RowBlock&)>;
  [[nodiscard]] End pass(unsigned threads, const Visit& work, const Visit& put);

  // Of the last whole pass.
  [[nodiscard]] const TableReport& report() const { return report_; }
  [[nodiscard]] const std::vector<BadValues>& bad() const { return bad_; }
  [[nodiscard]] const std::vector<MissingRates>& missing_rates() const { return missing_rates_; }
  [[nodiscard]] const std::vector<LoadError>& errors() const { return errors_; }
  // Whether the keys of all rows ascend; of no meaning before a whole pass.
  [[nodiscard]] bool has_ascending_keys() const { return spec_.key && keys_ascend_; }

 private:
  struct Job;
  [[nodiscard]] std::optional<Job> take();
  [[nodiscard]] std::optional<Job> take_groups();
  [[nodiscard]] std::optional<Job> take_pieces();
  [[nodiscard]] std::expected<PieceTask, LoadError> next_task();
  [[nodiscard]] std::expected<Piece, LoadError> read_chosen(const GroupedFile& file, std::uint32_t group, std::uint64_t number) const;
  void work(Job& job) const;
  void read_groups(Job& job) const;
  void read_pieces(Job& job) const;
  void finish_pieces(TableData& data, RowBlock& block) const;
  void exclude_rows(TableData& data, RowBlock& block) const;
  [[nodiscard]] std::uint64_t base_of(const RowBlock& block) const;
  bool count(RowBlock& block);
  void count_findings(RowBlock& block);
  void note_keys(RowBlock& block) const;
  bool look_at_keys(const RowBlock& block);
  bool fail(std::vector<LoadError> errors);
  [[nodiscard]] bool find_repeats();
  void start_pass();

  const std::vector<TableSpec>& specs_;
  std::uint32_t table_;
  const TableSpec& spec_;
  const LoadOptions& options_;
  SpillFile& spill_;
  ScanOptions scan_;
  ReadPlan plan_;
  PieceContext context_;
  std::vector<SourceFile> files_;
  std::unique_ptr<ColumnarTable> columnar_;

  // Of a pass.
  std::shared_ptr<TableFile> file_;
  std::size_t next_file_ = 0;
  std::uint32_t next_group_ = 0, groups_ = 0;  // of the file, where it has groups
  std::uint64_t jobs_ = 0;
  std::uint64_t rows_ = 0;
  bool is_counting_ = true;
  std::vector<LoadError> errors_;

  // Kept from pass to pass.
  std::vector<std::uint64_t> bases_;  // by block: its first row
  bool is_counted_ = false;           // reports are whole
  bool keys_ascend_ = true, knows_repeats_ = false;
  std::optional<BadKey> last_key_;
  std::unique_ptr<RepeatFinder> keys_, equal_rows_;
  std::vector<RowId> repeated_keys_, repeated_rows_;
  TableReport report_;
  std::vector<BadValues> bad_;
  std::vector<MissingRates> missing_rates_;
};

}  // namespace segue::io
