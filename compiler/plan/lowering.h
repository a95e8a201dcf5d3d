// This file's interface, private to the folder, is Lowering: it turns typed expressions into nodes. One method for each kind of expression, called
// with operands lowered already; so nothing here recurses over what a user wrote.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/plan/graph.h"

namespace segue {

// An expression as nodes. A bool has the bits of two-valued and of three-valued evaluation (docs/design/undetermined.md): `holds` is the answer,
// `certain` "known true", `possible` "not known false"; where no operand can be missing all three are one. Anything else has `value`.
// `known` and `unsure` as in the note; a predicate is always known, and its `unsure` is `possible and not certain`.
struct Lowered {
  NodeId value = kNoNode;
  Bit known = kTrue;
  Bit unsure = kFalse;
  Bit holds = kFalse, certain = kFalse, possible = kFalse;
  bool is_predicate = false;
};

class Lowering {
 public:
  Lowering(const CheckedProgram& program, const PlanOptions& options, Plan& plan);

  // Lowers an expression whose operands are lowered.
  void lower(ExprId id);
  [[nodiscard]] const Lowered& lowered(ExprId id) const { return lowered_[index_of(id)]; }
  [[nodiscard]] bool is_lowered(ExprId id) const { return done_[index_of(id)]; }
  Graph& graph() { return graph_; }
  // What a definition says of the rows of a frame, which lies in its own.
  Lowered definition(DefinitionId id, FrameId frame);
  // Whether a predicate is unknown.
  Bit undetermined(FrameId frame, const Lowered& predicate) { return graph_.all_of(frame, predicate.possible, ~predicate.certain); }
  Bit unknown(FrameId frame, const Lowered& operand);
  // A value as an integer or float in whose order rows are ranked; equal values, of folded texts those that fold alike, are one.
  NodeId ranked(FrameId frame, const Lowered& operand, const Type& type);
  // A value for what is known for no row; 0 as a number. Not of a list.
  NodeId nothing(const Type& type);

 private:
  friend struct LowerNode;

  // — lower.cpp: parts that all kinds share
  Bit lift(Bit bit, FrameId frame);
  NodeId lift(NodeId value, FrameId frame);
  Lowered operand(ExprId id, FrameId frame);
  // The same, but what is the same for all rows keeps the known bit that it has without a row.
  Lowered plain_operand(ExprId id, FrameId frame);
  Lowered predicate(FrameId frame, Bit holds, Bit known, Bit unsure);
  Lowered bool_value(FrameId frame, Bit bits, Bit known, Bit unsure);
  Lowered negation(const Lowered& operand) const;
  Lowered all_of(FrameId frame, std::span<const Lowered> operands);
  Lowered any_of(FrameId frame, std::span<const Lowered> operands);
  Bit unsure(FrameId frame, const Lowered& operand);
  [[nodiscard]] bool is_constant(NodeId value) const { return std::holds_alternative<ConstantValue>(graph_.node(value).op); }
  [[nodiscard]] bool is_frame_free(NodeId value) const { return graph_.node(value).frame == kNoFrame; }
  [[nodiscard]] std::int64_t constant(NodeId value) const { return std::get<ConstantValue>(graph_.node(value).op).bits; }
  [[nodiscard]] const std::string& text_constant(NodeId value) const;
  Bit column_known(FrameId frame, std::uint32_t column);
  // A value as an integer or float whose order and equality are the value's own: texts become places in a RankSpace.
  NodeId ordered(FrameId frame, const Lowered& operand, const Type& type) { return keyed(frame, operand, type, true); }
  // The same for equality alone.
  NodeId identified(FrameId frame, const Lowered& operand, const Type& type) { return keyed(frame, operand, type, false); }
  NodeId keyed(FrameId frame, const Lowered& operand, const Type& type, bool is_ordered);

  // — lower_value.cpp
  Lowered literal(const Literal& node, const Type& type);
  Lowered column(FrameId frame, const ColumnRead& node, const Type& type);
  Bit column_bit(FrameId frame, std::uint32_t column, Bit known);
  Lowered reference(FrameId frame, const ReferenceRead& node, const Type& type);
  Lowered moment(const FromNow& node, const Type& type);
  Lowered or_else(FrameId frame, const OrElse& node, const Type& type);
  Lowered map(FrameId frame, BuiltinId builtin, std::span<const ExprId> operands, const Type& type);
  Bit is_past(FrameId frame, const Lowered& time, Kind kind);
  Lowered negate(FrameId frame, const Negate& node, const Type& type);
  Lowered to_float(FrameId frame, const ToFloat& node, const Type& type);
  Lowered rescale(FrameId frame, const Rescale& node, const Type& type);
  Lowered arithmetic(FrameId frame, const Arithmetic& node, const Type& type);
  Lowered score(FrameId frame, const ScoreSum& node, const Type& type);

  // — lower_predicate.cpp
  struct Side {
    Lowered value;
    Type type;
  };
  Side side(ExprId id, FrameId frame);
  Lowered compare(FrameId frame, CompareOp op, const Side& left, const Side& right, bool folded);
  Bit compare_values(FrameId frame, Comparison comparison, const Side& left, const Side& right, Bit known, bool folded);
  Bit compare_bools(FrameId frame, const Side& left, const Side& right);
  Bit in_float_range(FrameId frame, NodeId value, Bit known, const FloatRange& range);
  Bit compare_constant(FrameId frame, Comparison comparison, const Side& left, const Side& right, Bit known);
  Bit compare_texts(FrameId frame, Comparison comparison, const Side& left, const Side& right, Bit known, bool folded);
  Bit kernel_test(FrameId frame, Comparison comparison, NodeId left, const Type& left_type, NodeId right, const Type& right_type,
                  Bit known);
  Lowered between(FrameId frame, const Between& node);
  std::optional<Lowered> constant_between(FrameId frame, const Side& operand, const Side& low, const Side& high);
  NodeId bit_value(FrameId frame, Bit bit);
  Lowered in_set(FrameId frame, const InSet& node);
  Lowered text_test(FrameId frame, const TextTest& node);
  Lowered text_predicate(FrameId frame, const Lowered& operand, TextPredicate predicate);
  Lowered matches(FrameId frame, const Matches& node);
  Lowered has(FrameId frame, const Has& node);
  Lowered is_empty(FrameId frame, const IsEmpty& node);
  Lowered within(FrameId frame, const Within& node);

  Lowered near(FrameId frame, const Near& node);

  // — lower_choice.cpp
  Lowered choice(FrameId frame, const Choice& node, const Type& type);
  Bit unsure_choice(FrameId frame, const std::vector<Lowered>& rows);
  Lowered grid_cell(FrameId frame, const GridCell& node, const Type& type);
  Bit off_axis(FrameId frame, const GridAxis& axis, const Lowered& value, bool is_bool);
  Lowered split_part(FrameId frame, const SplitPart& node, const Type& type);
  const PopulationAnswer& population_answer(ExprId id) const;
  Lowered top(FrameId frame, ExprId id);
  Lowered percentile(FrameId frame, ExprId id, const Type& type);

  // — lower_sequence.cpp
  Lowered sequence(FrameId frame, const Sequence& node);

  // — lower_aggregate.cpp
  struct Rows {  // of an aggregate: those inside its window that its filter lets pass
    FrameId frame;
    Lowered filter;
    Bit unknown;
  };
  Lowered aggregate(FrameId frame, const Aggregate& node, const Type& type);
  Rows rows_of(const Aggregate& node);
  Bit any_row(FrameId frame, FrameId rows, Bit filter);
  NodeId count_rows(FrameId frame, FrameId rows, Bit filter);
  Lowered any_rows(FrameId frame, FrameId rows, const Lowered& filter);
  Lowered every(FrameId frame, const Aggregate& node);
  Lowered share(FrameId frame, const Aggregate& node, const Type& type);
  Lowered reduce(FrameId frame, const Aggregate& node, const Type& type);
  Lowered extreme(FrameId frame, const Aggregate& node, const Rows& rows, const Lowered& value, Bit unsure, const Type& type);
  Lowered pick(FrameId frame, const Aggregate& node, const Type& type);
  std::vector<NodeId> ties(FrameId rows, const Lowered& value, const Type& type);

  const CheckedProgram& program_;
  const PlanOptions& options_;
  Graph graph_;
  std::vector<Lowered> lowered_;
  std::vector<bool> done_;
  std::unordered_map<std::uint32_t, PopulationAnswer> population_;  // by expression
  std::vector<std::uint32_t> windows_;                              // program's window to the first equal one
};

}  // namespace segue
