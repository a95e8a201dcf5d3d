// This file's external interface is SequenceRows: whether the rows that it is given, one by one and in any order, make a `sequence`, two-valued
// and three-valued. `Sequence` in program.h; `docs/design/undetermined.md`. Private to the interpreter. As plain as the definition: every
// row that could be first is tried.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/interpret/value.h"
#include "stdlib/time_zone.h"

namespace segue {

// A row that takes part: its time and `by` are known.
struct SequencedRow {
  RowId row = 0;
  std::int64_t time = 0;
  std::string by;              // the identity of its value; empty without `by`
  bool is_in_window = true;    // two-valued
  std::vector<Verdict> steps;  // which of the steps it meets, in the window
};

class SequenceRows {
 public:
  // Borrows both. `time_kind` is kDate or kTimestamp.
  SequenceRows(const Sequence& node, Kind time_kind, const TimeZone& zone) : node_(node), time_kind_(time_kind), zone_(zone) {}

  void add(SequencedRow row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] Value result() const;

  // The rows that make the sequence, one a step: of several such, one with the earliest first row. None where nothing makes it.
  [[nodiscard]] std::vector<RowId> chain() const;
  // Rows in the window, and by step those that meet it.
  [[nodiscard]] std::uint64_t looked_at() const;
  [[nodiscard]] std::vector<std::uint64_t> passed() const;

 private:
  using Meets = bool (*)(Verdict);
  [[nodiscard]] std::vector<SequencedRow> by_time() const;
  [[nodiscard]] std::vector<RowId> find(const std::vector<SequencedRow>& rows, Meets meets) const;
  [[nodiscard]] bool is_within_limit(std::int64_t first, std::int64_t last) const;
  [[nodiscard]] std::int64_t day_of(std::int64_t time) const;

  const Sequence& node_;
  Kind time_kind_;
  const TimeZone& zone_;
  std::vector<SequencedRow> rows_;
};

}  // namespace segue
