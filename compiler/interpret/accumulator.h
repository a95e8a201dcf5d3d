// This file's external interface is Accumulator: an aggregate over the rows that it is given, one by one and in any order, two-valued and
// three-valued. `language.md`, "Related tables"; `docs/design/undetermined.md`. Private to the interpreter.
#pragma once

#include <string>
#include <unordered_set>

#include "compiler/check/program.h"
#include "compiler/interpret/value.h"
#include "stdlib/exact_sum.h"
#include "stdlib/number.h"

namespace segue {

// What an aggregate looks at in one row. `time` and `key` are for kLatest and kEarliest; a table without a key has a missing one.
struct AggregateRow {
  Verdict within{.holds = true};
  Verdict where{.holds = true};
  Value value;
  Value time;
  Value key;
};

struct AggregateTypes {
  Type value;
  Type key;
};

class Accumulator {
 public:
  Accumulator(AggregateFn fn, AggregateTypes types) : fn_(fn), types_(types) {}

  void add(const AggregateRow& row);
  // The aggregate's value over the rows added.
  [[nodiscard]] Value result() const;

  // Rows that the window let through, and those of them that met the condition (the claim, of `every` and `share`).
  [[nodiscard]] std::uint64_t looked_at() const { return looked_at_; }
  [[nodiscard]] std::uint64_t passed() const { return passed_; }

 private:
  void add_quantified(const AggregateRow& row);
  void add_shared(const AggregateRow& row);
  void add_value(const AggregateRow& row);
  void add_timed(const AggregateRow& row);
  void take_value(const Value& value);
  [[nodiscard]] bool precedes(const AggregateRow& candidate) const;
  [[nodiscard]] Value quantified() const;
  [[nodiscard]] Value sum() const;
  [[nodiscard]] Value average() const;

  AggregateFn fn_;
  AggregateTypes types_;
  std::uint64_t looked_at_ = 0;
  std::uint64_t passed_ = 0;
  std::uint64_t values_ = 0;      // rows that passed and whose value is known
  bool has_unknown_row_ = false;  // kAny, kNone, kEvery: a row's verdict is unknown
  bool is_decided_ = false;       // … a row that is known decides
  bool holds_somewhere_ = false;  // … and two-valued
  bool unsure_ = false;           // the others: a filter, or a value that is needed, is unknown
  Int128 exact_sum_ = 0;
  ExactSum float_sum_;
  bool has_best_ = false;
  Value best_;             // kMin, kMax
  AggregateRow best_row_;  // kLatest, kEarliest
  std::unordered_set<std::string> identities_;
};

}  // namespace segue
