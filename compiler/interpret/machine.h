// This file's external interface is Machine: it runs a schedule for one account at a time, row by row. Private to the interpreter.
#pragma once

#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "compiler/interpret/accumulator.h"
#include "compiler/interpret/prepared.h"
#include "compiler/interpret/scalar.h"
#include "compiler/interpret/schedule.h"
#include "compiler/interpret/sequence.h"

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

// What `explain` wants to know of one aggregate or sequence.
struct ReducerWatch {
  std::uint64_t looked_at = 0;
  std::uint64_t passed = 0;
  std::vector<WatchedRow> deciding;  // up to three rows that decide `any`, `none` or `every`
  std::vector<WatchedRow> unknown;   // up to three whose verdict is unknown
  std::vector<std::uint64_t> steps;  // of a sequence: rows that meet each step
  std::vector<RowId> chain;          // of a sequence that holds: its rows
};

// The stack of rows that stand around each other is explicit: nesting costs memory, not the thread's stack.
class Machine {
 public:
  // Borrows both.
  Machine(const Prepared& prepared, const Schedule& schedule);

  // Evaluates everything for one account; `value` then answers for what belongs to its row. Calls `visit` for each row in which the roots stand, while
  // `value` answers for that row: once with the account, or with each of its rows of their relation.
  using Visit = std::function<void(RowId row)>;
  void run(RowId account, const Visit& visit = {});
  [[nodiscard]] const Value& value(ExprId id) const { return state_.values[index_of(id)]; }
  [[nodiscard]] const RowState& state() const { return state_; }

  // From now on keeps what those aggregates look at that belong to the account or to a row that is visited; `watches` are those of the last run (or,
  // during a visit, of that row), by reducer of the schedule.
  void watch() { is_watching_ = true; }

  // From now on notes in `conditions`, which has a place for each expression (or is null), what each bool is: bit 0 where it is true, bit 1 where false.
  void note_conditions(std::vector<std::uint8_t>* conditions) { conditions_ = conditions; }
  [[nodiscard]] const std::vector<ReducerWatch>& watches() const { return watches_; }

 private:
  // The rows of one scope: those from `next` on are still to come.
  struct Activation {
    std::uint32_t scope = 0;
    std::size_t step = 0;       // of the current row
    bool is_descended = false;  // the current row's inner rows are done
    std::uint64_t next = 0;
    std::uint64_t end = 0;
  };

  using Reducer = std::variant<std::monostate, Accumulator, SequenceRows>;  // nothing: a visit

  void advance();
  void enter(std::uint32_t scope);
  bool take_next_row(Activation& activation);
  void finish_row(Activation& activation);
  void leave();
  void set_value(ExprId id, const Value& value);
  void reduce(const Scope& scope);
  void add_to_sequence(SequenceRows& rows, const Sequence& node);
  void finish(std::uint32_t reducer);
  [[nodiscard]] bool is_watched(std::uint32_t reducer) const;
  void observe(std::uint32_t reducer, AggregateFn fn, const AggregateRow& row);
  void observe_end(std::uint32_t reducer);
  [[nodiscard]] WatchedRow watched_row(std::uint32_t reducer, Verdict verdict) const;
  [[nodiscard]] AggregateRow aggregate_row(const Aggregate& node) const;
  [[nodiscard]] Reducer new_reducer(const ReducerSchedule& reducer) const;
  [[nodiscard]] Accumulator new_accumulator(const Aggregate& node) const;
  [[nodiscard]] const Node& node_of(std::uint32_t reducer) const;
  [[nodiscard]] const Link& link_of(const Frame& frame) const { return prepared_.database.tables[frame.table].links[frame.link]; }

  const Prepared& prepared_;
  const Schedule& schedule_;
  RowState state_;
  std::vector<Activation> stack_;
  std::vector<Reducer> reducers_;  // those that are under way, outermost first
  const Visit* visit_ = nullptr;
  bool is_watching_ = false;
  std::vector<std::uint8_t>* conditions_ = nullptr;
  std::vector<ReducerWatch> watches_;
};

}  // namespace segue
