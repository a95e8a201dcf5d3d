// This file's interface, private to the folder, is FactTable: what facts of the data say of a test, before any row is read.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/plan/plan.h"
#include "compiler/plan/settled.h"

namespace segue {

// Borrows what it is made of.
class FactTable {
 public:
  FactTable(const std::vector<ColumnFacts>& facts, const Clock* clock) : facts_(facts), clock_(clock) {}

  // Null where nothing is known.
  [[nodiscard]] const ColumnFacts* find(TableColumn column) const;
  // Whether the column is known for no row, or for every row.
  [[nodiscard]] Outcome known(TableColumn column) const;
  // Whether a bool column is false, or true, where it is known.
  [[nodiscard]] Outcome truth(TableColumn column) const;
  // What becomes of a test on a column of the frame's table; kOpen for anything else.
  [[nodiscard]] Outcome test(const Plan& plan, FrameId frame, const Op& op);

 private:
  [[nodiscard]] Outcome ranges(const ColumnFacts& facts, const std::vector<IntRange>& ranges) const;
  [[nodiscard]] const WindowBounds& bounds(const Plan& plan, std::uint32_t window);
  [[nodiscard]] std::optional<IntRange> bound_range(const Plan& plan, const CompareBound& test) const;

  const std::vector<ColumnFacts>& facts_;
  const Clock* clock_;
  std::vector<std::optional<WindowBounds>> bounds_;  // by window, once asked for
};

// The columns that a node itself reads.
void add_columns_read(const Plan& plan, const PlanNode& node, std::vector<TableColumn>& columns);

// What the clock makes of a moment.
[[nodiscard]] KnownInt moment_of(const ClockValue& moment, const Clock& clock);

}  // namespace segue
