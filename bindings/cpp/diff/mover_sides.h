// This file's external interface is ComparedAnswers: both versions' answers of one definition over the same slots, which are accounts, or rows of a related table. Private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/diff/movers.h"
#include "runtime/bitmap.h"
#include "runtime/results.h"
#include "runtime/table.h"

namespace segue {

// One version's answer, by slot.
struct SideAnswer {
  const Bitmap* members = nullptr;
  std::span<const double> scores;
  std::span<const std::int32_t> codes;  // -1: none
  std::vector<std::string> values;      // the names of codes
  std::optional<DefinitionOutcome> outcome;
};

// Where a slot lies in a version's tables.
struct SlotTable {
  std::shared_ptr<const CheckedProject> project;
  std::shared_ptr<const Database> database;
  std::uint32_t table = kAccountTable;
  std::vector<RowId> account_of;  // by row; empty for accounts

  [[nodiscard]] std::string account(RowId row) const;
  [[nodiscard]] std::string row(RowId row) const;  // empty for accounts, and for a table without key
};

// The slots of one definition. In one pass they are the rows of both versions; else head's rows, then those that only base has.
struct Slots {
  std::size_t count = 0;
  SlotTable head, base;  // `base` where slots from `head_rows` on lie
  std::size_t head_rows = 0;
  std::vector<RowId> gone;          // by slot - head_rows: the row in base
  const Bitmap* in_base = nullptr;  // slots that base has; null: all
  const Bitmap* in_head = nullptr;
  std::shared_ptr<const Bitmap> left_out;  // suppressed now; null: none

  [[nodiscard]] std::string account(std::size_t slot) const {
    return slot < head_rows ? head.account(static_cast<RowId>(slot)) : base.account(gone[slot - head_rows]);
  }
  [[nodiscard]] std::string row(std::size_t slot) const {
    return slot < head_rows ? head.row(static_cast<RowId>(slot)) : base.row(gone[slot - head_rows]);
  }
  [[nodiscard]] bool is_left_out(std::size_t slot) const { return left_out && slot < left_out->size() && left_out->test(slot); }
};

struct ComparedAnswers {
  std::string name;
  ResultKind kind{};
  bool is_equal = false;  // known to be
  std::optional<SideAnswer> base, head;
  std::shared_ptr<const Slots> slots;
  std::vector<std::uint32_t> moved;  // slots, ascending
  std::string lacking;
  std::shared_ptr<const void> owner;  // of what is borrowed
};

// Two names of values are the same where their text is. -1 for none.
[[nodiscard]] std::string value_at(const SideAnswer& answer, std::size_t slot);

// The movement of one definition, `moved` included; without reasons.
[[nodiscard]] DefinitionMovement movement_between(ComparedAnswers& answers);

// What a mover did.
[[nodiscard]] MovedAccount moved_account(const ComparedAnswers& answers, std::size_t slot);

// What is kept for `write_movers`, by pair.
struct KeptMovers {
  std::vector<std::optional<ComparedAnswers>> pairs;
};

}  // namespace segue
