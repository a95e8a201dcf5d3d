// This file's external interface is what makes a column fast to ask often: statistics of its blocks, and its values as ranks between the bounds of
// comparisons. `runtime/table.h` says how both lie.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/table.h"

namespace segue {

// Of integer columns of any kind and of floats; null for the others.
[[nodiscard]] std::shared_ptr<const ColumnStatistics> make_statistics(const Column& column,
                                                                      std::size_t block_rows = ColumnStatistics::kRows);

// `cuts` ascend and are distinct. Null where ranks would not be narrower than the values, or where two bytes do not hold them.
[[nodiscard]] std::shared_ptr<const RankCodes> make_ranks(const Column& column, const std::vector<std::int64_t>& cuts);

}  // namespace segue
