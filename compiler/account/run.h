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

// Copies are independent. The program is borrowed, and so is the clock's zone.
class AccountRun {
 public:
  AccountRun(const AccountProgram& program, const Clock& clock);

  // The clock has moved: windows and constants are made anew.
  void set_clock(const Clock& clock);

  // Answers the roots of a part of the program for an account.
  void run(const ProgramPart& part, RowTables& tables, RowId account);

  // Finds the rows that the part would look at, without evaluating anything.
  void collect_rows(const ProgramPart& part, const RowTables& tables, RowId account);

  // The rows that a root of the last part has answers for: of the account's frame the account alone.
  [[nodiscard]] const std::vector<RowId>& rows(std::uint32_t root) const { return frames_[index_of(program_->roots()[root].frame)].rows; }
  // By position in `rows`.
  [[nodiscard]] bool is_member(std::uint32_t root, std::size_t position = 0) const {
    return bit(program_->roots()[root].members, program_->roots()[root].frame, position);
  }
  [[nodiscard]] bool is_known(std::uint32_t root, std::size_t position = 0) const {
    return bit(program_->roots()[root].known, program_->roots()[root].frame, position);
  }
  // Of many roots of the account's frame at once: the bits at `places`, of AccountProgram::bit_place, packed into words.
  void members(std::span<const std::uint32_t> places, std::span<std::uint64_t> out) const;
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

  const AccountProgram* program_;
  Clock clock_;
  std::vector<IntRange> windows_;  // by node, of InWindow
  ValueTests tests_;
  std::vector<RunFrame> frames_;
  bool is_bound_ = false;
  std::uint64_t bound_generation_ = 0, bound_renumberings_ = 0;
  std::vector<std::int64_t> scratch_;
  std::vector<std::uint32_t> chain_;
  std::vector<SequenceRow> sequence_rows_;
};

}  // namespace segue
