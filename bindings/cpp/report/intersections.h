// This file's external interface is `intersections_of`: how many accounts are in exactly which segments, for an UpSet plot (Lex, Gehlenborg, Strobelt, Vuillemot and Pfister: UpSet:
// Visualization of Intersecting Sets, IEEE TVCG 20(12), 2014).
#pragma once

#include <cstdint>
#include <vector>

#include "bindings/cpp/evaluate.h"

namespace segue {

// Accounts that are in these sets and in no other.
struct Intersection {
  std::uint32_t sets = 0;  // bit i: in set i; 0: in none of them
  std::uint64_t accounts = 0;
};

struct Intersections {
  std::vector<std::size_t>
      sets;  // indices into Evaluation::definitions: the largest segments and audiences, of which accounts count, at most 24
  std::uint64_t sets_left_out = 0;          // others that have accounts
  std::vector<Intersection> intersections;  // the largest first; the first two thousand
  std::uint64_t accounts_left_out = 0;      // in smaller ones
};

// Of an evaluation that kept its answers.
[[nodiscard]] Intersections intersections_of(const OpenedProject& project, const Evaluation& evaluation);

}  // namespace segue
