// This file's external interface is Trace: why a definition answers what it answers for one account, as plain data. Whoever shows it
// decides how.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/source.h"
#include "runtime/type.h"

namespace segue {

// A scalar as JSON has it: nothing where it is missing; a number for ints, decimals and finite floats; text for enums, dates, timestamps,
// durations and infinities.
using TraceScalar = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

// A value, for scripts and for people.
struct TraceValue {
  Kind kind = Kind::kBool;
  std::variant<TraceScalar, std::vector<TraceScalar>> data;  // a list has its elements, in ascending order
  std::string shown;  // as an author would write it: `true`, `"Salesforce"`, `2026-03-01`, `["a", "b"]`, `missing`
  bool missing = false;
};

// A part of a condition that has a value of its own, such as a column.
struct TraceOperand {
  std::string text;
  TraceValue value;
  bool unknown = false;
};

// A row of a related table that decided `any`, `none` or `every`.
struct TraceRow {
  std::optional<TraceValue> key;     // of a table that has one
  bool holds = false;                // whether the row meets the condition (the claim, of `every`)
  bool unknown = false;              // whether three-valued evaluation leaves that open
  std::vector<TraceOperand> values;  // what the condition reads there
};

// What an aggregate saw.
struct TraceAggregate {
  std::string table;
  std::uint64_t looked_at = 0;  // rows that the window let through
  std::uint64_t passed = 0;     // those of them that met the condition
  // Up to three rows that decide; where none does but the answer is unknown, up to three that leave it open.
  std::vector<TraceRow> deciding;
};

struct TraceDefinition {
  std::string name;
  Span name_span;               // where it is declared
  bool is_shown_above = false;  // its body stands elsewhere in this trace, and not again here
};

enum class TraceKind : std::uint8_t {
  kTest,  // a condition with operands
  kAnd,
  kOr,
  kNot,
  kDefinition,  // another definition, whose body is the one child
  kAggregate,
  kScore,  // its children are kTerm
  kTerm,   // `value` is what it adds; the child is its `when`, if it has one
  kValue,  // anything else that is no predicate, such as the body of a `define`
};

enum class TermState : std::uint8_t { kAdded, kMissing, kDoesNotApply };

struct TraceNode {
  TraceKind kind = TraceKind::kTest;
  std::string text;  // as written, on one line; a clause of `except` with the `not` that it means
  Span span;
  TraceValue value;      // of a predicate never missing: what is missing makes it false
  bool missing = false;  // a predicate stands on a value that is missing; any other value is missing itself
  bool unknown = false;  // three-valued evaluation gives unknown
  std::vector<TraceOperand> operands;
  std::vector<std::uint32_t> children;  // indices into Trace::nodes, larger than this node's own
  std::optional<TraceDefinition> definition;
  std::optional<TraceAggregate> aggregate;
  std::optional<TermState> term;
  std::optional<TraceValue> before_range;  // kScore: the sum, where `range` changed it
};

// The tree as a flat vector, the root first: it may be as deep as definitions use each other.
struct Trace {
  std::string definition;
  TraceValue account;  // the account's key
  TraceValue value;
  bool undetermined = false;
  std::vector<TraceNode> nodes;
};

}  // namespace segue
