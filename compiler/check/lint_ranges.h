// This file's external interface is the set of values for which a comparison with constants holds, as ranges of whole numbers: enough to tell
// which conditions can never or must always hold together. Private to this folder.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check/lint_facts.h"
#include "stdlib/number.h"

namespace segue::linter {

// Values are ranks: whole numbers in the order of the values. Exact numbers count 10^-18, floats the doubles, times µs or days.
using Rank = Int128;
struct Range {
  Rank low = 0, high = 0;  // both included

  friend bool operator==(const Range&, const Range&) = default;
};
using Ranges = std::vector<Range>;  // sorted, apart from each other

[[nodiscard]] Ranges intersection(const Ranges& a, const Ranges& b);
[[nodiscard]] Ranges united(const Ranges& a, const Ranges& b, Rank step);  // ranges that lie a step apart are joined
[[nodiscard]] bool is_within(const Ranges& inner, const Ranges& outer);

// What ranks mean; constraints with different measures are never compared.
enum class Measure : std::uint8_t { kExact, kFloat, kDate, kInstant, kSpan, kEnum, kText, kFoldedText, kDayFromToday, kMicrosFromNow };

// `subject` lies in `holds`, or, where that is `is_negated`, it does not or is missing.
struct Constraint {
  ExprId subject = kNoExpr;
  Measure measure{};
  Ranges all;                // every value of the subject
  Ranges holds;              // `is_negated` worked in
  Rank step = 1;             // between neighbouring values
  bool is_negated = false;   // also holds where the subject is missing
  bool is_by_name = false;   // a constant stands in a `param` or parameter
  bool is_reversed = false;  // a `between` whose first bound is the greater one
};

// Numbers texts as they come, so that equal ones have equal ranks.
struct TextRanks {
  std::map<std::string, Rank> ranks;
};

// The constraint that a predicate is, `not` included; nothing where it is none, or is not settled by constants.
[[nodiscard]] std::optional<Constraint> constraint_of(const Facts& facts, TextRanks& texts, ExprId id);

// Why values end where `all` ends, when that is not the width of a type: `a count is never below 0`; empty otherwise.
[[nodiscard]] std::string limits_of(const Facts& facts, ExprId subject);

// Whether the first of two moments certainly lies after the second: `today` and `3 months ago`.
[[nodiscard]] bool is_certainly_later(const CheckedProgram& program, ExprId first, ExprId second);

}  // namespace segue::linter
