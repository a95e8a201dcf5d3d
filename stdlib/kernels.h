// This file's external interface is the row functions that `builtins.def` names: one value of each operator and scalar function, in the
// calling convention of builtins.h. Private to stdlib; everything here only unpacks operands and delegates.
#pragma once

#include <algorithm>
#include <bit>

#include "stdlib/builtins.h"
#include "stdlib/calendar.h"
#include "stdlib/clock.h"
#include "stdlib/decay.h"
#include "stdlib/number.h"
#include "stdlib/text.h"

namespace segue {

using Operands = const std::int64_t*;

inline double float_of(std::int64_t bits) { return std::bit_cast<double>(bits); }
inline KnownInt bits_of(KnownFloat value) { return value.known ? KnownInt{std::bit_cast<std::int64_t>(value.value), true} : kMissingInt; }

// ---- arithmetic

inline KnownInt add_int_row(const KernelContext&, Operands x) { return add_int(x[0], x[1]); }
inline KnownInt subtract_int_row(const KernelContext&, Operands x) { return subtract_int(x[0], x[1]); }
inline KnownInt multiply_int_row(const KernelContext&, Operands x) { return multiply_int(x[0], x[1]); }
inline KnownInt negate_int_row(const KernelContext&, Operands x) { return negate_int(x[0]); }

inline KnownInt add_decimal_row(const KernelContext& c, Operands x) { return add_decimal(x[0], c.left_scale, x[1], c.right_scale); }
inline KnownInt subtract_decimal_row(const KernelContext& c, Operands x) {
  return subtract_decimal(x[0], c.left_scale, x[1], c.right_scale);
}
inline KnownInt multiply_decimal_row(const KernelContext&, Operands x) { return multiply_decimal(x[0], x[1]); }
inline KnownInt negate_decimal_row(const KernelContext&, Operands x) { return negate_decimal(x[0]); }
inline KnownInt divide_exact_row(const KernelContext& c, Operands x) {
  return bits_of(divide_exact(x[0], c.left_scale, x[1], c.right_scale));
}

inline KnownInt add_float_row(const KernelContext&, Operands x) { return bits_of(add_float(float_of(x[0]), float_of(x[1]))); }
inline KnownInt subtract_float_row(const KernelContext&, Operands x) { return bits_of(subtract_float(float_of(x[0]), float_of(x[1]))); }
inline KnownInt multiply_float_row(const KernelContext&, Operands x) { return bits_of(multiply_float(float_of(x[0]), float_of(x[1]))); }
inline KnownInt divide_float_row(const KernelContext&, Operands x) { return bits_of(divide_float(float_of(x[0]), float_of(x[1]))); }
inline KnownInt negate_float_row(const KernelContext&, Operands x) { return bits_of(negate_float(float_of(x[0]))); }

// ---- dates and durations

// `-x` of a duration whose opposite does not fit is far outside the calendar either way.
inline std::int64_t opposite(std::int64_t amount) {
  return amount == std::numeric_limits<std::int64_t>::min() ? std::numeric_limits<std::int64_t>::max() : -amount;
}

inline KnownInt add_date_days_row(const KernelContext&, Operands x) { return add_days_to_date(x[0], x[1]); }
inline KnownInt add_date_months_row(const KernelContext&, Operands x) { return add_months_to_date(x[0], x[1]); }
inline KnownInt add_timestamp_days_row(const KernelContext& c, Operands x) { return add_days_to_instant(*c.clock.zone, x[0], x[1]); }
inline KnownInt add_timestamp_months_row(const KernelContext& c, Operands x) { return add_months_to_instant(*c.clock.zone, x[0], x[1]); }
inline KnownInt add_timestamp_span_row(const KernelContext& c, Operands x) { return add_span_to_instant(*c.clock.zone, x[0], x[1]); }

inline KnownInt add_days_date_row(const KernelContext&, Operands x) { return add_days_to_date(x[1], x[0]); }
inline KnownInt add_months_date_row(const KernelContext&, Operands x) { return add_months_to_date(x[1], x[0]); }
inline KnownInt add_days_timestamp_row(const KernelContext& c, Operands x) { return add_days_to_instant(*c.clock.zone, x[1], x[0]); }
inline KnownInt add_months_timestamp_row(const KernelContext& c, Operands x) { return add_months_to_instant(*c.clock.zone, x[1], x[0]); }
inline KnownInt add_span_timestamp_row(const KernelContext& c, Operands x) { return add_span_to_instant(*c.clock.zone, x[1], x[0]); }

inline KnownInt subtract_date_days_row(const KernelContext&, Operands x) { return add_days_to_date(x[0], opposite(x[1])); }
inline KnownInt subtract_date_months_row(const KernelContext&, Operands x) { return add_months_to_date(x[0], opposite(x[1])); }
inline KnownInt subtract_timestamp_days_row(const KernelContext& c, Operands x) {
  return add_days_to_instant(*c.clock.zone, x[0], opposite(x[1]));
}
inline KnownInt subtract_timestamp_months_row(const KernelContext& c, Operands x) {
  return add_months_to_instant(*c.clock.zone, x[0], opposite(x[1]));
}
inline KnownInt subtract_timestamp_span_row(const KernelContext& c, Operands x) {
  return add_span_to_instant(*c.clock.zone, x[0], opposite(x[1]));
}

// ---- comparisons: three-way functions, and the operators made of them

using ThreeWay = int (*)(const KernelContext&, Operands);

inline int compare_int_row(const KernelContext&, Operands x) { return compare_int(x[0], x[1]); }
inline int compare_exact_row(const KernelContext& c, Operands x) { return compare_exact(x[0], c.left_scale, x[1], c.right_scale); }
inline int compare_float_row(const KernelContext&, Operands x) { return compare_float(float_of(x[0]), float_of(x[1])); }
inline int compare_exact_float_row(const KernelContext& c, Operands x) { return compare_exact_float(x[0], c.left_scale, float_of(x[1])); }
inline int compare_float_exact_row(const KernelContext& c, Operands x) { return -compare_exact_float(x[1], c.right_scale, float_of(x[0])); }
inline int compare_timestamp_date_row(const KernelContext& c, Operands x) { return compare_int(local_day_of(*c.clock.zone, x[0]), x[1]); }
inline int compare_date_timestamp_row(const KernelContext& c, Operands x) { return compare_int(x[0], local_day_of(*c.clock.zone, x[1])); }
inline int compare_span_days_row(const KernelContext&, Operands x) { return compare_span_days(x[0], x[1]); }
inline int compare_days_span_row(const KernelContext&, Operands x) { return -compare_span_days(x[1], x[0]); }

template <ThreeWay Compare>
KnownInt equal_row(const KernelContext& c, Operands x) {
  return {Compare(c, x) == 0 ? 1 : 0, true};
}
template <ThreeWay Compare>
KnownInt not_equal_row(const KernelContext& c, Operands x) {
  return {Compare(c, x) != 0 ? 1 : 0, true};
}
template <ThreeWay Compare>
KnownInt less_row(const KernelContext& c, Operands x) {
  return {Compare(c, x) < 0 ? 1 : 0, true};
}
template <ThreeWay Compare>
KnownInt less_equal_row(const KernelContext& c, Operands x) {
  return {Compare(c, x) <= 0 ? 1 : 0, true};
}
template <ThreeWay Compare>
KnownInt greater_row(const KernelContext& c, Operands x) {
  return {Compare(c, x) > 0 ? 1 : 0, true};
}
template <ThreeWay Compare>
KnownInt greater_equal_row(const KernelContext& c, Operands x) {
  return {Compare(c, x) >= 0 ? 1 : 0, true};
}

inline bool equal_text(std::string_view a, std::string_view b) { return a == b; }
inline bool not_equal_text(std::string_view a, std::string_view b) { return a != b; }
inline bool less_text(std::string_view a, std::string_view b) { return compare_text(a, b) < 0; }
inline bool less_equal_text(std::string_view a, std::string_view b) { return compare_text(a, b) <= 0; }
inline bool greater_text(std::string_view a, std::string_view b) { return compare_text(a, b) > 0; }
inline bool greater_equal_text(std::string_view a, std::string_view b) { return compare_text(a, b) >= 0; }

// ---- calendar: functions of a day, and the rows for dates and for the local day of timestamps

using DayFunction = KnownInt (*)(const KernelContext&, std::int64_t day);

inline KnownInt year_value(const KernelContext&, std::int64_t day) { return {civil_of_day(day).year, true}; }
inline KnownInt quarter_value(const KernelContext&, std::int64_t day) { return {quarter_of(day), true}; }
inline KnownInt month_value(const KernelContext&, std::int64_t day) { return {civil_of_day(day).month, true}; }
inline KnownInt day_value(const KernelContext&, std::int64_t day) { return {civil_of_day(day).day, true}; }
inline KnownInt weekday_value(const KernelContext&, std::int64_t day) { return {static_cast<std::int64_t>(weekday_of(day)), true}; }
inline KnownInt fiscal_year_value(const KernelContext& c, std::int64_t day) { return {fiscal_year_of(day, c.clock.rules), true}; }
inline KnownInt fiscal_quarter_value(const KernelContext& c, std::int64_t day) { return {fiscal_quarter_of(day, c.clock.rules), true}; }
inline KnownInt start_of_week_value(const KernelContext& c, std::int64_t day) {
  return known_day(start_of_period(day, Period::kWeek, c.clock.rules));
}
inline KnownInt start_of_month_value(const KernelContext& c, std::int64_t day) {
  return known_day(start_of_period(day, Period::kMonth, c.clock.rules));
}
inline KnownInt start_of_quarter_value(const KernelContext& c, std::int64_t day) {
  return known_day(start_of_period(day, Period::kQuarter, c.clock.rules));
}
inline KnownInt days_since_value(const KernelContext& c, std::int64_t day) { return {c.clock.today - day, true}; }
inline KnownInt days_until_value(const KernelContext& c, std::int64_t day) { return {day - c.clock.today, true}; }
inline KnownInt next_anniversary_value(const KernelContext& c, std::int64_t day) {
  return known_day(next_anniversary_of(day, c.clock.today));
}

template <DayFunction Function>
KnownInt date_row(const KernelContext& c, Operands x) {
  return Function(c, x[0]);
}
template <DayFunction Function>
KnownInt timestamp_row(const KernelContext& c, Operands x) {
  return Function(c, local_day_of(*c.clock.zone, x[0]));
}

inline KnownInt identity_row(const KernelContext&, Operands x) { return {x[0], true}; }
inline KnownInt local_day_row(const KernelContext& c, Operands x) { return known_day(local_day_of(*c.clock.zone, x[0])); }

// ---- decay: x[0] is the time, x[1] the half-life

inline KnownInt decay_timestamp_span_row(const KernelContext& c, Operands x) { return bits_of(decay_of_spans(c.clock.now - x[0], x[1])); }
inline KnownInt decay_timestamp_days_row(const KernelContext& c, Operands x) {
  return bits_of(decay_of_span_in_days(c.clock.now - x[0], x[1]));
}
inline KnownInt decay_date_days_row(const KernelContext& c, Operands x) { return bits_of(decay_of_days(c.clock.today - x[0], x[1])); }

// ---- from a row function to the kernel of a row of the table

// 64 values at most; gives the word of those that are known.
template <ScalarKernel Scalar>
std::uint64_t word_of(const KernelContext& context, Operands a, Operands b, std::int64_t* out, std::uint64_t known, std::size_t count) {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < count; ++i) {
    KnownInt value = kMissingInt;
    if ((known >> i & 1) != 0) {
      const std::int64_t operands[2] = {a[i], b != nullptr ? b[i] : 0};
      value = Scalar(context, operands);
    }
    out[i] = value.value;
    result |= std::uint64_t{value.known} << i;
  }
  return result;
}

template <ScalarKernel Scalar>
void batch_of(const KernelContext& context, Operands a, Operands b, std::int64_t* out, std::uint64_t* known, std::size_t n) {
  for (std::size_t at = 0; at < n; at += 64) {
    const std::size_t count = n - at < 64 ? n - at : 64;
    known[at / 64] = word_of<Scalar>(context, a + at, b != nullptr ? b + at : nullptr, out + at, known[at / 64], count);
  }
}

template <ScalarKernel Scalar>
constexpr Kernel row_kernel() {
  return {Scalar, batch_of<Scalar>, nullptr};
}

constexpr std::uint64_t low_bits_of(std::size_t count) { return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1; }

// Of decays: quickly, and what that leaves open one by one. A half-life is `Unit` times what ages are counted in.
template <ScalarKernel Scalar, std::int64_t Unit, bool IsDate>
void decay_batch(const KernelContext& context, Operands a, Operands b, std::int64_t* out, std::uint64_t* known, std::size_t n) {
  for (std::size_t at = 0; at < n; at += 64) {
    const std::size_t count = n - at < 64 ? n - at : 64;
    std::int64_t times[64], half_lives[64];  // `out` may lie where they are
    std::copy_n(a + at, count, times);
    std::copy_n(b + at, count, half_lives);
    const std::int64_t now = IsDate ? context.clock.today : context.clock.now;
    const std::uint64_t open = quick_decays(now, Unit, times, half_lives, out + at, count);
    std::uint64_t& word = known[at / 64];
    for (std::uint64_t rest = ~word & low_bits_of(count); rest != 0; rest &= rest - 1)
      out[at + static_cast<std::size_t>(std::countr_zero(rest))] = 0;
    for (std::uint64_t rest = open & word; rest != 0; rest &= rest - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(rest));
      const std::int64_t operands[2] = {times[i], half_lives[i]};
      const KnownInt value = Scalar(context, operands);
      out[at + i] = value.value;
      if (!value.known) word &= ~(std::uint64_t{1} << i);
    }
  }
}

constexpr Kernel decay_timestamp_days_kernel() {
  return {decay_timestamp_days_row, decay_batch<decay_timestamp_days_row, kMicrosPerDay, false>, nullptr};
}
constexpr Kernel decay_timestamp_span_kernel() {
  return {decay_timestamp_span_row, decay_batch<decay_timestamp_span_row, 1, false>, nullptr};
}
constexpr Kernel decay_date_days_kernel() { return {decay_date_days_row, decay_batch<decay_date_days_row, 1, true>, nullptr}; }

template <TextKernel Text>
constexpr Kernel text_kernel() {
  return {nullptr, nullptr, Text};
}
constexpr Kernel no_kernel() { return {}; }

}  // namespace segue
