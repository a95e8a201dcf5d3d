// This file implements exact arithmetic on top of 128-bit integers: every result is either exact or rounded once.
#include "stdlib/number.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

#include "stdlib/rounding.h"

namespace segue {

namespace {

constexpr std::int64_t kMaxExactInt = std::int64_t{1} << 53;  // up to here every int is a double
constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr IntRange kNoInts{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr FloatRange kNoFloats{kInfinity, -kInfinity};

bool is_exact_double(Int128 value) { return value >= -Int128{kMaxExactInt} && value <= Int128{kMaxExactInt}; }

Int128 scaled_up(std::int64_t raw, int by) {
  assert(by >= 0 && by <= kMaxScale);
  return Int128{raw} * kPowersOf10[by];
}

// A number between two raw values, or on one: floor and ceil are equal exactly when it is whole.
struct Bracket {
  Int128 floor;
  Int128 ceil;
};

Bracket bracket_of_ratio(Int128 numerator, std::int64_t denominator) {
  Int128 quotient = numerator / denominator;
  const Int128 remainder = numerator % denominator;
  if (remainder < 0) --quotient;
  return {quotient, quotient + (remainder != 0 ? 1 : 0)};
}

// The fraction of a double in [0, 1) as mantissa × 2^-shift.
struct Fraction {
  std::uint64_t mantissa = 0;
  int shift = 0;
};

Fraction fraction_parts(double fraction) {
  int exponent = 0;
  const double half_to_one = std::frexp(fraction, &exponent);
  return {static_cast<std::uint64_t>(std::ldexp(half_to_one, 53)), 53 - exponent};
}

// value × 10^scale, for |value| <= 2^63. Below zero by symmetry, for there `value - floor(value)` is not exact.
Bracket bracket_of_float(double value, int scale) {
  if (value < 0) {
    const Bracket opposite = bracket_of_float(-value, scale);
    return {-opposite.ceil, -opposite.floor};
  }
  const double whole = std::floor(value);
  const Fraction fraction = fraction_parts(value - whole);
  const UInt128 product = UInt128{fraction.mantissa} * static_cast<UInt128>(kPowersOf10[scale]);
  const UInt128 kept = fraction.shift < 128 ? product >> fraction.shift : 0;
  const bool is_whole = fraction.shift < 128 ? (kept << fraction.shift) == product : product == 0;
  const Int128 floor = static_cast<Int128>(whole) * kPowersOf10[scale] + static_cast<Int128>(kept);
  return {floor, floor + (is_whole ? 0 : 1)};
}

IntRange clamped_range(Int128 low, Int128 high) {
  constexpr Int128 kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr Int128 kGreatest = std::numeric_limits<std::int64_t>::max();
  if (low > high || low > kGreatest || high < kLeast) return kNoInts;
  return {static_cast<std::int64_t>(std::max(low, kLeast)), static_cast<std::int64_t>(std::min(high, kGreatest))};
}

IntRange range_of(Comparison comparison, Bracket constant) {
  constexpr Int128 kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr Int128 kGreatest = std::numeric_limits<std::int64_t>::max();
  switch (comparison) {
    case Comparison::kEqual: return clamped_range(constant.ceil, constant.floor);
    case Comparison::kLess: return clamped_range(kLeast, constant.ceil - 1);
    case Comparison::kLessEqual: return clamped_range(kLeast, constant.floor);
    case Comparison::kGreater: return clamped_range(constant.floor + 1, kGreatest);
    case Comparison::kGreaterEqual: return clamped_range(constant.ceil, kGreatest);
  }
  return {};
}

double float_below(double value) { return std::nextafter(value, -kInfinity); }
double float_above(double value) { return std::nextafter(value, kInfinity); }

// The doubles next to a constant: equal when it is a double itself.
FloatRange float_range_of(Comparison comparison, double floor, double ceil) {
  const bool is_double = floor == ceil;
  switch (comparison) {
    case Comparison::kEqual: return is_double ? FloatRange{floor, ceil} : kNoFloats;
    case Comparison::kLess: return floor == -kInfinity ? kNoFloats : FloatRange{-kInfinity, is_double ? float_below(floor) : floor};
    case Comparison::kLessEqual: return {-kInfinity, floor};
    case Comparison::kGreater: return ceil == kInfinity ? kNoFloats : FloatRange{is_double ? float_above(ceil) : ceil, kInfinity};
    case Comparison::kGreaterEqual: return {ceil, kInfinity};
  }
  return {};
}

// Compares remainder / 10^scale with a fraction, both in [0, 1).
int compare_fractions(std::uint64_t remainder, int scale, double fraction) {
  const Fraction parts = fraction_parts(fraction);
  if (remainder == 0 || parts.mantissa == 0) return (remainder != 0) - (parts.mantissa != 0);
  if (bit_length(remainder) + parts.shift > 127) return 1;  // the other side stays below 2^113
  const UInt128 left = UInt128{remainder} << parts.shift;
  const UInt128 right = UInt128{parts.mantissa} * static_cast<UInt128>(kPowersOf10[scale]);
  return (left > right) - (left < right);
}

// Compares a / 10^scale with b >= 0, whose whole part and fraction are exact; |a| <= 2^63.
int compare_to_positive(Int128 a, int scale, double b) {
  if (b > kTwoTo63) return -1;
  if (a < 0) return -1;
  const double whole = std::floor(b);
  const auto whole_b = static_cast<UInt128>(whole);
  const auto unit = static_cast<UInt128>(kPowersOf10[scale]);
  const UInt128 whole_a = static_cast<UInt128>(a) / unit;
  if (whole_a != whole_b) return whole_a < whole_b ? -1 : 1;
  return compare_fractions(static_cast<std::uint64_t>(static_cast<UInt128>(a) % unit), scale, b - whole);
}

// Power of ten of the first digit that is not zero in well-formed number text; what a number out of range has too much or too little of.
long decimal_magnitude(std::string_view text) {
  const std::size_t exponent_at = text.find_first_of("eE");
  const std::string_view digits = text.substr(0, exponent_at);
  long exponent = 0;
  if (exponent_at != std::string_view::npos) {
    std::string_view written = text.substr(exponent_at + 1);
    if (written.starts_with('+')) written.remove_prefix(1);
    const auto parsed = std::from_chars(written.data(), written.data() + written.size(), exponent);
    if (parsed.ec == std::errc::result_out_of_range) exponent = written.starts_with('-') ? -1'000'000'000L : 1'000'000'000L;
  }
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return -1'000'000'000L;
  const std::size_t point = std::min(digits.find('.'), digits.size());
  return std::clamp(exponent, -1'000'000'000L, 1'000'000'000L) + static_cast<long>(point) - static_cast<long>(first);
}

}  // namespace

double round_to_float(UInt128 magnitude, int exponent, bool has_rest, bool is_negative) {
  const int drop = std::max(bit_length(magnitude) - 53, -1074 - exponent);
  UInt128 kept = magnitude;
  if (drop > 128) {
    kept = 0;
  } else if (drop > 0) {
    kept = drop == 128 ? 0 : magnitude >> drop;
    const UInt128 half = UInt128{1} << (drop - 1);
    const UInt128 rest = drop == 128 ? magnitude : magnitude & ((UInt128{1} << drop) - 1);
    const bool is_up = rest > half || (rest == half && (has_rest || (kept & 1) != 0));
    kept += is_up ? 1 : 0;
  }
  const double result = std::ldexp(static_cast<double>(static_cast<std::uint64_t>(kept)), exponent + std::max(drop, 0));
  return is_negative ? -result : result;
}

KnownInt add_decimal(std::int64_t a, int a_scale, std::int64_t b, int b_scale) {
  const int scale = std::max(a_scale, b_scale);
  return decimal_from_wide(scaled_up(a, scale - a_scale) + scaled_up(b, scale - b_scale));
}

KnownInt subtract_decimal(std::int64_t a, int a_scale, std::int64_t b, int b_scale) {
  const int scale = std::max(a_scale, b_scale);
  return decimal_from_wide(scaled_up(a, scale - a_scale) - scaled_up(b, scale - b_scale));
}

KnownInt rescale_decimal(std::int64_t raw, int from_scale, int to_scale) {
  if (to_scale >= from_scale) return decimal_from_wide(scaled_up(raw, to_scale - from_scale));
  const std::int64_t divisor = kPowersOf10[from_scale - to_scale];
  return raw % divisor == 0 ? decimal_from_wide(raw / divisor) : kMissingInt;
}

double nearest_ratio(Int128 numerator, UInt128 denominator) {
  assert(denominator != 0 && bit_length(denominator) < 128);
  if (is_exact_double(numerator) && denominator <= UInt128{kMaxExactInt}) {
    return static_cast<double>(static_cast<std::int64_t>(numerator)) / static_cast<double>(static_cast<std::uint64_t>(denominator));
  }
  const UInt128 magnitude = magnitude_of(numerator);
  if (magnitude == 0) return 0;
  int shift = 128 - bit_length(magnitude);
  UInt128 quotient = (magnitude << shift) / denominator;
  UInt128 remainder = (magnitude << shift) % denominator;
  const int step_limit = 128 - bit_length(denominator);
  while (remainder != 0 && bit_length(quotient) < 64) {
    const int step = std::min(64 - bit_length(quotient), step_limit);
    quotient = (quotient << step) | ((remainder << step) / denominator);
    remainder = (remainder << step) % denominator;
    shift += step;
  }
  return round_to_float(quotient, -shift, remainder != 0, numerator < 0);
}

double nearest_float(std::int64_t raw, int scale) {
  return scale == 0 ? static_cast<double>(raw) : nearest_ratio(raw, static_cast<UInt128>(kPowersOf10[scale]));
}

double nearest_float_of_text(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  assert(parsed.ec != std::errc::invalid_argument && parsed.ptr == text.data() + text.size());
  if (parsed.ec != std::errc::result_out_of_range) return value;
  const double limit = decimal_magnitude(text) > 0 ? kInfinity : 0.0;
  return text.starts_with('-') ? -limit : limit;
}

KnownFloat divide_exact(std::int64_t a, int a_scale, std::int64_t b, int b_scale) {
  if (b == 0) return kMissingFloat;
  const Int128 numerator = scaled_up(a, std::max(b_scale - a_scale, 0));
  const Int128 denominator = scaled_up(b, std::max(a_scale - b_scale, 0));
  return {nearest_ratio(b < 0 ? -numerator : numerator, magnitude_of(denominator)), true};
}

KnownFloat average_exact(Int128 sum, int scale, std::int64_t count) {
  if (count == 0) return kMissingFloat;
  return {nearest_ratio(sum, static_cast<UInt128>(scaled_up(count, scale))), true};
}

int compare_exact(std::int64_t a, int a_scale, std::int64_t b, int b_scale) {
  if (a_scale == b_scale) return compare_int(a, b);
  const int scale = std::max(a_scale, b_scale);
  const Int128 left = scaled_up(a, scale - a_scale);
  const Int128 right = scaled_up(b, scale - b_scale);
  return (left > right) - (left < right);
}

int compare_exact_float(std::int64_t a, int a_scale, double b) {
  if (a_scale == 0 && is_exact_double(a)) return compare_float(static_cast<double>(a), b);
  return b < 0 ? -compare_to_positive(-Int128{a}, a_scale, -b) : compare_to_positive(a, a_scale, b);
}

IntRange exact_range(int column_scale, Comparison comparison, std::int64_t constant, int constant_scale) {
  if (constant_scale <= column_scale) {
    const Int128 raw = scaled_up(constant, column_scale - constant_scale);
    return range_of(comparison, {raw, raw});
  }
  return range_of(comparison, bracket_of_ratio(constant, kPowersOf10[constant_scale - column_scale]));
}

IntRange exact_range(int column_scale, Comparison comparison, double constant) {
  assert(!std::isnan(constant));
  constexpr Int128 kBeyond = Int128{1} << 64;
  if (constant > kTwoTo63) return range_of(comparison, {kBeyond, kBeyond});
  if (constant < -kTwoTo63) return range_of(comparison, {-kBeyond, -kBeyond});
  return range_of(comparison, bracket_of_float(constant, column_scale));
}

FloatRange float_range(Comparison comparison, std::int64_t constant, int constant_scale) {
  const double nearest = nearest_float(constant, constant_scale);
  const int side = compare_exact_float(constant, constant_scale, nearest);
  return float_range_of(comparison, side < 0 ? float_below(nearest) : nearest, side > 0 ? float_above(nearest) : nearest);
}

FloatRange float_range(Comparison comparison, double constant) {
  assert(!std::isnan(constant));
  return float_range_of(comparison, constant, constant);
}

}  // namespace segue
