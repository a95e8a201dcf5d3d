// This file's external interface is Value, what an expression has for one row: the value itself, whether it is missing, and
// whether three-valued evaluation is sure of it. `docs/design/undetermined.md`. Private to the interpreter.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/constant.h"
#include "runtime/table.h"
#include "runtime/type.h"
#include "stdlib/number.h"

namespace segue {

// One cell of a list column.
struct ListCell {
  const Column* column = nullptr;
  RowId row = 0;
};

// Which member holds the value follows from the static type: `text` for text, `list` for lists, `bits` for all else, as the kernels take it (bools as
// 0 and 1, floats as their bits). Views point into the database or the program.
struct Value {
  bool missing = false;
  bool unsure = false;
  std::int64_t bits = 0;
  std::string_view text = {};
  ListCell list = {};
};

[[nodiscard]] inline bool is_unknown(const Value& value) { return value.missing || value.unsure; }
[[nodiscard]] inline double float_of(const Value& value) { return std::bit_cast<double>(value.bits); }
[[nodiscard]] inline Value float_value(double number) { return {.bits = std::bit_cast<std::int64_t>(number)}; }
[[nodiscard]] inline Value known_or_missing(KnownInt result) { return {.missing = !result.known, .bits = result.value}; }
[[nodiscard]] inline Value known_or_missing(KnownFloat result) { return result.known ? float_value(result.value) : Value{.missing = true}; }

// A predicate's two-valued answer, and whether the three-valued one is unknown.
struct Verdict {
  bool holds = false;
  bool unknown = false;
};

// A bool where a predicate stands: a missing one is false, and unknown.
[[nodiscard]] inline Verdict verdict_of(const Value& value) { return {!value.missing && value.bits != 0, is_unknown(value)}; }
[[nodiscard]] inline Value value_of(Verdict verdict) { return {.unsure = verdict.unknown, .bits = verdict.holds}; }
[[nodiscard]] inline bool known_true(Verdict verdict) { return verdict.holds && !verdict.unknown; }
[[nodiscard]] inline bool known_false(Verdict verdict) { return !verdict.holds && !verdict.unknown; }
[[nodiscard]] inline Verdict operator!(Verdict verdict) { return {!verdict.holds, verdict.unknown}; }
// Both operands are always evaluated: these are plain functions of two verdicts.
[[nodiscard]] inline Verdict both(Verdict a, Verdict b) {
  return {a.holds && b.holds, (a.unknown || b.unknown) && !known_false(a) && !known_false(b)};
}
[[nodiscard]] inline Verdict either(Verdict a, Verdict b) { return !both(!a, !b); }

// The value of a column in a row; missing where the cell is. The column has been read.
[[nodiscard]] Value column_value(const Column& column, RowId row);

// A constant, which must outlive the value.
[[nodiscard]] Value constant_value(const Constant& constant);

// The type of a list's elements.
[[nodiscard]] Type element_type(const Type& list);

// The elements of a list, each once, in the order of `order_values`.
[[nodiscard]] std::vector<Value> list_elements(const Type& list_type, const ListCell& cell);

// How two known values of one type compare, under folding where the type is folded: -1, 0 or 1. Lists compare by their elements from the least on.
[[nodiscard]] int compare_values(const Type& type, const Value& a, const Value& b);

// The same, but what is equal only under folding is ordered by code point (and -0.0 stands before 0.0): a total order, so that whoever
// picks one of several equal values picks the same in any order of rows.
[[nodiscard]] int order_values(const Type& type, const Value& a, const Value& b);

// A known scalar bare, as it stands in outputs: what a split hashes of a key.
[[nodiscard]] std::string plain_text(const Value& value, const Type& type, std::span<const EnumType> enums);

// A text that two known values of one type share exactly when they are equal. For `distinct`.
[[nodiscard]] std::string identity_of(const Type& type, const Value& value);

}  // namespace segue
