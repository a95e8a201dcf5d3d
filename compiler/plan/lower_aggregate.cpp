// Aggregates: a filter on the rows of an inner frame, and a reduction to the frame of the aggregate. Equal filters are one node, so
// whatever asks about the same rows shares one pass over them. Unknown: docs/design/undetermined.md.
#include <array>
#include <cassert>

#include "compiler/plan/lowering.h"

namespace segue {

namespace {

constexpr Type kIntType{.kind = Kind::kInt};

Lowered always() { return {.holds = kTrue, .certain = kTrue, .possible = kTrue, .is_predicate = true}; }

}  // namespace

Lowering::Rows Lowering::rows_of(const Aggregate& node) {
  std::vector<Lowered> conditions;
  if (node.within) conditions.push_back(operand(*node.within, node.rows));
  if (node.where) conditions.push_back(operand(*node.where, node.rows));
  const Lowered filter = conditions.empty() ? always() : all_of(node.rows, conditions);
  return {node.rows, filter, graph_.all_of(node.rows, filter.possible, ~filter.certain)};
}

Bit Lowering::any_row(FrameId frame, FrameId rows, Bit filter) {
  return filter == kFalse ? kFalse : graph_.bit(frame, AnyRow{rows, filter});
}

NodeId Lowering::count_rows(FrameId frame, FrameId rows, Bit filter) {
  return filter == kFalse ? nothing(kIntType) : graph_.intern(frame, kIntType, CountRows{rows, filter});
}

Lowered Lowering::any_rows(FrameId frame, FrameId rows, const Lowered& filter) {
  return {.holds = any_row(frame, rows, filter.holds),
          .certain = any_row(frame, rows, filter.certain),
          .possible = any_row(frame, rows, filter.possible),
          .is_predicate = true};
}

Lowered Lowering::aggregate(FrameId frame, const Aggregate& node, const Type& type) {
  switch (node.fn) {
    case AggregateFn::kAny: return any_rows(frame, node.rows, rows_of(node).filter);
    case AggregateFn::kNone: return negation(any_rows(frame, node.rows, rows_of(node).filter));
    case AggregateFn::kEvery: return every(frame, node);
    case AggregateFn::kCount: {
      const Rows rows = rows_of(node);
      return {.value = count_rows(frame, node.rows, rows.filter.holds), .unsure = any_row(frame, node.rows, rows.unknown)};
    }
    case AggregateFn::kShare: return share(frame, node, type);
    case AggregateFn::kLatest:
    case AggregateFn::kEarliest: return pick(frame, node, type);
    default: return reduce(frame, node, type);
  }
}

// No row that lies in the window breaks the claim.
Lowered Lowering::every(FrameId frame, const Aggregate& node) {
  std::vector<Lowered> breaks{negation(operand(*node.where, node.rows))};
  if (node.within) breaks.push_back(operand(*node.within, node.rows));
  return negation(any_rows(frame, node.rows, all_of(node.rows, breaks)));
}

Lowered Lowering::share(FrameId frame, const Aggregate& node, const Type& type) {
  const Lowered window = node.within ? operand(*node.within, node.rows) : always(), claim = operand(*node.where, node.rows);
  const NodeId passed = count_rows(frame, node.rows, graph_.all_of(node.rows, window.holds, claim.holds));
  const NodeId all = count_rows(frame, node.rows, window.holds);
  const std::array<Type, 2> counts{kIntType, kIntType};
  const NodeId quotient =
      graph_.intern(frame, type, Map{.builtin = find_builtin(Form::kInfix, "/", counts)->id, .left = passed, .right = all, .known = kTrue});
  const Bit is_window_unknown = any_row(frame, node.rows, unknown(node.rows, window));
  const Bit is_claim_unknown = any_row(frame, node.rows, graph_.all_of(node.rows, window.holds, unknown(node.rows, claim)));
  return {.value = quotient,
          .known = graph_.bit(frame, KnownOf{quotient}),
          .unsure = graph_.any_of(frame, is_window_unknown, is_claim_unknown)};
}

// sum, avg, min, max, distinct: the rows that pass and whose value is known.
Lowered Lowering::reduce(FrameId frame, const Aggregate& node, const Type& type) {
  const Rows rows = rows_of(node);
  const Lowered value = operand(*node.value, node.rows);
  const Bit needs = graph_.all_of(node.rows, rows.filter.certain, unknown(node.rows, value));
  const Bit unsure = graph_.any_of(frame, any_row(frame, node.rows, rows.unknown), any_row(frame, node.rows, needs));
  if (node.fn == AggregateFn::kMin || node.fn == AggregateFn::kMax) return extreme(frame, node, rows, value, unsure, type);
  const Bit filter = graph_.all_of(node.rows, rows.filter.holds, value.known);
  // Of no rows the sum and the number of distinct values are 0, and there is no average.
  if (filter == kFalse) return {.value = nothing(type), .known = node.fn == AggregateFn::kAvg ? kFalse : kTrue, .unsure = unsure};
  if (node.fn == AggregateFn::kDistinct) {
    const NodeId key = identified(node.rows, value, program_.expr(*node.value).type);
    return {.value = graph_.intern(frame, type, ReduceRows{ReduceFn::kDistinct, node.rows, filter, key}), .unsure = unsure};
  }
  const ReduceFn fn = node.fn == AggregateFn::kSum ? ReduceFn::kSum : ReduceFn::kAverage;
  const NodeId result = graph_.intern(frame, type, ReduceRows{fn, node.rows, filter, value.value});
  return {.value = result, .known = graph_.bit(frame, KnownOf{result}), .unsure = unsure};
}

Lowered Lowering::extreme(FrameId frame, const Aggregate& node, const Rows& rows, const Lowered& value, Bit unsure, const Type& type) {
  const Type value_type = program_.expr(*node.value).type;
  const Bit filter = graph_.all_of(node.rows, rows.filter.holds, value.known);
  const Bit known = any_row(frame, node.rows, filter);
  if (filter == kFalse && value_type.kind == Kind::kBool) return bool_value(frame, kFalse, kFalse, unsure);
  if (filter == kFalse && value_type.kind != Kind::kList) return {.value = nothing(type), .known = kFalse, .unsure = unsure};
  const ReduceFn fn = node.fn == AggregateFn::kMin ? ReduceFn::kMin : ReduceFn::kMax;
  const NodeId key = ordered(node.rows, value, value_type);
  const Type key_type = graph_.node(key).type;
  const NodeId least = graph_.intern(frame, key_type, ReduceRows{fn, node.rows, filter, key});
  if (value_type.kind == Kind::kBool) return bool_value(frame, graph_.in_ranges(frame, least, known, {{1, 1}}), known, unsure);
  if (value_type.kind != Kind::kText && value_type.kind != Kind::kList) return {.value = least, .known = known, .unsure = unsure};
  const DomainId domain = graph_.node(value.value).domain;
  const std::uint32_t space = std::get<RankText>(graph_.node(key).op).space;
  return {.value = graph_.intern(frame, type, UnrankText{least, space}, domain), .known = known, .unsure = unsure};
}

// latest and earliest: one choice of a row, shared by all that is read from it.
Lowered Lowering::pick(FrameId frame, const Aggregate& node, const Type& type) {
  const FrameId rows = node.rows;
  const Rows passing = rows_of(node);
  const Lowered value = operand(*node.value, rows);
  const SchemaTable& table = program_.schema.tables[program_.frame(rows).table];
  const Type time_type = table.columns[*table.time].type;
  const Lowered time = column(rows, ColumnRead{*table.time}, time_type);
  const Bit filter = graph_.all_of(rows, passing.filter.holds, time.known);
  const Type value_type = program_.expr(*node.value).type;
  PickRow choice{node.fn == AggregateFn::kLatest, rows, filter, time.value, ties(rows, value, value_type), !table.key && value_type.folded};
  const NodeId pick = graph_.intern(frame, kIntType, std::move(choice));
  const auto picked = [&](Bit bit) { return bit == kFalse || filter == kFalse ? kFalse : graph_.bit(frame, PickedBit{pick, rows, bit}); };
  const Bit known = value.known == kTrue ? any_row(frame, rows, filter) : picked(value.known);
  const Bit is_time_missing = any_row(frame, rows, graph_.all_of(rows, passing.filter.certain, ~time.known));
  const Bit unsure = graph_.any_of(frame, {any_row(frame, rows, passing.unknown), is_time_missing, picked(this->unsure(rows, value))});
  if (type.kind == Kind::kBool) return bool_value(frame, picked(value.holds), known, unsure);
  if (known == kFalse && type.kind != Kind::kList) return {.value = nothing(type), .known = kFalse, .unsure = unsure};
  const DomainId domain = graph_.node(value.value).domain;
  return {.value = graph_.intern(frame, type, PickedValue{pick, rows, value.value}, domain), .known = known, .unsure = unsure};
}

// What decides between rows of one time: the key, which no two rows share; in a table without one the value, a missing one being the least.
std::vector<NodeId> Lowering::ties(FrameId rows, const Lowered& value, const Type& type) {
  const SchemaTable& table = program_.schema.tables[program_.frame(rows).table];
  if (table.key) return {column(rows, ColumnRead{*table.key}, table.columns[*table.key].type).value};
  std::vector<NodeId> result;
  if (value.known != kTrue) result.push_back(graph_.intern(rows, kIntType, BitValue{value.known}));
  result.push_back(type.kind == Kind::kText ? value.value : ordered(rows, value, type));
  return result;
}

}  // namespace segue
