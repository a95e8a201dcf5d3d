// This file's external interface is Machine: it runs a schedule for one account at a time, row by row. Private to the interpreter.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/interpret/accumulator.h"
#include "compiler/interpret/prepared.h"
#include "compiler/interpret/scalar.h"
#include "compiler/interpret/schedule.h"

namespace segue {

// A row that an aggregate looked at, with what its condition read there.
struct WatchedRow {
  std::vector<RowId> rows;  // by frame
  Verdict verdict;          // whether it meets the condition (the claim, of `every`)
  struct Read {
    ExprId expr{};
    Value value;
  };
  std::vector<Read> reads;
};

// What `explain` wants to know of one aggregate.
struct AggregateWatch {
  std::uint64_t looked_at = 0;
  std::uint64_t passed = 0;
  std::vector<WatchedRow> deciding;  // up to three rows that decide `any`, `none` or `every`
  std::vector<WatchedRow> unknown;   // up to three whose verdict is unknown
};

// The stack of rows that stand around each other is explicit: nesting costs memory, not the thread's stack.
class Machine {
 public:
  // Borrows both.
  Machine(const Prepared& prepared, const Schedule& schedule);

  // Evaluates everything for one account; `value` then answers for what belongs to its row.
  void run(RowId account);
  [[nodiscard]] const Value& value(ExprId id) const { return state_.values[index_of(id)]; }
  [[nodiscard]] const RowState& state() const { return state_; }

  // From now on keeps what the account's own aggregates look at; `watches` are those of the last run, by aggregate of the schedule.
  void watch() { is_watching_ = true; }
  [[nodiscard]] const std::vector<AggregateWatch>& watches() const { return watches_; }

 private:
  // The rows of one scope: those from `next` on are still to come.
  struct Activation {
    std::uint32_t scope = 0;
    std::size_t step = 0;       // of the current row
    bool is_descended = false;  // the current row's inner rows are done
    std::uint64_t next = 0;
    std::uint64_t end = 0;
  };

  void advance();
  void enter(std::uint32_t scope);
  bool take_next_row(Activation& activation);
  void finish_row(Activation& activation);
  void leave();
  void accumulate(const Scope& scope);
  void observe(std::uint32_t aggregate, const AggregateRow& row);
  [[nodiscard]] WatchedRow watched_row(std::uint32_t aggregate, Verdict verdict) const;
  [[nodiscard]] AggregateRow aggregate_row(const Aggregate& node) const;
  [[nodiscard]] Accumulator new_accumulator(const Aggregate& node) const;
  [[nodiscard]] const Aggregate& aggregate_node(std::uint32_t aggregate) const;
  [[nodiscard]] const Link& link_of(const Frame& frame) const { return prepared_.database.tables[frame.table].links[frame.link]; }

  const Prepared& prepared_;
  const Schedule& schedule_;
  RowState state_;
  std::vector<Activation> stack_;
  std::vector<Accumulator> accumulators_;  // of the aggregates that are under way, outermost first
  bool is_watching_ = false;
  std::vector<AggregateWatch> watches_;
};

}  // namespace segue
