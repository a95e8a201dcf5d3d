// This file's external interface is Dialect: all in which the engines differ, as one table of templates a dialect. Private to this folder.
// In a template `{0}`, `{1}` stand for operands that are columns, literals or calls, so they need no brackets.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "compiler/sql/sql.h"
#include "runtime/constant.h"

namespace segue::sql {

struct Dialect {
  SqlDialect id{};
  std::string_view title;         // for messages
  char quote = '"';               // of names
  std::string_view parameter;     // the clock
  std::string_view materialized;  // what asks for a common table expression to be made once
  // ── types ──
  std::string_view int_type, float_type, text_type, decimal_type;  // decimal_type: {0} digits, {1} scale
  std::string_view list_type;                                      // {0} the element's type
  std::string_view list;                                           // {0} elements
  // ── exact numbers: wide ones hold what 64 bits or 18 digits do not ──
  std::string_view wide_int, wide_decimal;      // wide_decimal: {1} scale
  std::string_view wide_sum;                    // {0} a sum of wide ints
  std::string_view narrow_int, narrow_decimal;  // missing where it does not fit; empty: by a comparison
  std::string_view raw_decimal;                 // {0} times 10^{1} = {2}, as a wide int
  std::string_view decimal_to_float;            // correctly rounded; empty: by nearest_quotient
  std::string_view quotient, remainder;         // of wide ints that are not negative
  std::string_view bits;                        // length of a positive wide int in binary, or one more or less
  int quotient_bits = 55;                       // how many bits a quotient is taken to, so that it fits whatever `bits` says
  double greatest_denominator = 0;              // that a wide int holds times such a quotient
  std::string_view log2;                        // of a float
  std::string_view shift;                       // {0} times two to the power {1}, wide
  std::string_view power_of_two;                // as a float
  std::string_view float_to_wide;               // of a whole float
  // ── time ──
  std::string_view timestamp_literal, micros_of, instant_of, local_day, local_micros, day_number, date_of, year, month, day, weekday,
      add_months, make_date;
  // ── text ──
  std::string_view is_ascii, lower_ascii, translate, text_order, contains, starts_with, ends_with, matches;
  std::string_view key_text, split_hash;  // split_hash: {0} text of the seed's bytes, {1} key as text; 13 hexadecimal digits
  // ── lists: {1} another list ──
  std::string_view has_any, has_all, is_empty, transform, sorted_distinct;  // transform: {1} expression over the element `e`
  // ── aggregates: {0} value, {1} condition, {2} order, for some {3} order reversed ──
  std::string_view filtered, first_by;
};

[[nodiscard]] const Dialect& dialect_of(SqlDialect dialect);

// The template with `{0}` … replaced.
[[nodiscard]] std::string fill(std::string_view pattern, std::initializer_list<std::string_view> operands);

// A name as the dialect quotes it.
[[nodiscard]] std::string quoted(const Dialect& dialect, std::string_view name);

[[nodiscard]] std::string text_literal(const Dialect& dialect, std::string_view text);
[[nodiscard]] std::string int_literal(const Dialect& dialect, std::int64_t value);
[[nodiscard]] std::string float_literal(const Dialect& dialect, double value);
[[nodiscard]] std::string decimal_literal(const Dialect& dialect, std::int64_t raw, int scale);
[[nodiscard]] std::string date_literal(std::int64_t day);
[[nodiscard]] std::string timestamp_literal(const Dialect& dialect, std::int64_t instant);

// 10^scale.
[[nodiscard]] std::string power_of_ten(int scale);

}  // namespace segue::sql
