// This file's external interface is the segmented reductions that need no more than integers: each takes the rows of a group whose bit is set
// (ReduceCall) and gives one value or one bit for the group. Sums and averages, which need exact arithmetic, are the caller's kernels.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "runtime/program.h"

namespace segue {

void reduce_any(const ReduceCall& call);    // out_bits
void reduce_count(const ReduceCall& call);  // out

// values[0]; 0 over no rows. Floats are ordered as numbers, -0.0 before 0.0.
void reduce_min(const ReduceCall& call);
void reduce_max(const ReduceCall& call);
void reduce_min_float(const ReduceCall& call);
void reduce_max_float(const ReduceCall& call);

// Position of the row whose values are the greatest (the least), compared in turn: values[0], which is an integer, then values[1], …; -1 over no rows. `data` is a PickOrder.
struct PickOrder {
  // The order of two values that are neither integers nor floats: negative, 0 or positive. Null where they are.
  using Compare = int (*)(const void* data, std::int64_t a, std::int64_t b);
  struct Key {
    bool is_float = false;
    Compare compare = nullptr;
    std::shared_ptr<const void> data;
  };
  bool is_latest = true;
  std::vector<Key> keys;  // by value
};
void reduce_pick(const ReduceCall& call);
void reduce_pick_narrow(const ReduceCall& call);  // the same on a processor without AVX-512

// How two values of a key stand: negative, 0 or positive.
[[nodiscard]] int compare_keys(const PickOrder::Key& key, std::int64_t a, std::int64_t b);

}  // namespace segue
