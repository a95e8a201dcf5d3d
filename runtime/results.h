// This file's external interface is Results: what an evaluation answers, the same whichever engine gave it.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bitmap.h"

namespace segue {

// The answer of one definition, in the order of the account table's rows.
struct DefinitionResult {
  Bitmap members;                  // segments: one bit an account
  std::vector<double> scores;      // scores: one number an account
  std::uint64_t undetermined = 0;  // segments: accounts for which three-valued evaluation gives unknown
};

// One entry for each definition asked for, in the order asked.
struct Results {
  std::vector<DefinitionResult> definitions;
};

}  // namespace segue
