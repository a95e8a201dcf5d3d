// This file's external interface is the answers that need all rows of a table at once: who stands among the greatest, and which part of the
// rows is at most as great. They depend on the rows' values and keys alone, never on the order of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/bitmap.h"
#include "runtime/table.h"

namespace segue {

// One value a row: integers, or floats by their bits (-0.0 and 0.0 are one value); 0 where not `known`.
struct RankedValues {
  const std::vector<std::int64_t>& values;
  const Bitmap& known;
  bool is_float = false;
};

// How many of `candidates` a `top` takes: `count`, or `share` in units of 10^-`share_scale` of them, rounded up; never more than there are.
[[nodiscard]] std::size_t top_count(std::size_t candidates, std::optional<std::int64_t> count, std::int64_t share,
                                    std::uint8_t share_scale);

// Those `count` of `candidates` that have the greatest values; of equal ones those with the least keys; rows without a value come last.
// No two rows share a key; texts are compared by code point.
[[nodiscard]] Bitmap top_rows(const Bitmap& candidates, const RankedValues& by, std::size_t count, const Column& key);

// A float column: for each row with a value, the part of the rows in `among` with a value whose value is at most as great. Missing for other rows, and for all
// where there is none in `among`.
[[nodiscard]] Column percentiles(const Bitmap& among, const RankedValues& values);

// A bool column without missing values.
[[nodiscard]] Column bits_column(Bitmap bits);

}  // namespace segue
