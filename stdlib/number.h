// This file's external interface is the exact arithmetic of the language: ints, decimals and floats, the comparisons between
// them, and the ranges that turn a comparison with a constant into one on raw column values. `language.md`, "Types", "Numbers".
// An "exact" number is an int64 `raw` with a `scale`: raw / 10^scale. An int is an exact number of scale 0.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

namespace segue {

// `__extension__` keeps -Wpedantic quiet about a type that every supported compiler has.
__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

// An int, decimal raw, date, timestamp, duration or enum index; `value` is 0 where it is not known.
struct KnownInt {
  std::int64_t value = 0;
  bool known = false;

  friend bool operator==(const KnownInt&, const KnownInt&) = default;
};

// A float, never NaN; `value` is 0 where it is not known.
struct KnownFloat {
  double value = 0;
  bool known = false;

  friend bool operator==(const KnownFloat&, const KnownFloat&) = default;
};

inline constexpr KnownInt kMissingInt{};
inline constexpr KnownFloat kMissingFloat{};

inline constexpr int kMaxScale = 18;                                     // digits after the point of a decimal
inline constexpr std::int64_t kMaxDecimalRaw = 999'999'999'999'999'999;  // 18 digits in all

// 10^0 to 10^18.
inline constexpr std::int64_t kPowersOf10[kMaxScale + 1] = {
    1,
    10,
    100,
    1'000,
    10'000,
    100'000,
    1'000'000,
    10'000'000,
    100'000'000,
    1'000'000'000,
    10'000'000'000,
    100'000'000'000,
    1'000'000'000'000,
    10'000'000'000'000,
    100'000'000'000'000,
    1'000'000'000'000'000,
    10'000'000'000'000'000,
    100'000'000'000'000'000,
    1'000'000'000'000'000'000,
};

// ---- int: a result beyond 64 bits is missing

[[nodiscard]] inline KnownInt add_int(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? kMissingInt : KnownInt{result, true};
}

[[nodiscard]] inline KnownInt subtract_int(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_sub_overflow(a, b, &result) ? kMissingInt : KnownInt{result, true};
}

[[nodiscard]] inline KnownInt multiply_int(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? kMissingInt : KnownInt{result, true};
}

[[nodiscard]] inline KnownInt negate_int(std::int64_t a) { return subtract_int(0, a); }

// ---- decimal, and int beside decimal (an int is of scale 0): a result beyond 18 digits is missing

// `value` as a decimal's raw: missing beyond 18 digits. Also the final check of a sum of decimals.
[[nodiscard]] inline KnownInt decimal_from_wide(Int128 value) {
  const bool fits = value >= -Int128{kMaxDecimalRaw} && value <= Int128{kMaxDecimalRaw};
  return fits ? KnownInt{static_cast<std::int64_t>(value), true} : kMissingInt;
}

// `value` as an int: missing beyond 64 bits. Also the final check of a sum of ints.
[[nodiscard]] inline KnownInt int_from_wide(Int128 value) {
  const auto narrow = static_cast<std::int64_t>(value);
  return Int128{narrow} == value ? KnownInt{narrow, true} : kMissingInt;
}

// Sum and difference; the result's scale is the larger of both.
[[nodiscard]] KnownInt add_decimal(std::int64_t a, int a_scale, std::int64_t b, int b_scale);
[[nodiscard]] KnownInt subtract_decimal(std::int64_t a, int a_scale, std::int64_t b, int b_scale);

// Product; the result's scale is the sum of both, which the checker keeps at or below 18.
[[nodiscard]] inline KnownInt multiply_decimal(std::int64_t a, std::int64_t b) { return decimal_from_wide(Int128{a} * b); }

[[nodiscard]] inline KnownInt negate_decimal(std::int64_t a) { return decimal_from_wide(-Int128{a}); }

// The same value at another scale: missing where digits would be lost or 18 digits do not hold it.
[[nodiscard]] KnownInt rescale_decimal(std::int64_t raw, int from_scale, int to_scale);

// ---- float: a result that is not a number is missing, infinities are kept

[[nodiscard]] inline KnownFloat known_float(double value) { return std::isnan(value) ? kMissingFloat : KnownFloat{value, true}; }
[[nodiscard]] inline KnownFloat add_float(double a, double b) { return known_float(a + b); }
[[nodiscard]] inline KnownFloat subtract_float(double a, double b) { return known_float(a - b); }
[[nodiscard]] inline KnownFloat multiply_float(double a, double b) { return known_float(a * b); }

// By zero (of either sign) it is missing, as for exact numbers.
[[nodiscard]] inline KnownFloat divide_float(double a, double b) { return b == 0 ? kMissingFloat : known_float(a / b); }
[[nodiscard]] inline KnownFloat negate_float(double a) { return {-a, true}; }

// The one representative of the values that are equal to `a`: 0.0 for -0.0. For `distinct`, grouping and printing.
[[nodiscard]] inline double canonical_float(double a) { return a == 0 ? 0.0 : a; }

// ---- exact to float, always the nearest double, ties to even

// raw / 10^scale.
[[nodiscard]] double nearest_float(std::int64_t raw, int scale);

// numerator / denominator with 0 < denominator < 2^127.
[[nodiscard]] double nearest_ratio(Int128 numerator, UInt128 denominator);

// A number as text, `-12.5e3`, of any length, `.` for the point. Beyond the range of a double: infinity or zero. `text` must be well formed.
[[nodiscard]] double nearest_float_of_text(std::string_view text);

// `/` of exact numbers: the double nearest to the exact quotient; by zero it is missing.
[[nodiscard]] KnownFloat divide_exact(std::int64_t a, int a_scale, std::int64_t b, int b_scale);

// `avg` of exact numbers: the double nearest to sum / 10^scale / count; missing over no rows. |sum| < 2^126.
[[nodiscard]] KnownFloat average_exact(Int128 sum, int scale, std::int64_t count);

// ---- comparison by exact value: -1, 0 or 1

[[nodiscard]] inline int compare_int(std::int64_t a, std::int64_t b) { return (a > b) - (a < b); }
[[nodiscard]] inline int compare_float(double a, double b) { return (a > b) - (a < b); }
[[nodiscard]] int compare_exact(std::int64_t a, int a_scale, std::int64_t b, int b_scale);
[[nodiscard]] int compare_exact_float(std::int64_t a, int a_scale, double b);

// ---- a comparison with a constant as an inclusive range of raw values, for columns that are compared as they are stored

enum class Comparison : std::uint8_t { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

// Whether a three-way result satisfies a comparison.
[[nodiscard]] inline bool holds(Comparison comparison, int three_way) {
  switch (comparison) {
    case Comparison::kEqual: return three_way == 0;
    case Comparison::kLess: return three_way < 0;
    case Comparison::kLessEqual: return three_way <= 0;
    case Comparison::kGreater: return three_way > 0;
    case Comparison::kGreaterEqual: return three_way >= 0;
  }
  return false;
}

// The raw values from `low` to `high`; none where `low > high`.
struct IntRange {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();

  [[nodiscard]] bool is_empty() const { return low > high; }
  friend bool operator==(const IntRange&, const IntRange&) = default;
};

// The doubles from `low` to `high` under `<=`; none where `low > high`.
struct FloatRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  [[nodiscard]] bool is_empty() const { return low > high; }
  friend bool operator==(const FloatRange&, const FloatRange&) = default;
};

// The values of a column that hold `column OP constant`. An int or decimal column is given by its scale (0 for int).
// `constant` NaN is not allowed.
[[nodiscard]] IntRange exact_range(int column_scale, Comparison comparison, std::int64_t constant, int constant_scale);
[[nodiscard]] IntRange exact_range(int column_scale, Comparison comparison, double constant);
[[nodiscard]] FloatRange float_range(Comparison comparison, std::int64_t constant, int constant_scale);
[[nodiscard]] FloatRange float_range(Comparison comparison, double constant);

}  // namespace segue
