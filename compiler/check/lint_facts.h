// This file's external interface is Facts: what the warnings know of every expression of a program: which ones say the same, where each
// stands, and what its neighbours already ask. Private to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/lint.h"
#include "compiler/check/program.h"

namespace segue::linter {

inline constexpr ExprId kNoExpr{0xffff'ffff};
inline constexpr std::uint32_t kNone = 0xffff'ffff;

// Two expressions with equal `id` and `is_negated` say the same; with equal `id` only, one is the exact complement of the other.
struct Meaning {
  std::uint32_t id = kNone;
  bool is_negated = false;

  friend bool operator==(const Meaning&, const Meaning&) = default;
};

// How an expression is used. A predicate under an odd number of negations is negative; `none` negates its condition.
enum Role : std::uint8_t { kUnused = 0, kPositive = 1, kNegative = 2, kValue = 4 };

// Where an expression stands; of its first use where it has several.
struct Place {
  std::uint8_t roles = kUnused;
  bool is_chained = false;     // an operand of an `and` in an `and`, or of an `or` in an `or`
  bool is_about_rows = false;  // negated by what stands around the aggregate whose condition it belongs to
  ExprId parent = kNoExpr;
  ExprId negation = kNoExpr;           // of a negative predicate: the outermost expression of the same condition that negates it
  std::uint32_t surroundings = kNone;  // index into Facts::surroundings
  std::uint32_t definition = kNone;
};

// What the operands of one `and` or `or` ask about: meanings of values that are known (or asked for) there, and frames of related rows.
struct Surroundings {
  std::uint32_t around = kNone;
  std::vector<std::uint32_t> values;  // sorted
  std::vector<std::uint32_t> frames;  // sorted
};

// What `except` names, and the `where` that it restricts.
struct Exception {
  Span where;
  bool is_or = false;   // the `where` is an `or`: it needs parentheses before something joins it
  bool is_row = false;  // it is the condition of a row of tiers or stages
};

// A warning before it is known whether it is right for every use of its definition.
struct Finding {
  std::uint32_t definition = kNone;
  Diagnostic diagnostic;
};

struct Facts {
  const CheckedProgram& program;
  const SourceMap& sources;
  std::vector<Meaning> meanings;  // one an expression, like `places`
  std::vector<Place> places;
  std::vector<Surroundings> surroundings;
  std::map<Span, Exception> exceptions;  // by the span of what is excepted
  bool has_open_params = false;          // a `param` has no value: what stands for one says nothing
  std::vector<Finding> findings = {};
};

[[nodiscard]] Facts gather_facts(const LintInput& input);

// ---- looking at expressions

// The operands of an `and` or `or` with those of its like inside it, in the order of the text.
[[nodiscard]] std::vector<ExprId> flat_operands(const CheckedProgram& program, ExprId id);

// Whether the value is there in every row, on any data.
[[nodiscard]] bool is_never_missing(const CheckedProgram& program, ExprId id);

// Whether a neighbour in one of the conditions around `id` makes sure that `value` is known, or asks.
[[nodiscard]] bool is_asked_about(const Facts& facts, ExprId id, ExprId value);
// Whether a neighbour of `id` looks for rows of the frame.
[[nodiscard]] bool is_looked_for(const Facts& facts, ExprId id, FrameId rows);

// The values that a predicate compares or tests; itself where it is a bare value of true or false.
[[nodiscard]] std::vector<ExprId> tested_values(const CheckedProgram& program, ExprId id);

// Whether the predicate is the complement of another, written as one word: `!=`, `has none`.
[[nodiscard]] bool is_complement(const Node& node);

// ---- words

// The user's own words; blanks squeezed and cut after 60 characters in `words`, with back-quotes around in `code`, which knows `except`.
[[nodiscard]] std::string_view text_of(const Facts& facts, ExprId id);
[[nodiscard]] std::string words(const Facts& facts, ExprId id);
[[nodiscard]] std::string code(const Facts& facts, ExprId id);

// Whether a constant is written as such, rather than as the name of a `param` or parameter.
[[nodiscard]] bool is_written_out(const Facts& facts, ExprId id);

// ` with `n` being 30`, for the named constants in an expression; empty when there are none.
[[nodiscard]] std::string named_values(const Facts& facts, ExprId id);

// Adds a warning about an expression; the reference holds until the next one is added.
Diagnostic& warn(Facts& facts, ExprId owner, DiagnosticKind kind, Span span, std::string message);

// ---- the warnings

void lint_missing(Facts& facts);     // values that may be missing under a negation, `every` over no rows
void lint_conditions(Facts& facts);  // conditions that always or never hold, repeat, or add nothing

}  // namespace segue::linter
