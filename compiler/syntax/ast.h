// This file's external interface is the syntax tree: what a file of rules says, before anybody asks what its names mean.
// Expressions lie in one flat vector and refer to each other by id; every node carries the span of exactly its own text.
//
// Parentheses leave no node: the tree's shape says what they said, and `format` writes those that are needed. Chains of `and`, `or`,
// `+ -`, `* /` and `or else` are one node with many operands, so no tree is deeper than its brackets, `not`s and minus signs nest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/source/source.h"

// The nodes have a namespace of their own: `segue::ast::Not` is what was written, `segue::Not` what `check` makes of it.
namespace segue::ast {

// Index into Ast::exprs.
enum class ExprId : std::uint32_t {};

// A name as it was meant: without back-quotes, whose presence `is_quoted` tells. The span has the back-quotes.
struct Name {
  std::string text;
  Span span;
  bool is_quoted = false;
};

// `customer`, `account.icp`, `contacts.logins`, `parent.customer`: what the parts mean is resolved by `check`. Never empty.
struct Path {
  std::vector<Name> parts;
  Span span;
};

// Text in double quotes, with its escapes resolved.
struct TextValue {
  std::string text;
  Span span;
};

// ---- Literals ---------------------------------------------------------------------------------------------------------------

enum class NumberSuffix : std::uint8_t { kNone, kThousand, kMillion, kBillion, kPercent };

// A number exactly as written: the value is (-1)^is_negative · digits · 10^-scale · suffix. A minus sign directly before a number
// (`-5`, not `a - 5`) belongs to it.
struct NumberLiteral {
  bool is_negative = false;
  std::string digits;       // of both sides of the point, without `_`; leading zeros as written
  std::uint32_t scale = 0;  // digits after the point
  NumberSuffix suffix = NumberSuffix::kNone;
};

// The value of a number with its suffix worked in, in lowest terms: (-1)^is_negative · digits · 10^-scale, where digits has no
// leading zeros (but for `0`) and, if scale > 0, no trailing ones. Whole exactly when scale is 0.
struct ExactNumber {
  bool is_negative = false;
  std::string digits;
  std::uint32_t scale = 0;
};
[[nodiscard]] ExactNumber exact_number(const NumberLiteral& literal);

struct TextLiteral {
  std::string text;  // escapes resolved
};

struct BoolLiteral {
  bool value = false;
};

// A day that exists in the proleptic Gregorian calendar; years 1 to 9999.
struct DateLiteral {
  std::int32_t year = 1;
  std::uint32_t month = 1;
  std::uint32_t day = 1;
};

// `2026-03-01T09:30:00Z`. Without an offset it is wall time in the project's time zone.
struct TimestampLiteral {
  DateLiteral date;
  std::int64_t microseconds = 0;               // of the day, below 86,400,000,000
  std::optional<std::int32_t> offset_minutes;  // east of UTC; 0 for `Z`
};

enum class TimeUnit : std::uint8_t { kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear, kFiscalQuarter, kFiscalYear };

// `day`, `fiscal year`: the singular as written in rules.
[[nodiscard]] std::string_view unit_name(TimeUnit unit);

// `30 days`; the count is a number or a name. Never a fiscal unit.
struct DurationLiteral {
  ExprId count{};
  TimeUnit unit = TimeUnit::kDay;
};

// `14 days ago`, `10 days from now`.
struct RelativeTime {
  ExprId count{};
  TimeUnit unit = TimeUnit::kDay;
  bool is_future = false;  // `from now`
};

// `[SE, NO]`; may be empty, may repeat.
struct ListLiteral {
  std::vector<ExprId> elements;
};

// ---- Names and calls --------------------------------------------------------------------------------------------------------

// A name or dotted names, `now` and `today` included.
struct PathExpr {
  Path path;
};

// `engagement(30)`, `year(closed_on)`, `account.engagement(30)`: whatever is called and is not an aggregate in form.
struct Call {
  Path callee;
  std::vector<ExprId> arguments;
};

enum class WindowKind : std::uint8_t {
  kLast,            // `last 30 days`
  kNext,            // `next 90 days`
  kThisPeriod,      // `this quarter`
  kPreviousPeriod,  // `previous fiscal year`
  kNextPeriod,      // `next month`
};

// What stands after `within`.
struct Window {
  WindowKind kind = WindowKind::kLast;
  std::optional<ExprId> count;        // exactly for kLast and kNext: a number or a name
  TimeUnit unit = TimeUnit::kDay;     // fiscal units only for periods
  std::optional<RelativeTime> as_of;  // `as of 7 days ago`
  Span as_of_span;                    // of `7 days ago`; set when as_of is
  Span span;                          // from `last` on, `as of` included
};

enum class AggregateKind : std::uint8_t { kAny, kNone, kEvery, kCount, kShare, kSum, kAvg, kMin, kMax, kDistinct, kLatest, kEarliest };

// `sum`: the word as written in rules.
[[nodiscard]] std::string_view aggregate_name(AggregateKind kind);

// `sum(opportunities within this year: amount where stage = won)`. A call of one of the twelve words whose first argument is a bare
// or dotted name, alone or with a window, a value or a condition. Whether the parts fit the kind is for `check`.
struct Aggregate {
  AggregateKind kind = AggregateKind::kCount;
  Span kind_span;
  Path relation;
  std::optional<Window> window;
  std::optional<ExprId> value;
  std::optional<ExprId> where;
};

// `percentile(e among p)`.
struct Percentile {
  ExprId value{};
  std::optional<ExprId> among;
};

// `sequence(R within window by c: p then q, all within 14 days)`.
struct Sequence {
  Path relation;
  std::optional<Window> window;
  std::optional<Path> by;
  std::vector<ExprId> steps;  // at least two
  DurationLiteral limit;
  Span limit_span;
};

// ---- Arithmetic -------------------------------------------------------------------------------------------------------------

// `-x`, where x is not a bare number.
struct Negation {
  ExprId operand{};
};

enum class ArithmeticOp : std::uint8_t { kAdd, kSubtract, kMultiply, kDivide };

// `a + b - c` or `a * b / c`, from left to right: ops[i] stands between operands[i] and operands[i + 1]. The ops of one node are
// of one level: all of `+ -`, or all of `* /`.
struct Arithmetic {
  std::vector<ExprId> operands;  // at least two
  std::vector<ArithmeticOp> ops;
};

// `x or else y or else z`.
struct OrElse {
  std::vector<ExprId> operands;  // at least two
};

// ---- Predicates -------------------------------------------------------------------------------------------------------------

enum class ComparisonOp : std::uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

struct Comparison {
  ComparisonOp op = ComparisonOp::kEqual;
  Span op_span;
  ExprId left{};
  ExprId right{};
};

// `x between a and b`, `x not between a and b`.
struct Between {
  bool is_negated = false;
  ExprId operand{};
  ExprId low{};
  ExprId high{};
};

// `x in set`, `x not in set`; the set is a ListLiteral or a PathExpr.
struct Membership {
  bool is_negated = false;
  ExprId operand{};
  ExprId set{};
};

enum class TextMatchKind : std::uint8_t { kContains, kStartsWith, kEndsWith, kMatches };

// `title matches "(?i)vp"`, `title not contains "x"`.
struct TextMatch {
  TextMatchKind kind = TextMatchKind::kContains;
  bool is_negated = false;
  ExprId operand{};
  ExprId pattern{};
};

enum class HasKind : std::uint8_t { kAny, kAll, kNone };

// `technologies has any [..]`; the set is a ListLiteral or a PathExpr.
struct Has {
  HasKind kind = HasKind::kAny;
  ExprId operand{};
  ExprId set{};
};

enum class StateKind : std::uint8_t { kEmpty, kKnown, kMissing };

// `tags is empty`, `x is known`, `x is missing`.
struct State {
  StateKind kind = StateKind::kKnown;
  ExprId operand{};
};

// `closed_on within this quarter`, `x not within last 30 days`.
struct WithinWindow {
  bool is_negated = false;
  ExprId operand{};
  Window window;
};

enum class DistanceUnit : std::uint8_t { kKilometre, kMile };

// `hq near (52.5, 13.4) within 50 km`.
struct Near {
  bool is_negated = false;
  ExprId operand{};
  ExprId latitude{};
  ExprId longitude{};
  ExprId distance{};
  DistanceUnit unit = DistanceUnit::kKilometre;
};

struct Not {
  ExprId operand{};
};

enum class LogicalOp : std::uint8_t { kAnd, kOr };

// `a and b and c`. No operand of an `and` is an `and` itself, nor of an `or` an `or`: brackets around those are dropped.
struct Logical {
  LogicalOp op = LogicalOp::kAnd;
  std::vector<ExprId> operands;  // at least two
};

// ---- Values of tests --------------------------------------------------------------------------------------------------------

// `missing` as the value of a field in a test.
struct MissingLiteral {};

struct Field {
  Name name;
  ExprId value{};
};

// `{title: "CFO", logins: [{at: 2 days ago}]}`; stands in tests only.
struct RecordLiteral {
  std::vector<Field> fields;
};

// ---- An expression ----------------------------------------------------------------------------------------------------------

using ExprNode = std::variant<NumberLiteral, TextLiteral, BoolLiteral, DateLiteral, TimestampLiteral, DurationLiteral, RelativeTime,
                              ListLiteral, PathExpr, Call, Aggregate, Percentile, Sequence, Negation, Arithmetic, OrElse, Comparison,
                              Between, Membership, TextMatch, Has, State, WithinWindow, Near, Not, Logical, MissingLiteral, RecordLiteral>;

// The span covers the expression's own text, without parentheses around all of it.
struct Expr {
  ExprNode node;
  Span span;
};

// ---- Parts of declarations --------------------------------------------------------------------------------------------------

// `owner: "marketing-ops"`, `tags: [abm, core]`. The key is one of owner, tags, basis, url.
struct Metadata {
  Name key;
  std::vector<TextValue> values;  // one unless is_list
  bool is_list = false;
  Span span;
};

// `top 100 by e`, `top 10% by e`; the count is a number or a name.
struct Top {
  ExprId count{};
  bool is_share = false;  // of the accounts: the count is a literal written with `%`
  ExprId by{};
  Span span;
};

enum class Measure : std::uint8_t { kSize, kShare, kUndetermined, kMoved };
enum class Bound : std::uint8_t { kBetween, kAtLeast, kAtMost, kBelow, kAbove };

// `size between 50 and 5_000`; `high` is set exactly for kBetween.
struct MeasureExpectation {
  Measure measure = Measure::kSize;
  Bound bound = Bound::kBetween;
  ExprId low{};
  std::optional<ExprId> high;
};
struct DisjointExpectation {
  Path other;
};
struct SubsetExpectation {
  Path other;
};
struct NotEmptyExpectation {};

// An `expect` of a definition. The subject is the definition itself, each of its values, or one of them.
struct EachValue {
  Span span;
};
struct Expectation {
  std::variant<std::monostate, EachValue, Name> subject;  // a cell of a grid is a Name, in quotes or not
  std::variant<MeasureExpectation, DisjointExpectation, SubsetExpectation, NotEmptyExpectation> claim;
  Span span;  // without `expect`: what `run` shows
};

// A row of tiers or stages.
struct Row {
  Name name;
  std::optional<TextValue> title;
  ExprId condition{};
  std::vector<ExprId> except;
  std::optional<Top> top;
  Span span;
};

// `otherwise unassigned`.
struct Otherwise {
  Name name;
  std::optional<TextValue> title;
  Span span;
};

// `int`, `decimal(2)`, `list<text>`, `text?`: the type of a parameter, as written.
struct TypeName {
  Name name;                              // `int`; of a list `list`
  std::optional<NumberLiteral> argument;  // of `decimal(2)`
  std::vector<TypeName> element;          // of `list<text>`: one; otherwise none
  bool is_optional = false;               // `?`
  Span span;
};

struct Parameter {
  Name name;
  TypeName type;
};

// ---- Declarations -----------------------------------------------------------------------------------------------------------

// `use "x.seg"` or `use std.regions`.
struct UseDecl {
  std::variant<TextValue, Path> what;
};

// `param min_employees: int = 200`; without a value it must come from outside.
struct ParamDecl {
  Name name;
  TypeName type;
  std::optional<ExprId> value;
};

// `list nordics = [SE, NO]`, or `list x from "file" by column`.
struct ListFile {
  TextValue file;
  std::optional<Name> column;
};
struct ListDecl {
  Name name;
  std::variant<ExprId, ListFile> values;  // the expression is a ListLiteral
};

// `define engagement(n: int) = …`, `define decision_maker for contacts = …`.
struct DefineDecl {
  Name name;
  std::vector<Parameter> parameters;
  std::optional<Path> relation;
  std::optional<ExprId> body;  // always set unless the declaration is broken
};

struct SegmentDecl {
  Name name;
  std::optional<TextValue> title;
  std::vector<Metadata> metadata;
  std::optional<ExprId> where;  // always set unless the declaration is broken
  std::vector<ExprId> except;
  std::optional<Top> top;
  std::vector<Expectation> expects;
};

// A line of a score that opens with `+` or `-`.
struct Term {
  bool is_subtracted = false;
  Span sign_span;
  ExprId value{};
  std::optional<ExprId> when;
  Span span;  // with its sign
};
struct Range {
  ExprId low{};  // number literals
  ExprId high{};
  Span span;
};
struct ScoreDecl {
  Name name;
  std::optional<TextValue> title;
  std::vector<Metadata> metadata;
  std::optional<Range> range;
  std::vector<Term> terms;
  std::vector<Expectation> expects;
};

struct TiersDecl {
  Name name;
  std::optional<TextValue> title;
  std::vector<Metadata> metadata;
  std::vector<Row> rows;
  std::optional<Otherwise> otherwise;
  std::vector<Expectation> expects;
};

struct StagesDecl {
  Name name;
  std::optional<TextValue> title;
  std::vector<Metadata> metadata;
  std::vector<Row> rows;
  std::optional<Otherwise> otherwise;
  std::vector<Expectation> expects;
};

// `by hq_country in [US, GB]`; the values are a ListLiteral or a PathExpr.
struct GridAxis {
  Path column;
  std::optional<ExprId> values;
  Span span;
};
struct GridDecl {
  Name name;
  std::optional<TextValue> title;
  std::vector<Metadata> metadata;
  std::optional<ExprId> where;
  std::vector<ExprId> except;
  std::vector<GridAxis> axes;
  std::vector<Expectation> expects;
};

// `control 10%`.
struct SplitShare {
  Name name;
  std::optional<TextValue> title;
  NumberLiteral share;
  Span share_span;
  Span span;
};
struct SplitDecl {
  Name name;
  std::optional<TextValue> title;
  std::vector<Metadata> metadata;
  std::optional<ExprId> population;  // of `of p`
  std::optional<TextValue> seed;     // always set unless the declaration is broken
  std::vector<SplitShare> shares;
  std::vector<Expectation> expects;
};

struct AudienceDecl {
  Name name;
  std::optional<TextValue> title;
  std::optional<Path> relation;  // always set unless the declaration is broken
  std::vector<Metadata> metadata;
  std::optional<ExprId> where;  // likewise
  std::vector<ExprId> except;
  std::optional<Top> top;
  std::vector<Expectation> expects;
};

// `account {…}` or `account a {…}`; the record is a RecordLiteral.
struct TestAccount {
  std::optional<Name> name;
  ExprId record{};
  Span span;
};
// `expect a: icp, coverage = one_to_one`.
struct TestExpectation {
  std::optional<Name> account;
  std::vector<ExprId> predicates;
  Span span;  // without `expect`
};
struct TestDecl {
  TextValue title;
  std::optional<ExprId> as_of;  // a date or timestamp literal
  Span as_of_span;              // from `as` on
  std::vector<TestAccount> accounts;
  std::vector<TestExpectation> expects;
};

using DeclarationNode = std::variant<UseDecl, ParamDecl, ListDecl, DefineDecl, SegmentDecl, ScoreDecl, TiersDecl, StagesDecl, GridDecl,
                                     SplitDecl, AudienceDecl, TestDecl>;

// The `##` lines directly before a declaration, without their signs and the blank after them; lines joined by `\n`.
struct DocComment {
  std::string text;
  Span span;
};

// A declaration. When `is_broken`, its text had an error of syntax: of its node only the name, and what lists hold, can be
// relied on, and a name that it would have declared must not be called unknown.
struct Declaration {
  DeclarationNode node;
  std::optional<DocComment> doc;
  Span span;  // from its first word to its last, without the doc comment
  bool is_broken = false;
};

// The name that a declaration declares; none for `use` and `test`. Its text is empty when the declaration broke before it.
[[nodiscard]] const Name* declared_name(const Declaration& declaration);

// `segment`, `use`, …: the word that opens the declaration.
[[nodiscard]] std::string_view declaration_word(const Declaration& declaration);

// `# …` up to the end of its line, `##` lines included.
struct Comment {
  Span span;
};

}  // namespace segue::ast

namespace segue {

struct Ast {
  SourceId source = kNoSource;
  std::vector<ast::Expr> exprs;
  std::vector<ast::Declaration> declarations;  // in the order of the file
  std::vector<ast::Comment> comments;          // all, in the order of the file

  [[nodiscard]] const ast::Expr& operator[](ast::ExprId id) const { return exprs[static_cast<std::size_t>(id)]; }
};

// Whether both trees say the same: everything but spans, comments and the back-quotes of names that do not need them.
[[nodiscard]] bool same_tree(const Ast& first, const Ast& second);

}  // namespace segue
