// This file's external interface is Population: what `top` and `percentile` know of all rows, worked out before any expression that stands on
// them. Private to the interpreter.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/interpret/value.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

// Of a TopOf: the place of each row of its table among the candidates, from 1 on; 0 where it is none.
struct TopRanks {
  std::vector<std::uint64_t> rank;
  std::uint64_t candidates = 0;
  std::uint64_t taken = 0;  // how many places count as the top
};

// Of a Percentile: the known values of the accounts among which it looks, ascending.
struct PercentileValues {
  Type type;
  std::vector<Value> values;

  // How many of them are at most a known value.
  [[nodiscard]] std::uint64_t at_most(const Value& value) const;
};

// By expression.
struct Population {
  std::unordered_map<std::uint32_t, TopRanks> tops;
  std::unordered_map<std::uint32_t, PercentileValues> percentiles;
};

// Answers every TopOf and Percentile that the roots need, one after the other: those that another's operands need stand before it. Nothing when
// `goes_on`, which is asked now and then, said no; `conditions` as for Machine::note_conditions. Borrowed text lives as long as program and database.
[[nodiscard]] std::optional<Population> solve_population(const CheckedProgram& program, const Database& database, const Clock& clock,
                                                         std::span<const DefinitionId> roots, const std::function<bool()>& goes_on = {},
                                                         std::vector<std::uint8_t>* conditions = nullptr);

}  // namespace segue
