// This file's external interface is AccountRun: the memory in which an AccountProgram answers for one account after the other. Nothing is allocated once it has grown to the
// largest account.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "compiler/account/program.h"
#include "compiler/account/row_tables.h"
#include "compiler/account/values.h"
#include "stdlib/clock.h"
#include "stdlib/sequence.h"

namespace segue {

// One frame's rows of the account at hand. Bits are bytes, 0 or 1; of the account's frame each lies beside its complement.
struct RunFrame {
  std::vector<RowId> rows;
  std::vector<std::uint32_t> offsets;  // by position of the outer frame, + 1
  std::vector<std::uint32_t> owner;    // by position: that of the outer frame
  std::size_t capacity = 0;
  std::vector<std::int64_t> values;
  std::vector<std::uint8_t> bits;
};

// A row that has come, or that is about to go.
struct RowDifference {
  std::uint32_t table = 0;
  RowId row = kNoRow;
  bool is_taken = false;
};

// Copies are independent. The program is borrowed, and so is the clock's zone.
class AccountRun {
 public:
  AccountRun(const AccountProgram& program, const Clock& clock);

  // The clock has moved: windows and constants are made anew.
  void set_clock(const Clock& clock);

  // Answers the roots of a part of the program for an account. The totals that it makes are stored in `totals`, words by RowTotal::place, unless that is null.
  void run(const ProgramPart& part, RowTables& tables, RowId account, std::uint32_t* totals = nullptr);
  // The same from `totals` as they were, to which a row is added, or from which it is taken, where it lies under the account.
  void run_difference(const ProgramPart& part, RowTables& tables, RowId account, std::uint32_t* totals, const RowDifference& difference);

  // Finds the rows that the part would look at, without evaluating anything.
  void collect_rows(const ProgramPart& part, const RowTables& tables, RowId account);

  // The rows that a root of the last part has answers for: of the account's frame the account alone.
  [[nodiscard]] const std::vector<RowId>& rows(std::uint32_t root) const { return frames_[index_of(program_->roots()[root].frame)].rows; }
  // By position in `rows`.
  [[nodiscard]] bool is_member(std::uint32_t root, std::size_t position = 0) const {
    if (program_->is_account_member(root)) return ((members_[root / 64] >> (root % 64)) & 1) != 0;
    return bit(program_->roots()[root].members, program_->roots()[root].frame, position);
  }
  [[nodiscard]] bool is_known(std::uint32_t root, std::size_t position = 0) const {
    return bit(program_->roots()[root].known, program_->roots()[root].frame, position);
  }
  // A bit for each root: of roots of the last part that are members of the account's frame the answer.
  [[nodiscard]] std::span<const std::uint64_t> members() const { return members_; }
  // 0 where not known; floats by their bits.
  [[nodiscard]] std::int64_t value(std::uint32_t root, std::size_t position = 0) const;
  // Grows when texts have been given other places in an order: values of earlier runs that are such places mean nothing any more.
  [[nodiscard]] std::uint64_t renumberings() const { return tests_.renumberings(); }

 private:
  friend struct RunNode;

  [[nodiscard]] bool bit(Bit bit, FrameId frame, std::size_t position) const;
  void bind(RowTables& tables);
  void grow(RunFrame& frame, std::uint32_t index);
  void execute(const ProgramPart& part, RowTables& tables);
  void collect_row(const ProgramPart& part, const RowTables& tables, RowId account, const RowDifference& difference);
  void follow_batches(const BatchList& list, const Instruction& instruction);
  void gather_members(const ProgramPart& part);

  const AccountProgram* program_;
  Clock clock_;
  std::vector<IntRange> windows_;  // by node, of InWindow
  ValueTests tests_;
  std::vector<RunFrame> frames_;
  std::vector<std::uint64_t> packed_;   // of batches: the account's bits
  std::vector<std::uint64_t> members_;  // by root
  // Of the account at hand: what is found replaces them, is added to them or is taken from them.
  enum class TotalWay : std::uint8_t { kReplace, kAdd, kTake } total_way_ = TotalWay::kReplace;
  std::uint32_t* totals_ = nullptr;
  std::vector<std::uint32_t> totals_before_;
  bool is_bound_ = false;
  std::uint64_t bound_generation_ = 0, bound_renumberings_ = 0;
  std::vector<std::int64_t> scratch_;
  std::vector<std::uint32_t> chain_;
  std::vector<SequenceRow> sequence_rows_;
};

}  // namespace segue
