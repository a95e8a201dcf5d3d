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
  std::string note;  // for people: what the value means here, `is on no side of the grid`; usually empty
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

// A row of `tiers` or `stages`.
struct TraceChoiceRow {
  std::string name;
  std::string title;         // empty when none
  bool wins = false;         // it is the answer
  bool is_looked_at = true;  // false where a row that stands before it in the order of the construct won
  bool is_otherwise = false;
};

// Where an account stands in a split: `part` i takes from the upper end of the part before it (0, of the first) up to its own.
struct TraceSplit {
  struct Part {
    std::string name;
    std::string title;
    double upper = 0;
  };
  double place = 0;  // at least 0 and below 1
  std::vector<Part> parts;
};

// A row's place in `top`.
struct TraceTop {
  bool is_candidate = false;
  std::uint64_t rank = 0;  // from 1 on, among the candidates; 0 for none
  std::uint64_t candidates = 0;
  std::uint64_t taken = 0;  // how many of them are in the top
};

struct TracePercentile {
  bool is_among = true;       // whether the account is one of those among which it looks
  std::uint64_t of = 0;       // those with a known value
  std::uint64_t at_most = 0;  // of them: those whose value is at most the account's; 0 where it has none
};

// What a `sequence` saw.
struct TraceSequence {
  struct Step {
    std::string text;
    std::uint64_t passed = 0;  // rows that meet it
  };
  struct Row {
    std::optional<TraceValue> key;
    TraceValue time;
  };
  std::string table;
  std::uint64_t looked_at = 0;  // rows that the window let through, with a time and a known `by`
  std::vector<Step> steps;
  std::vector<Row> rows;  // where it holds, the rows that make it, one a step
};

enum class TraceKind : std::uint8_t {
  kTest,  // a condition with operands
  kAnd,
  kOr,
  kNot,
  kDefinition,  // another definition, whose body is the one child
  kAggregate,
  kScore,       // its children are kTerm
  kTerm,        // `value` is what it adds; the child is its `when`, if it has one
  kTiers,       // the first row that holds; its children are kChoiceRow, in the order of the text
  kStages,      // the last one
  kChoiceRow,   // `value` is whether its condition holds; the child is the condition, where it was looked at
  kGrid,        // its operands are the axes, its child the `where`, if there is one
  kSplit,       // its child is whether the account is of the population, where there is one
  kTop,         // the child is whether the row is a candidate; the operands are what it ranks by
  kPercentile,  // the child is whether the account is among those looked at, where it says so
  kSequence,
  kAudience,     // the value is how many of the account's rows are in; its children are kAudienceRow, for a few
  kAudienceRow,  // one row, named by its key where it has one; the child is the condition
  kValue,        // anything else that is no predicate, such as the body of a `define`
};

enum class TermState : std::uint8_t { kAdded, kMissing, kDoesNotApply };

struct TraceNode {
  TraceKind kind = TraceKind::kTest;
  std::string text;  // as written, on one line; a clause of `except` with the `not` that it means
  Span span;
  TraceValue value;             // of a predicate never missing: what is missing makes it false
  bool missing = false;         // a predicate stands on a value that is missing; any other value is missing itself
  bool unknown = false;         // three-valued evaluation gives unknown
  bool is_shown_above = false;  // what it stands on stands elsewhere in this trace, and not again here
  std::string title;            // of a value of tiers, stages or a split; empty when none
  std::vector<TraceOperand> operands;
  std::vector<std::uint32_t> children;  // indices into Trace::nodes, larger than this node's own
  std::optional<TraceDefinition> definition;
  std::optional<TraceAggregate> aggregate;
  std::optional<TermState> term;
  std::optional<TraceValue> key;  // kAudienceRow, of a table that has one
  std::optional<TraceChoiceRow> row;
  std::optional<TraceSplit> split;
  std::optional<TraceTop> top;
  std::optional<TracePercentile> percentile;
  std::optional<TraceSequence> sequence;
  std::optional<TraceValue> before_range;  // kScore: the sum, where `range` changed it
};

// The tree as a flat vector, the root first: it may be as deep as definitions use each other.
struct Trace {
  std::string definition;
  TraceValue account;       // the account's key
  TraceValue value;         // of an audience: how many of the account's rows are in
  std::string value_title;  // of a value of tiers, stages or a split; empty when none
  // Three-valued evaluation gives unknown: for some row, of an audience. An account that is in no row of tiers or stages, in no cell of a grid or in no part of
  // a split is not undetermined for that alone.
  bool undetermined = false;
  std::vector<TraceNode> nodes;
};

}  // namespace segue
