// This file's external interface is the type of a value: what `check` infers, what columns store and kernels compute on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

// The kinds of value that the language knows. `language.md`, "Types".
enum class Kind : std::uint8_t {
  kBool,
  kInt,        // 64-bit signed
  kDecimal,    // int64 count of 10^-scale, at most 18 digits
  kFloat,      // IEEE double, never NaN (NaN is missing)
  kText,       // UTF-8
  kDate,       // days since 1970-01-01, proleptic Gregorian, years 0001 to 9999
  kTimestamp,  // microseconds since 1970-01-01T00:00:00Z
  kDays,       // duration in whole local days (days, weeks)
  kMonths,     // duration in calendar months (months, quarters, years); only ever a constant
  kSpan,       // duration in exact microseconds (seconds, minutes, hours; a difference of timestamps)
  kEnum,       // index of the value in its EnumType
  kList,       // set of scalar values of kind `element`
};

// Index into the program's table of enum types; equal lists of values with equal order share one entry.
using EnumTypeId = std::uint32_t;
inline constexpr EnumTypeId kNoEnum = 0xffff'ffff;

// A closed set of named values, in declaration order.
struct EnumType {
  std::vector<std::string> values;
  bool ordered = false;  // `<` compares by declaration order
  bool folded = false;   // data match by simple case folding
  std::string name;      // for messages: the column that declares it, or the definition that it comes from
};

// The static type of a column or an expression.
struct Type {
  Kind kind = Kind::kBool;
  std::uint8_t scale = 0;        // of a decimal, or of a list's decimal elements: digits after the point, 0 to 18
  bool optional = false;         // the value may be missing
  bool folded = false;           // text (or a list of text) compared by Unicode simple case folding
  Kind element = Kind::kText;    // of a list
  EnumTypeId enum_id = kNoEnum;  // of an enum, or of a list of enum
  std::uint16_t unit = 0;        // of a number: index into the program's units; 0 has none. No evaluator looks at it

  friend bool operator==(const Type&, const Type&) = default;
};

// The digits after the point of an exact number: 0 but for decimals.
[[nodiscard]] inline std::uint8_t scale_of(const Type& type) { return type.kind == Kind::kDecimal ? type.scale : std::uint8_t{0}; }

}  // namespace segue
