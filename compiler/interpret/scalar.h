// This file's external interface is evaluate: the value of one expression for one row, from its operands' values. Private to the interpreter.
#pragma once

#include <span>

#include "compiler/interpret/prepared.h"
#include "compiler/interpret/value.h"

namespace segue {

// What evaluation stands on: the row of each frame, and the values that are known for those rows.
struct RowState {
  std::vector<RowId> rows;    // by frame
  std::vector<Value> values;  // by expression
};

// Any node but an aggregate or a sequence, which run over other rows.
[[nodiscard]] Value evaluate(const Prepared& prepared, const RowState& state, ExprId id);

// The exact sum of a score's terms, rounded once, before its range applies.
[[nodiscard]] Value score_sum(const Prepared& prepared, const RowState& state, const ScoreSum& score);

// Where the account stands in a split: a number below 2^52 that its key and the seed spell.
[[nodiscard]] std::uint64_t split_place(const Prepared& prepared, const RowState& state, const SplitPart& split);

}  // namespace segue
