// This file's external interface is CheckedProgram: the typed form of all definitions, which every evaluator starts from.
// It is plain data: flat vectors addressed by strong ids; operands stand before what uses them, so a loop in order of id
// meets every operand first and no phase after `check` needs recursion.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/schema/schema.h"
#include "compiler/source/source.h"
#include "runtime/constant.h"
#include "runtime/type.h"
#include "stdlib/builtins.h"
#include "stdlib/clock.h"

namespace segue {

enum class ExprId : std::uint32_t {};
enum class FrameId : std::uint32_t {};
enum class DefinitionId : std::uint32_t {};
enum class SetId : std::uint32_t {};
enum class WindowId : std::uint32_t {};

constexpr std::uint32_t index_of(ExprId id) { return static_cast<std::uint32_t>(id); }
constexpr std::uint32_t index_of(FrameId id) { return static_cast<std::uint32_t>(id); }
constexpr std::uint32_t index_of(DefinitionId id) { return static_cast<std::uint32_t>(id); }
constexpr std::uint32_t index_of(SetId id) { return static_cast<std::uint32_t>(id); }
constexpr std::uint32_t index_of(WindowId id) { return static_cast<std::uint32_t>(id); }

inline constexpr FrameId kAccountFrame{0};
inline constexpr FrameId kNoFrame{0xffff'ffff};

// A frame says of which row an expression speaks. Frame 0 is a row of the account table. Any other frame is a row of a relation
// that an aggregate runs over, together with the rows around it: `outer` is the frame that stands around it in the text, whose
// columns its expressions may read; `anchor` is the frame whose row the row belongs to, by parent number `link` of the table
// (index into the schema table's `parents`). The two are the same but for `account.events` inside another relation whose row the body
// also reads: there `outer` is that relation's frame and `anchor` the account's. Interned: equal frames have one id.
struct Frame {
  std::uint32_t table = 0;
  FrameId outer = kNoFrame;
  FrameId anchor = kNoFrame;
  std::uint32_t link = 0;

  friend bool operator==(const Frame&, const Frame&) = default;
};

// ── Nodes ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
// Missing values: unless a node says otherwise, a value with a missing operand is missing, and a predicate with a missing
// operand is false. A predicate itself is never missing (Type::optional is false for it); a bool column or bool reference that is
// missing reads as false where a predicate stands.

struct Literal {  // a constant, a `param`'s value, or an argument of a `define`
  Constant value;
};
struct ColumnRead {          // of the row of the expression's own `frame`
  std::uint32_t column = 0;  // index into the schema table's columns
};
struct ReferenceRead {                    // `parent.customer`, `parent.parent.customer`: missing where a reference leads nowhere
  std::vector<std::uint32_t> references;  // indices into the tables' `references`, from the frame's table on; at least one
  std::uint32_t column = 0;               // of the table that the last one leads to
};
struct DefinitionRead {  // the value of another definition for the same frame; evaluate each definition once a row
  DefinitionId definition{};
};
struct Now {};    // the evaluation clock, a timestamp
struct Today {};  // its local day, a date
struct FromNow {  // `14 days ago` (negative count), `10 days from now`: a date for calendar units, else a timestamp
  std::int64_t count = 0;
  TimeUnit unit{};
};

struct Not {
  ExprId operand{};
};  // the exact complement
struct And {
  std::vector<ExprId> operands;
};  // two or more; also made by `except` and by several conditions
struct Or {
  std::vector<ExprId> operands;
};

enum class CompareOp : std::uint8_t { kEq, kNe, kLt, kLe, kGt, kGe };
// Both sides have the same kind, or both are numbers (int, decimal, float: compared by exact value), or both are durations (kDays beside kSpan:
// a day is 24 hours). kNe is the complement of kEq, so it is true with a missing operand. Enums compare by index, `folded` text by fold().
struct Compare {
  CompareOp op{};
  ExprId left{}, right{};
  bool folded = false;
};
struct Between {  // low <= operand <= high; sides as in Compare
  ExprId operand{}, low{}, high{};
  bool folded = false;
};
struct InSet {  // operand is one of the set's values
  ExprId operand{};
  SetId set{};
};
enum class TextOp : std::uint8_t { kContains, kStartsWith, kEndsWith };
struct TextTest {
  TextOp op{};
  ExprId operand{}, pattern{};
  bool folded = false;
};
struct Matches {  // RE2, unanchored, on the raw text; the pattern is known to compile
  ExprId operand{};
  std::string pattern;
};
enum class HasOp : std::uint8_t { kAny, kAll, kNone };
struct Has {  // operand is a list; kNone is the complement of kAny, so it is true with a missing operand
  HasOp op{};
  ExprId operand{};
  SetId set{};
};
struct IsEmpty {
  ExprId operand{};
};  // of a list
struct IsKnown {
  ExprId operand{};
};  // never missing, never unknown; `is missing` is its Not
struct Within {  // operand, a date or timestamp, lies in the window
  ExprId operand{};
  WindowId window{};
};

struct OrElse {  // operand, or where it is missing, fallback; same kind (scale and folding already made equal)
  ExprId operand{}, fallback{};
};
struct Negate {
  ExprId operand{};
};  // unary minus on a number or a duration
struct ToFloat {
  ExprId operand{};
};  // the double nearest to an int or decimal
struct Rescale {
  ExprId operand{};
};  // an int or decimal as decimal(type.scale), exactly; missing beyond 18 digits
enum class ArithmeticOp : std::uint8_t { kAdd, kSubtract, kMultiply, kDivide };
// Numbers: both sides float, or both exact (int or decimal of any scale; the kernels align scales; kDivide gives float). Time:
// date ± kDays/kMonths → date; timestamp ± kDays/kMonths (local wall time) or ± kSpan → timestamp; date − date → kDays;
// timestamp − timestamp → kSpan; durations of one kind ± each other. For date + duration the duration may stand on either side.
struct Arithmetic {
  ArithmeticOp op{};
  ExprId left{}, right{};
};
struct Call {  // a scalar function: a row of stdlib/builtins.def
  BuiltinId builtin{};
  std::vector<ExprId> arguments;
};

enum class AggregateFn : std::uint8_t {
  kAny,
  kNone,
  kEvery,
  kCount,
  kShare,
  kSum,
  kAvg,
  kMin,
  kMax,
  kDistinct,
  kLatest,
  kEarliest,
};
// Over the rows of frame `rows` that belong to the row of the expression's own frame (through every frame between: a path such as
// `contacts.logins` has rows = logins in contacts in account). Only rows for which `within` holds (the relation's window) are looked at at all;
// `where` then filters them, but for kEvery and kShare it is the claim tested. `value` for kSum … kEarliest.
struct Aggregate {
  AggregateFn fn{};
  FrameId rows{};
  std::optional<ExprId> within;
  std::optional<ExprId> where;
  std::optional<ExprId> value;
};

// One term of a score: adds `value` (negated when `negative`) where `when` holds or is absent; a missing value adds nothing.
struct ScoreTerm {
  ExprId value{};
  std::optional<ExprId> when;
  bool negative = false;
  Span span;
};
// The exact sum of the terms (exact decimals stay exact), rounded once to a double, then clamped. Never missing.
struct ScoreSum {
  std::vector<ScoreTerm> terms;
  std::optional<std::pair<double, double>> range;
};

// ── Constructs that give one of several named values ─────────────────────────────────────────────────────────────────────

// Rows of `tiers` (the first that holds wins) or of `stages` (`last_wins`), in the order of the text. The value is the enum index of the row, else
// `otherwise`, else missing. It is unsure where a row that is looked at up to and including the one that wins is unknown: looked at from the first on, or,
// with `last_wins`, from the last on; where none wins, all are.
struct ChoiceRow {
  ExprId condition{};
  std::uint32_t value = 0;
};
struct Choice {
  std::vector<ChoiceRow> rows;
  std::optional<std::uint32_t> otherwise;
  bool last_wins = false;
};

// One axis of a grid: an operand that is an enum or a bool, and the place on the axis of each of its values (by enum index; of a bool false,
// then true), -1 for one that is not on it. A bool reads as false where it is a predicate; a bool value that is missing is in no cell.
struct GridAxis {
  ExprId operand{};
  std::vector<std::int32_t> places;
  std::uint32_t size = 0;
};
// The cell is the enum index with the axes' places as its digits, the first axis the most significant. Missing where `where` does not
// hold or an operand is missing or not on its axis; unsure where one of them is unknown, unless another one is certainly false or not on its axis.
struct GridCell {
  std::optional<ExprId> where;
  std::vector<GridAxis> axes;
};

// The part of a split that an account falls into, of those of whom `population` holds (missing for others, unsure where it is unknown). h, the number that the first 13
// hexadecimal digits of SHA-256(seed, a zero byte, the account's key as text) spell, falls into the first part i with h < upper[i].
struct SplitPart {
  std::optional<ExprId> population;
  std::string seed;
  std::vector<std::uint64_t> upper;  // ceil(cumulated share · 2^52); the last is 2^52
};

// ── Constructs over the whole population ─────────────────────────────────────────────────────────────────────────────────
// Their operands are definitions of their own (nameless ones of kind kDefine in the same frame), so that an evaluator can answer these for all rows before it
// answers what stands on them.

// `top 100 by e`, `top 10% by e`: the row is among the rows with the greatest `by` of those of the frame's table for which `candidates` holds; ties go to the least key,
// rows whose `by` is missing come last. Of `share`, in units of 10^-`share_scale`, as many as the candidates times the share, rounded up. `by` is of any ordered type.
// Unknown where the row's own `candidates` is, or may hold and `by` is missing or unsure.
struct TopOf {
  DefinitionId candidates{};
  DefinitionId by{};
  std::optional<std::int64_t> count;
  std::int64_t share = 0;
  std::uint8_t share_scale = 0;
};

// `percentile(e among p)`, a float: of the accounts for which `among` holds and whose `value` is known, the part whose value is at most this account's (the double
// nearest to count over count). Missing where this account's value is missing, or there are no such accounts; unsure where its own value is.
struct Percentile {
  DefinitionId value{};
  std::optional<DefinitionId> among;
};

// ── Others ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

// `p near (lat, lon) within 50 km`: the great-circle distance on a sphere of radius 6371.0088 km is at most `kilometres`. The operands are floats: the two hidden columns
// of a point (SchemaColumn::latitude, longitude), known or missing together.
struct Near {
  ExprId latitude{}, longitude{};
  double center_latitude = 0, center_longitude = 0;  // degrees
  double kilometres = 0;
};

// `sequence(R within window by c: p then q, all within 14 days)`, a bool. Rows as for Aggregate; those without a time, or with a missing `by`, do not take part. Some value
// of `by` (without `by`: the rows together) has rows, each strictly later than the one before, of which row i meets step i, and the first and last are at most `limit` apart: in local
// days for kDays (weeks are 7), to the first's local day plus that many months for kMonths, exactly for kSpan. Holds three times for three-valued evaluation, as `any` does: with steps that
// hold, that are certain, that are possible.
struct Sequence {
  FrameId rows{};
  std::optional<ExprId> within;
  std::optional<ExprId> by;
  std::vector<ExprId> steps;
  Kind limit_kind = Kind::kDays;
  std::int64_t limit = 0;
};

using Node = std::variant<Literal, ColumnRead, ReferenceRead, DefinitionRead, Now, Today, FromNow, Not, And, Or, Compare, Between, InSet,
                          TextTest, Matches, Has, IsEmpty, IsKnown, Within, OrElse, Negate, ToFloat, Rescale, Arithmetic, Call, Aggregate,
                          ScoreSum, Choice, GridCell, SplitPart, TopOf, Percentile, Near, Sequence>;

struct Expr {
  Node node;
  Type type;
  FrameId frame = kAccountFrame;  // the innermost frame whose row the value depends on; a constant lies in the account's
  Span span;  // exactly the text that it stands for; a node with its operand's span is desugaring (`x not in s`: Not over InSet)
};

// Constant values that one `in` or `has` looks for, already of the operand's kind (enum indices, rescaled decimals, nearest doubles), distinct,
// in the order written. When `folded`, the texts are folded already and the operand must be.
struct ConstantSet {
  Type type;
  bool folded = false;
  std::vector<Constant> values;
  Span span;
};

// ── Definitions ──────────────────────────────────────────────────────────────────────────────────────────────────────────

enum class DefinitionKind : std::uint8_t { kSegment, kScore, kDefine, kTiers, kStages, kGrid, kSplit, kAudience };

enum class ExpectSubject : std::uint8_t { kSize, kShare, kUndetermined, kMoved, kDisjoint, kSubset, kNotEmpty };
// `expect size between 50 and 5_000`: low <= subject <= high, where a bound that is absent does not limit. kSize counts accounts (rows, of an audience); kShare, kMoved and
// kUndetermined written with `%` are fractions of all accounts (`is_fraction`), kMoved and kUndetermined without are counts. `below` and `above` are strict.
// kMoved compares with an earlier output, and says nothing without one. Of tiers, stages, grids and splits it speaks of `each` value or of one (`value`).
struct Expectation {
  ExpectSubject subject{};
  bool is_fraction = false;
  std::optional<double> low, high;
  bool low_is_strict = false, high_is_strict = false;
  bool each = false;
  std::optional<std::uint32_t> value;  // enum index
  std::optional<DefinitionId> other;   // of kDisjoint and kSubset: a segment, or anything else that is a bool of the account
  std::string text;                    // as written, without `expect`
  Span span;
};

// A definition in one frame with fixed arguments. A `define … for contacts` or with parameters is one Definition for each use with
// different frame or arguments; all others appear in results. `body` is kBool for segments and audiences (where, except and top
// joined), kFloat for scores, an enum for tiers, stages, grids and splits, anything for defines. An audience stands in the plain frame of its relation, any other in the account's.
struct Definition {
  DefinitionKind kind{};
  std::string name;
  std::string title;                      // empty when none
  std::vector<std::string> value_titles;  // of tiers, stages and splits: by enum index of the body's type, empty when none
  std::string doc;
  std::string owner;
  std::vector<std::string> tags;
  std::string basis;  // why personal data may be used; empty when not stated
  std::string url;
  FrameId frame = kAccountFrame;
  ExprId body{};
  Span name_span;  // of the declaration: file and line in results come from it
  Span span;
  std::vector<Expectation> expectations;
};

// What a number counts: `EUR`, `EUR per seats`. Products of unit names with exponents, by name; interned.
struct UnitOfMeasure {
  std::vector<std::pair<std::string, int>> parts;
  friend bool operator==(const UnitOfMeasure&, const UnitOfMeasure&) = default;
};

// Everything that the rule files say, typed and resolved. `definitions` are in order of evaluation: one stands after all that it reads.
struct CheckedProgram {
  Schema schema;
  std::vector<Frame> frames;  // frames[0] is the account's
  std::vector<Expr> exprs;
  std::vector<Definition> definitions;
  std::vector<ConstantSet> sets;
  std::vector<Window> windows;
  std::vector<EnumType> enums;        // those of the schema, then those of functions such as weekday and of definitions
  std::vector<UnitOfMeasure> units;   // `Type::unit` is an index here; the first has no parts
  std::vector<DefinitionId> results;  // all but defines, in order of file path, then line

  const Expr& expr(ExprId id) const { return exprs[index_of(id)]; }
  const Frame& frame(FrameId id) const { return frames[index_of(id)]; }
  const Definition& definition(DefinitionId id) const { return definitions[index_of(id)]; }
};

}  // namespace segue
