// This file implements ExactSum: the pair of doubles, the superaccumulator behind it, and the one rounding at the end.
#include "stdlib/exact_sum.h"

#include <bit>
#include <cassert>
#include <cmath>

#include "stdlib/rounding.h"

namespace segue {

namespace {

constexpr std::int64_t kFractionUnit = 1'000'000'000'000'000'000;  // fraction_ counts 10^-18
constexpr std::int32_t kMaxPending = 500;                          // 2 × 500 × 2^53 stay within a chunk, so that two states add up
constexpr std::int64_t kChunkMask = 0xffff'ffff;
constexpr int kLeastBit = -1074;  // exponent of chunk 0's lowest bit

struct TwoSum {
  double sum;
  double error;
};

// Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B: a + b = sum + error exactly, if nothing overflows.
TwoSum two_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  const double a_part = sum - b_part;
  return {sum, (a - a_part) + (b - b_part)};
}

// A signed integer in digits of 32 bits, lowest first: digits in [0, 2^32) but for the last, which carries the sign.
constexpr int kDigits = 74;
using Digits = std::array<std::int64_t, kDigits>;

// Adds `addend` × 2^(32 at).
void add_at(Digits& digits, Int128 addend, int at) {
  for (int i = at; i < kDigits; ++i) {
    addend += digits[i];
    digits[i] = i + 1 < kDigits ? static_cast<std::int64_t>(addend & kChunkMask) : static_cast<std::int64_t>(addend);
    addend >>= 32;
  }
}

void multiply(Digits& digits, std::int64_t factor) {
  Int128 carry = 0;
  for (int i = 0; i < kDigits; ++i) {
    carry += Int128{digits[i]} * factor;
    digits[i] = i + 1 < kDigits ? static_cast<std::int64_t>(carry & kChunkMask) : static_cast<std::int64_t>(carry);
    carry >>= 32;
  }
}

// Adds `units` × 2^1074, whatever their width.
void add_fraction(Digits& digits, Int128 units) {
  const Int128 low = units & kChunkMask;
  add_at(digits, low << (-kLeastBit % 32), -kLeastBit / 32);
  add_at(digits, (units >> 32) << (-kLeastBit % 32), -kLeastBit / 32 + 1);
}

// Makes digits those of the absolute value, and says whether it was negative.
bool take_sign(Digits& digits) {
  if (digits[kDigits - 1] >= 0) return false;
  multiply(digits, -1);
  return true;
}

// Divides by two divisors below 2^63, from the highest digit down, until what is left can only round up a rest; then rounds. Six digits
// below the lowest that is not zero leave a quotient of more than 64 bits.
class Division {
 public:
  Division(const Digits& digits, std::int64_t first, std::int64_t second) {
    int top = kDigits - 1;
    while (top >= 0 && digits[top] == 0) --top;
    int bottom = 0;
    while (bottom < top && digits[bottom] == 0) ++bottom;
    for (int i = top; i >= bottom - kTail && !is_decided(i < bottom); --i) {
      push(quotient_digit(quotient_digit(i >= 0 ? digits[i] : 0, first, first_rest_), second, second_rest_), i);
    }
  }

  [[nodiscard]] double rounded(bool is_negative) const {
    return round_to_float(window_, kLeastBit + 32 * window_at_, has_rest_ || first_rest_ != 0 || second_rest_ != 0, is_negative);
  }

 private:
  static constexpr int kTail = 6;

  // Whether later digits can no longer matter: the window is full, and there is a rest or nothing is left.
  [[nodiscard]] bool is_decided(bool is_below_bottom) const {
    const bool has_any_rest = has_rest_ || first_rest_ != 0 || second_rest_ != 0;
    return window_ >> 96 != 0 && (has_any_rest || is_below_bottom);
  }

  static std::uint64_t quotient_digit(std::uint64_t digit, std::int64_t divisor, std::uint64_t& rest) {
    if (divisor == 1) return digit;
    const auto wide_divisor = static_cast<std::uint64_t>(divisor);
    if (wide_divisor >> 32 == 0) {
      const std::uint64_t dividend = rest << 32 | digit;
      rest = dividend % wide_divisor;
      return dividend / wide_divisor;
    }
    const UInt128 dividend = UInt128{rest} << 32 | digit;
    rest = static_cast<std::uint64_t>(dividend % wide_divisor);
    return static_cast<std::uint64_t>(dividend / wide_divisor);
  }

  // Keeps the first four digits from the first that is not zero; later ones only tell whether there is a rest.
  void push(std::uint64_t digit, int at) {
    if (window_ >> 96 != 0) {
      has_rest_ = has_rest_ || digit != 0;
      return;
    }
    window_ = (window_ << 32) | digit;
    window_at_ = at;
  }

  UInt128 window_ = 0;
  int window_at_ = 0;
  std::uint64_t first_rest_ = 0;
  std::uint64_t second_rest_ = 0;
  bool has_rest_ = false;
};

// A value within `error` of high + low.
struct Approximation {
  double high;
  double low;
  double error;
};

// What the last bits of the steps below can be wrong by, relative to the low and the high part; four times what they are.
constexpr double kLowError = 0x1p-51;
constexpr double kHighError = 0x1p-103;

Approximation divided(Approximation value, double divisor) {
  const double quotient = value.high / divisor;
  const double rest = std::fma(-quotient, divisor, value.high);  // exact
  const double low = (rest + value.low) / divisor;
  return {quotient, low, value.error / divisor * 2 + std::abs(low) * kLowError + std::abs(quotient) * kHighError};
}

Approximation sum_of(Approximation a, Approximation b) {
  const TwoSum high = two_sum(a.high, b.high);
  const double low = high.error + (a.low + b.low);
  const double error = (std::abs(high.error) + std::abs(a.low) + std::abs(b.low)) * kLowError + (a.error + b.error) * 2;
  return {high.sum, low, error};
}

// The double nearest to the value, where the error leaves only one: the rounding test of A. Ziv, "Fast evaluation of elementary
// mathematical functions with correctly rounded last bit" (1991).
std::optional<double> rounded(Approximation value) {
  const double least = value.high + (value.low - value.error);
  const double greatest = value.high + (value.low + value.error);
  const bool is_far_from_limits = std::abs(least) > 0x1p-900 && std::abs(least) < 0x1p900;
  return least == greatest && is_far_from_limits ? std::optional(least) : std::nullopt;
}

}  // namespace

void ExactSum::add(double value) {
  assert(!std::isnan(value));
  if (is_spilled_) return add_wide(value);
  const TwoSum high = two_sum(high_, value);
  const TwoSum low = two_sum(low_, high.error);
  // Also false where something overflowed, for then the errors are not numbers.
  if (low.error == 0 && std::isfinite(high.sum)) {
    high_ = high.sum;
    low_ = low.sum;
    return;
  }
  if (std::isfinite(value)) spill();
  add_wide(value);
}

void ExactSum::add_wide(double value) {
  if (std::isinf(value)) {
    (value > 0 ? has_positive_infinity_ : has_negative_infinity_) = true;
    return;
  }
  if (++pending_ > kMaxPending) propagate_carries();
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const int biased = static_cast<int>((bits >> 52) & 0x7ff);
  const std::uint64_t fraction = bits & 0xf'ffff'ffff'ffff;
  const std::uint64_t mantissa = biased == 0 ? fraction : fraction | (std::uint64_t{1} << 52);
  const int position = biased == 0 ? 0 : biased - 1;
  const int shift = position & 31;
  const auto low = static_cast<std::int64_t>((mantissa << shift) & kChunkMask);
  const auto high = static_cast<std::int64_t>(mantissa >> (32 - shift));
  const std::int64_t sign = value < 0 ? -1 : 1;
  chunks_[position >> 5] += sign * low;
  chunks_[(position >> 5) + 1] += sign * high;
}

void ExactSum::spill() {
  chunks_.fill(0);
  is_spilled_ = true;
  pending_ = 0;
  add_wide(high_);
  add_wide(low_);
}

void ExactSum::propagate_carries() {
  for (int i = 0; i + 1 < kChunks; ++i) {
    chunks_[i + 1] += chunks_[i] >> 32;
    chunks_[i] &= kChunkMask;
  }
  pending_ = 1;
}

void ExactSum::add_exact(std::int64_t raw, int scale) {
  const std::int64_t whole = raw / kPowersOf10[scale];
  fraction_ += Int128{raw % kPowersOf10[scale]} * kPowersOf10[kMaxScale - scale];
  const std::int64_t low = whole & kChunkMask;  // both parts are doubles, whatever the width of the whole
  add(static_cast<double>(whole - low));
  if (low != 0) add(static_cast<double>(low));
}

void ExactSum::merge(const ExactSum& other) {
  has_positive_infinity_ = has_positive_infinity_ || other.has_positive_infinity_;
  has_negative_infinity_ = has_negative_infinity_ || other.has_negative_infinity_;
  fraction_ += other.fraction_;
  if (!other.is_spilled_) {
    add(other.high_);
    add(other.low_);
    return;
  }
  if (!is_spilled_) spill();
  if (pending_ + other.pending_ > kMaxPending) propagate_carries();
  for (int i = 0; i < kChunks; ++i) chunks_[i] += other.chunks_[i];
  pending_ += other.pending_;
}

KnownFloat ExactSum::infinite_total() const {
  if (has_positive_infinity_ && has_negative_infinity_) return kMissingFloat;
  const double infinity = std::numeric_limits<double>::infinity();
  return {has_positive_infinity_ ? infinity : -infinity, true};
}

// Whether the sum is numerator / 10^18 with a numerator of 126 bits: sums of decimals and small whole floats.
bool ExactSum::is_small_rational(Int128& numerator) const {
  constexpr Int128 kFractionLimit = Int128{1} << 125;
  if (is_spilled_ || low_ != 0 || std::abs(high_) >= 0x1p62 || high_ != std::trunc(high_)) return false;
  if (fraction_ >= kFractionLimit || fraction_ <= -kFractionLimit) return false;
  numerator = Int128{static_cast<std::int64_t>(high_)} * kFractionUnit + fraction_;
  return true;
}

// The general way: the sum as one wide integer, divided by 10^18 (where there are fractions) and by the count.
double ExactSum::rounded_quotient(std::int64_t count) const {
  ExactSum sum = *this;
  if (!sum.is_spilled_) sum.spill();
  sum.propagate_carries();
  Digits digits{};
  for (int i = 0; i < kChunks; ++i) digits[i] = sum.chunks_[i];
  add_at(digits, 0, 0);  // spreads the last chunk's sign over the digits above it
  if (fraction_ != 0) {
    // sum + fraction / 10^18 = (sum × 10^18 + fraction) / 10^18, in units of the least bit
    multiply(digits, kFractionUnit);
    add_fraction(digits, fraction_);
  }
  const bool is_negative = take_sign(digits);
  return Division(digits, fraction_ != 0 ? kFractionUnit : 1, count).rounded(is_negative);
}

// The quotient from the pair and the fractions in double-double arithmetic, where that settles the last bit.
std::optional<double> ExactSum::quick_quotient(std::int64_t count) const {
  constexpr Int128 kLimit = Int128{1} << 62;
  constexpr std::int64_t kMaxExactInt = std::int64_t{1} << 53;
  constexpr double kTiny = 0x1p-900;
  const bool is_small = fraction_ < kLimit && fraction_ > -kLimit && count <= kMaxExactInt && std::abs(high_) < 0x1p900;
  const bool is_large = high_ == 0 || std::abs(high_) > kTiny;
  if (is_spilled_ || !is_small || !is_large) return std::nullopt;
  const auto fraction = static_cast<std::int64_t>(fraction_);
  const auto fraction_high = static_cast<double>(fraction);
  const auto fraction_low = static_cast<double>(fraction - static_cast<std::int64_t>(fraction_high));
  const Approximation part = divided({fraction_high, fraction_low, 0}, static_cast<double>(kFractionUnit));
  const TwoSum whole = two_sum(high_, low_);
  return rounded(divided(sum_of({whole.sum, whole.error, 0}, part), static_cast<double>(count)));
}

double ExactSum::quotient(std::int64_t count) const {
  if (const std::optional<double> quick = quick_quotient(count)) return *quick;
  Int128 numerator = 0;
  if (is_small_rational(numerator)) return nearest_ratio(numerator, UInt128{kFractionUnit} * static_cast<UInt128>(count));
  return rounded_quotient(count);
}

KnownFloat ExactSum::total() const {
  if (has_positive_infinity_ || has_negative_infinity_) return infinite_total();
  if (!is_spilled_ && fraction_ == 0) return {high_ + low_, true};
  return {quotient(1), true};
}

KnownFloat ExactSum::average(std::int64_t count) const {
  if (count == 0) return kMissingFloat;
  if (has_positive_infinity_ || has_negative_infinity_) return infinite_total();
  return {quotient(count), true};
}

KnownFloat exact_sum(std::span<const double> values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum.total();
}

}  // namespace segue
