// This file's external interface is Results: what an evaluation answers, the same whichever engine gave it.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bitmap.h"

namespace segue {

// The answer of one definition, in the order of the account table's rows.
struct DefinitionResult {
  Bitmap members;                   // segments: one bit an account; audiences: one a row of the relation's table, in its order
  std::vector<double> scores;       // scores: one number an account
  std::vector<std::int32_t> codes;  // tiers, stages, grids, splits: the index of the enum's value of each account, -1 where it has none
  std::uint64_t undetermined =
      0;  // rows for which three-valued evaluation gives unknown; where there are codes, rows whose value is unsure
};

// One entry for each definition asked for, in the order asked.
struct Results {
  std::vector<DefinitionResult> definitions;
};

}  // namespace segue
