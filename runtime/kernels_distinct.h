// This file's external interface is how many different values groups of rows have: under many filters in one pass.
#pragma once

#include "runtime/program.h"

namespace segue {

struct DistinctData {
  bool is_float = false;  // -0.0 and 0.0 are one
};

// values: one; bits: filters; out: by filter, how many different values the rows of a group that pass have. `data` is a DistinctData.
void count_distinct(const GroupsCall& call);

// The kernel for a machine whose code uses registers of so many 64-bit words.
[[nodiscard]] GroupsKernel distinct_kernel(unsigned vector_words);

}  // namespace segue
