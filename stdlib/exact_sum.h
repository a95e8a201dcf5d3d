// This file's external interface is ExactSum: the exact sum of floats and exact numbers in any order, rounded once.
// The wide state is the small superaccumulator of Radford M. Neal, "Fast exact summation using small and large
// superaccumulators" (arXiv:1505.05571, 2015): chunks of 64 bits that overlap by 32. Most sums never need it: as long as a pair
// of doubles (Knuth's TwoSum) holds the sum without error, that pair is the state.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "stdlib/number.h"

namespace segue {

// A value; states merge without loss, so that no result depends on the order of rows, on threads or on batches.
class ExactSum {
 public:
  // Adds a float, infinities included; NaN is not allowed.
  void add(double value);

  // Adds raw / 10^scale exactly: an int (scale 0) or a decimal.
  void add_exact(std::int64_t raw, int scale);

  void merge(const ExactSum& other);

  // The exact sum rounded once: 0 over nothing, infinite where an infinity was added or the sum is beyond the range of a double,
  // missing where infinities of both signs were added.
  [[nodiscard]] KnownFloat total() const;

  // The double nearest to the exact sum divided by `count`; missing where `count` is 0 or the sum is missing.
  [[nodiscard]] KnownFloat average(std::int64_t count) const;

 private:
  // Chunk i weighs 2^(32 i - 1074); 2^1024 lies in chunk 65, and the last takes what sums carry beyond it.
  static constexpr int kChunks = 68;

  void add_wide(double value);
  void spill();
  void propagate_carries();
  [[nodiscard]] KnownFloat infinite_total() const;
  [[nodiscard]] bool is_small_rational(Int128& numerator) const;
  [[nodiscard]] std::optional<double> quick_quotient(std::int64_t count) const;
  [[nodiscard]] double rounded_quotient(std::int64_t count) const;
  [[nodiscard]] double quotient(std::int64_t count) const;

  double high_ = 0;  // high_ + low_ is the sum of the floats and whole parts while it is not spilled
  double low_ = 0;
  Int128 fraction_ = 0;       // fractional parts of exact numbers, in units of 10^-18
  std::int32_t pending_ = 0;  // additions to the chunks since carries were last propagated
  bool is_spilled_ = false;   // chunks_ hold the sum, not high_ and low_
  bool has_positive_infinity_ = false;
  bool has_negative_infinity_ = false;
  std::array<std::int64_t, kChunks> chunks_;  // set only when spilled: clearing them would cost more than most sums
};

// The pair of doubles alone, for the many short sums that need no more: once `add` says no, the sum is ExactSum's to make from the start.
class PairSum {
 public:
  // Whether high + low is still the exact sum.
  bool add(double value) {
    const double high = high_ + value;
    const double part = high - high_;
    const double error = (high_ - (high - part)) + (value - part);
    const double low = low_ + error;
    const double low_part = low - low_;
    const double lost = (low_ - (low - low_part)) + (error - low_part);
    high_ = high;
    low_ = low;
    return lost == 0;  // also false where something overflowed: then the errors are not numbers
  }
  [[nodiscard]] double total() const { return high_ + low_; }

 private:
  double high_ = 0;
  double low_ = 0;
};

// The exact sum of `values`, rounded once: `ExactSum` without its state.
[[nodiscard]] KnownFloat exact_sum(std::span<const double> values);

}  // namespace segue
