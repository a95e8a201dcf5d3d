// This file's external interface is `histogram_of`: how the numbers of a score lie.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace segue {

// Accounts whose score is at least `from` and below `to`; exactly `from` where the two are equal.
struct HistogramBar {
  double from = 0, to = 0;
  std::uint64_t accounts = 0;
};

// The parts of the accounts that `Histogram::quantiles` speaks of.
inline constexpr std::array kQuantiles = {0.1, 0.25, 0.5, 0.75, 0.9};

struct Histogram {
  std::vector<HistogramBar>
      bars;  // in ascending order, those between without accounts too; a bar a number where there are few different ones
  std::vector<double> quantiles;  // the least numbers that at least those parts of the finite ones do not exceed; empty without any
  std::uint64_t infinite = 0;     // accounts whose score is infinite or no number
};

[[nodiscard]] Histogram histogram_of(std::span<const double> scores);

}  // namespace segue
