// This file's interface, private to the folder, is BoundConstants: what the clock makes of a plan's nodes that are the same for all rows.
#pragma once

#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

struct BoundConstants {
  std::vector<KnownInt> values;                                      // by node; of frame-free values. 0 where missing
  std::vector<std::uint32_t> places;                                 // by node: index into the program's constants
  std::vector<std::int64_t, AlignedAllocator<std::int64_t>> blocks;  // the program's constants
};

[[nodiscard]] BoundConstants bind_constants(const Plan& plan, const Clock& clock);

// What a CompareBound or an InWindow admits; empty where the bound is missing or the window covers nothing.
[[nodiscard]] IntRange bound_range(const BoundConstants& constants, const CompareBound& test);
[[nodiscard]] IntRange window_range(const Plan& plan, const Clock& clock, const InWindow& test);

// Of floats as integers in their order, as statistics and ranks of columns hold them; without a bound where the range has none.
[[nodiscard]] IntRange ordered_range(const FloatRange& range);

}  // namespace segue
