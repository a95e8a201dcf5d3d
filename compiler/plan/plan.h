// This file's external interface is Plan: one hash-consed graph for all definitions. A node stands for one value or one bit for each row of
// its frame; what several definitions ask is one node. It is plain data: operands stand before what uses them. `make_plan` makes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "compiler/check/program.h"
#include "stdlib/clock.h"
#include "stdlib/number.h"

namespace segue {

// Index into Plan::nodes.
enum class NodeId : std::uint32_t {};
inline constexpr NodeId kNoNode{0xffff'ffff};
constexpr std::uint32_t index_of(NodeId id) { return static_cast<std::uint32_t>(id); }
inline constexpr ExprId kNoExpr{0xffff'ffff};

// One bit a row: that of a node, or its complement. Complements cost nothing, so negations need no nodes.
struct Bit {
  std::uint32_t raw = 0;  // 2 * node + complemented

  [[nodiscard]] constexpr NodeId node() const { return NodeId{raw / 2}; }
  [[nodiscard]] constexpr bool is_negated() const { return (raw & 1) != 0; }
  constexpr Bit operator~() const { return Bit{raw ^ 1}; }
  friend constexpr auto operator<=>(const Bit&, const Bit&) = default;
};
constexpr Bit bit_of(NodeId node) { return Bit{2 * index_of(node)}; }
// Node 0 is FalseBit.
inline constexpr Bit kFalse{0};
inline constexpr Bit kTrue{1};

// ── Nodes that are a bit ─────────────────────────────────────────────────────────────────────────────────────────────────
// A test has `known`: the bit says "known and the test holds", so a missing operand is folded in at the leaf.

struct FalseBit {
  auto fields() const { return std::tie(); }
};
struct AllOf {  // sorted, distinct, two to kMaxOperands; a leaf is not dissolved into the node that uses it
  std::vector<Bit> operands;
  bool is_leaf = false;
  auto fields() const { return std::tie(operands, is_leaf); }
};
struct AnyOf {
  std::vector<Bit> operands;
  bool is_leaf = false;
  auto fields() const { return std::tie(operands, is_leaf); }
};
struct ColumnBit {  // a bool column of the frame's table, false where missing
  std::uint32_t column = 0;
  auto fields() const { return std::tie(column); }
};
struct ColumnKnown {
  std::uint32_t column = 0;
  auto fields() const { return std::tie(column); }
};
struct ReferenceBit {  // a bool column that references lead to, false where missing
  std::vector<std::uint32_t> references;
  std::vector<std::uint32_t> tables;  // that each of them leads to
  std::uint32_t column = 0;           // of the last
  auto fields() const { return std::tie(references, tables, column); }
};
struct ReferenceKnown {
  std::vector<std::uint32_t> references;
  std::vector<std::uint32_t> tables;  // that each of them leads to
  std::uint32_t column = 0;           // of the last
  auto fields() const { return std::tie(references, tables, column); }
};
struct InRanges {  // of an integer value: inside one of the ranges, which ascend and neither touch nor overlap
  NodeId value{};
  Bit known;
  std::vector<IntRange> ranges;
  auto fields() const { return std::tie(value, known, ranges); }
};
struct InFloatRange {
  NodeId value{};
  Bit known;
  FloatRange range;
  auto fields() const { return std::tie(value, known, range); }
};
struct InWindow {  // bounds come from the clock
  NodeId value{};
  Bit known;
  std::uint32_t window = 0;  // index into Plan::windows
  auto fields() const { return std::tie(value, known, window); }
};
struct CompareBound {  // an integer value beside a bound that is the same for all rows, known when the clock is
  NodeId value{};
  Bit known;
  Comparison comparison{};
  NodeId bound{};
  std::uint8_t value_scale = 0, bound_scale = 0;
  auto fields() const { return std::tie(value, known, comparison, bound, value_scale, bound_scale); }
};
struct TextTestBit {  // once for each entry of the value's dictionaries, then by code
  NodeId value{};
  Bit known;
  std::uint32_t predicate = 0;  // index into Plan::text_predicates
  auto fields() const { return std::tie(value, known, predicate); }
};
struct ListTestBit {
  NodeId value{};
  Bit known;
  std::uint32_t predicate = 0;  // index into Plan::list_predicates
  auto fields() const { return std::tie(value, known, predicate); }
};
struct KernelTest {  // a comparison of the table of builtins, on two values
  BuiltinId builtin{};
  NodeId left{}, right{};
  Bit known;
  std::uint8_t left_scale = 0, right_scale = 0;
  auto fields() const { return std::tie(builtin, left, right, known, left_scale, right_scale); }
};
struct TextPairTest {  // contains, starts with, ends with, where the pattern is no constant
  TextOp op{};
  NodeId left{}, right{};
  Bit known;
  bool folded = false;
  auto fields() const { return std::tie(op, left, right, known, folded); }
};
struct KnownOf {  // whether a node that decides so itself (Map, sums, averages, the clock's moments) is known
  NodeId value{};
  auto fields() const { return std::tie(value); }
};
struct BroadcastBit {  // of an outer frame's row, for each row inside it
  Bit operand;
  FrameId from{};
  auto fields() const { return std::tie(operand, from); }
};
struct AnyRow {  // some row of `rows` inside the frame's row has the bit
  FrameId rows{};
  Bit filter;
  auto fields() const { return std::tie(rows, filter); }
};
struct PickedBit {  // of the row that a PickRow chose; false where it chose none
  NodeId pick{};
  FrameId rows{};
  Bit operand;
  auto fields() const { return std::tie(pick, rows, operand); }
};
struct NearTest {  // `near` of stdlib, of two floats in degrees
  NodeId latitude{}, longitude{};
  Bit known;
  double center_latitude = 0, center_longitude = 0, kilometres = 0;
  auto fields() const { return std::tie(latitude, longitude, known, center_latitude, center_longitude, kilometres); }
};
struct SequenceTest {  // rows that meet the steps one after the other, within the limit, with one value of `by`
  FrameId rows{};
  std::vector<Bit> steps;  // each holds that the row takes part, and so the known bits of time and `by`
  NodeId time{};
  NodeId by = kNoNode;  // as equality needs it
  Kind limit_kind{};
  std::int64_t limit = 0;
  auto fields() const { return std::tie(rows, steps, time, by, limit_kind, limit); }
};

// ── Nodes that are a value: int64 for every kind, floats by their bits, texts and lists as codes of the node's domain ───────

struct ConstantValue {  // of no frame
  std::int64_t bits = 0;
  auto fields() const { return std::tie(bits); }
};
struct ClockValue {  // of no frame: now (kSecond, 0), today (kDay, 0) and moments
  std::int64_t count = 0;
  TimeUnit unit{};
  auto fields() const { return std::tie(count, unit); }
};
struct ColumnValue {
  std::uint32_t column = 0;
  auto fields() const { return std::tie(column); }
};
struct ReferenceValue {
  std::vector<std::uint32_t> references;
  std::vector<std::uint32_t> tables;  // that each of them leads to
  std::uint32_t column = 0;           // of the last
  auto fields() const { return std::tie(references, tables, column); }
};
struct BitValue {  // 1 or 0
  Bit operand;
  auto fields() const { return std::tie(operand); }
};
struct Map {  // a function or an operator of the table of builtins; 0 where not KnownOf
  BuiltinId builtin{};
  NodeId left{};
  NodeId right = kNoNode;
  Bit known;  // the operands are
  std::uint8_t left_scale = 0, right_scale = 0;
  auto fields() const { return std::tie(builtin, left, right, known, left_scale, right_scale); }
};
struct ToFloatValue {
  NodeId operand{};
  std::uint8_t scale = 0;
  auto fields() const { return std::tie(operand, scale); }
};
struct RescaleValue {
  NodeId operand{};
  Bit known;
  std::uint8_t from = 0, to = 0;
  auto fields() const { return std::tie(operand, known, from, to); }
};
struct Select {  // `first` where `condition`, else `second`
  Bit condition;
  NodeId first{}, second{};
  auto fields() const { return std::tie(condition, first, second); }
};
struct BroadcastValue {
  NodeId operand{};
  FrameId from{};
  auto fields() const { return std::tie(operand, from); }
};
struct RankText {  // place of the text in the order of a RankSpace; equal texts (folded, if the space is) have one place
  NodeId operand{};
  std::uint32_t space = 0;  // index into Plan::rank_spaces
  std::uint32_t part = 0;   // which of the space's domains
  auto fields() const { return std::tie(operand, space, part); }
};
struct UnrankText {  // the code of a text in that place; `space` has one domain and unique places
  NodeId operand{};
  std::uint32_t space = 0;
  auto fields() const { return std::tie(operand, space); }
};
struct CountRows {
  FrameId rows{};
  Bit filter;
  auto fields() const { return std::tie(rows, filter); }
};
enum class ReduceFn : std::uint8_t { kSum, kAverage, kMin, kMax, kDistinct };
struct ReduceRows {  // the filter holds the value's known bit; KnownOf for kSum and kAverage
  ReduceFn fn{};
  FrameId rows{};
  Bit filter;
  NodeId value{};
  auto fields() const { return std::tie(fn, rows, filter, value); }
};
struct PickRow {  // position of the row with the last (first) time, then the greatest (least) key, then value; -1 where there is none
  bool is_latest = true;
  FrameId rows{};
  Bit filter;
  NodeId time{};
  std::vector<NodeId> ties;  // compared in turn; texts by code point, under folding first if `folds`
  bool folds = false;
  auto fields() const { return std::tie(is_latest, rows, filter, time, ties, folds); }
};
struct PickedValue {
  NodeId pick{};
  FrameId rows{};
  NodeId operand{};
  auto fields() const { return std::tie(pick, rows, operand); }
};
struct ScoreValue {  // the exact sum of the terms whose `when` (which holds the value's known bit) is set, rounded once, clamped
  std::vector<NodeId> values = {};
  std::vector<Bit> when = {};
  std::vector<bool> negative = {};
  std::optional<std::pair<double, double>> range;
  auto fields() const { return std::tie(values, when, negative, range); }
};
struct FirstOf {  // the code beside the first condition that is set, else `otherwise`
  std::vector<Bit> conditions;
  std::vector<std::int64_t> codes;
  std::int64_t otherwise = 0;
  auto fields() const { return std::tie(conditions, codes, otherwise); }
};
struct CellValue {  // the sum of the offsets that the values have; KnownOf where some value has offset -1, else known where `known`
  std::vector<NodeId> values;
  std::vector<std::vector<std::int64_t>> offsets;  // by value
  Bit known;
  auto fields() const { return std::tie(values, offsets, known); }
};
struct SplitValue {  // the part that the hash of the account's key falls into, 0 where not `wanted`
  NodeId key{};
  Bit wanted;
  std::string seed;
  std::vector<std::uint64_t> upper;
  auto fields() const { return std::tie(key, wanted, seed, upper); }
};

using Op = std::variant<FalseBit, AllOf, AnyOf, ColumnBit, ColumnKnown, ReferenceBit, ReferenceKnown, InRanges, InFloatRange, InWindow,
                        CompareBound, TextTestBit, ListTestBit, KernelTest, TextPairTest, KnownOf, BroadcastBit, AnyRow, PickedBit,
                        NearTest, SequenceTest, ConstantValue, ClockValue, ColumnValue, ReferenceValue, BitValue, Map, ToFloatValue,
                        RescaleValue, Select, BroadcastValue, RankText, UnrankText, CountRows, ReduceRows, PickRow, PickedValue, ScoreValue,
                        FirstOf, CellValue, SplitValue>;

// Index into Plan::domains.
using DomainId = std::uint32_t;
inline constexpr DomainId kNoDomain = 0xffff'ffff;

struct PlanNode {
  Op op;
  FrameId frame = kNoFrame;     // kNoFrame: the same for all rows
  Type type;                    // kBool for bits
  DomainId domain = kNoDomain;  // of texts and lists
  std::uint32_t uses = 0;       // by other nodes and by definitions
};

// ── What nodes refer to ──────────────────────────────────────────────────────────────────────────────────────────────────

// Where the codes of a text or list come from: the parts one after the other, a column's dictionary (of a list: its table's rows) or one text.
struct DomainPart {
  std::uint32_t table = 0, column = 0;
  std::optional<std::string> literal;
  friend bool operator==(const DomainPart&, const DomainPart&) = default;
  friend auto operator<=>(const DomainPart&, const DomainPart&) = default;
};
using Domain = std::vector<DomainPart>;

struct RankSpace {
  std::vector<DomainId> domains;
  bool folded = false;
  bool is_ordered = true;  // else places only tell what is equal
  bool is_unique = false;  // texts that fold alike keep apart, in raw order
  friend auto operator<=>(const RankSpace&, const RankSpace&) = default;
};

enum class TextTestKind : std::uint8_t {
  kEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kContains,
  kStartsWith,
  kEndsWith,
  kMatches
};
struct TextPredicate {
  TextTestKind kind{};
  bool folded = false;
  std::vector<std::string> texts;  // one but for kIn; folded already when `folded`
  friend auto operator<=>(const TextPredicate&, const TextPredicate&) = default;
};

enum class ListTestKind : std::uint8_t { kHasAny, kHasAll, kIsEmpty };
struct ListPredicate {
  ListTestKind kind{};
  bool folded = false;
  bool is_text = false;
  std::vector<std::string> texts = {};    // of a list of text, folded already when `folded`
  std::vector<std::int64_t> values = {};  // of any other, floats by their bits
  friend auto operator<=>(const ListPredicate&, const ListPredicate&) = default;
};

enum class AnswerKind : std::uint8_t {
  kMembers,  // a bool: PlanRoot::members and undetermined
  kScores,   // a float
  kCodes,    // an enum; undetermined where it is unsure
  kValues,   // integers or floats as they are
  kNothing,  // of a type that no result has
};

// What is asked, for each row of a frame.
struct PlanRoot {
  DefinitionId definition{};
  DefinitionKind kind{};
  AnswerKind answer{};
  FrameId frame = kAccountFrame;
  Bit members, undetermined;
  NodeId value = kNoNode;
  Bit known;  // of `value`
};

// What a TopOf or a Percentile needs of all rows of its frame's table; indices into the roots.
struct PopulationTerm {
  ExprId expr{};
  std::uint32_t among = 0;   // members: the candidates, or those among whom a value is ranked
  std::uint32_t values = 0;  // in the order that ranks them
  bool is_float = false;
  std::optional<std::uint32_t> unknown;  // members: rows whose answer is unknown; where some may be
};

// The graph.
struct Plan {
  std::vector<PlanNode> nodes;
  std::vector<Frame> frames;
  std::vector<PlanRoot> roots;
  std::vector<PopulationTerm> population;  // of make_population_plan
  std::vector<NodeId> live;                // what the roots need, ascending
  std::vector<ExprId> origins;             // by node: the first expression that asked for it, kNoExpr where none did
  std::vector<Domain> domains;
  std::vector<RankSpace> rank_spaces;
  std::vector<TextPredicate> text_predicates;
  std::vector<ListPredicate> list_predicates;
  std::vector<Window> windows;

  [[nodiscard]] const PlanNode& node(NodeId id) const { return nodes[index_of(id)]; }
};

// A column of a table, by the schema's indices.
struct TableColumn {
  std::uint32_t table = 0, column = 0;
  friend auto operator<=>(const TableColumn&, const TableColumn&) = default;
};

// The answer of a TopOf (a bool) or a Percentile (a float), in columns behind those of the frame's table.
struct PopulationAnswer {
  ExprId expr{};
  std::uint32_t column = 0;
  bool may_be_missing = false;
  std::optional<std::uint32_t> unknown;  // a bool column
};

// What is known of a column of the data at hand before it is read: of all rows of its table that the plan will be run over, in whichever frame. What
// references lead to is not judged by it.
struct ColumnFacts {
  TableColumn column;
  bool may_be_missing = true;             // false: no row is missing
  bool may_be_known = true;               // false: all rows are missing
  std::optional<IntRange> integers = {};  // of integer kinds, and of bools as 0 and 1: all known values lie in it; empty: all are missing
  std::optional<FloatRange> floats = {};
};

struct PlanOptions {
  bool share = true;                         // equal conditions of different definitions are one node
  std::vector<ColumnFacts> facts;            // by column, ascending, at most one each; the plan holds for data that keep to them
  std::vector<PopulationAnswer> population;  // of every TopOf and Percentile that is read
  // Where facts are to settle windows and moments, too: the plan then holds for this clock alone, unless facts settle nothing. Borrowed.
  const Clock* clock = nullptr;
};

// Operands of an AllOf or AnyOf; longer chains become trees.
inline constexpr std::size_t kMaxOperands = 64;

// The graph that answers `roots`, definitions of `program`. Works in loops over `program`'s flat vectors, in time linear in what the roots need.
[[nodiscard]] Plan make_plan(const CheckedProgram& program, const std::vector<DefinitionId>& roots, const PlanOptions& options = {});

// The TopOf and Percentile expressions that `roots` need, in levels: what one stands on comes earlier.
[[nodiscard]] std::vector<std::vector<ExprId>> population_levels(const CheckedProgram& program, const std::vector<DefinitionId>& roots);

// The graph of what those expressions need; equal needs are one root.
[[nodiscard]] Plan make_population_plan(const CheckedProgram& program, const std::vector<ExprId>& terms, const PlanOptions& options);

// The columns whose values, validity or dictionaries the plan reads, ascending, each once; those of PopulationAnswer included. Keys, join columns and the columns
// of references are not among them unless conditions read them.
[[nodiscard]] std::vector<TableColumn> columns_read(const Plan& plan);

// What `options.facts` (and its clock) would settle in a plan that was made without them, without making another: tests on columns, and bits that
// say whether a column is known. Where both are 0 a plan made with them would ask just as much. Linear in the live nodes, some 10 ns each.
struct FactsEffect {
  std::size_t tests = 0, known = 0;
};
[[nodiscard]] FactsEffect effect_of(const Plan& plan, const PlanOptions& options);

// How many conditions the definitions that `roots` need say, and how many different ones `plan` evaluates for them.
struct ConditionCounts {
  std::size_t written = 0, evaluated = 0;
};
[[nodiscard]] ConditionCounts count_conditions(const CheckedProgram& program, const std::vector<DefinitionId>& roots, const Plan& plan);

// For each expression (64 at most) the roots' definitions for which the plan evaluates what it was the first to ask for, in the order of the roots.
[[nodiscard]] std::vector<std::vector<DefinitionId>> definitions_using(const Plan& plan, const std::vector<ExprId>& exprs);

// One line a live node, `%3 account all(%1, not %2)`, then one a root. For tests and for people.
[[nodiscard]] std::string to_text(const Plan& plan);

// Calls `value(NodeId)` and `bit(Bit)` for each operand of a node.
template <typename OnValue, typename OnBit>
void for_each_operand(const Op& op, OnValue&& value, OnBit&& bit);

// The nodes that are a value rather than a bit.
[[nodiscard]] inline bool is_value(const Op& op) { return op.index() >= Op(ConstantValue{}).index(); }

}  // namespace segue

#include "compiler/plan/operands.h"
