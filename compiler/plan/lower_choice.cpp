// Constructs that give one of several named values, and those over the whole population, whose answers are columns by the time they are read.
#include <algorithm>
#include <cassert>
#include <ranges>

#include "compiler/plan/lowering.h"

namespace segue {

// Rows in the order in which they are looked at.
Lowered Lowering::choice(FrameId frame, const Choice& node, const Type& type) {
  std::vector<ChoiceRow> order = node.rows;
  if (node.last_wins) std::ranges::reverse(order);
  FirstOf first{.conditions = {}, .codes = {}, .otherwise = node.otherwise.value_or(0)};
  std::vector<Lowered> rows;
  Bit known = node.otherwise ? kTrue : kFalse;
  for (const ChoiceRow& row : order) {
    rows.push_back(operand(row.condition, frame));
    const Bit holds = rows.back().holds;
    if (holds == kFalse) continue;
    if (holds == kTrue) {  // no row after it is looked at
      first.otherwise = row.value;
      known = kTrue;
      break;
    }
    first.conditions.push_back(holds);
    first.codes.push_back(row.value);
  }
  const Bit unsure = unsure_choice(frame, rows);
  if (known != kTrue) known = graph_.any_of(frame, first.conditions);
  if (first.conditions.empty())
    return {.value = graph_.intern(kNoFrame, type, ConstantValue{first.otherwise}), .known = known, .unsure = unsure};
  return {.value = graph_.intern(frame, type, std::move(first)), .known = known, .unsure = unsure};
}

// From the last row on: a row is unknown, or does not hold and what comes after it is unsure. As leaves, so that the chain stays linear.
Bit Lowering::unsure_choice(FrameId frame, const std::vector<Lowered>& rows) {
  Bit unsure = kFalse;
  for (const Lowered& row : std::views::reverse(rows)) {
    const Bit after = unsure == kFalse ? kFalse : graph_.leaf_all_of(frame, {~row.holds, unsure});
    unsure = graph_.leaf_any_of(frame, {undetermined(frame, row), after});
  }
  return unsure;
}

// The axes' places are digits, the first axis' the most significant.
Lowered Lowering::grid_cell(FrameId frame, const GridCell& node, const Type& type) {
  CellValue cell{.values = {}, .offsets = std::vector<std::vector<std::int64_t>>(node.axes.size()), .known = {}};
  std::vector<Bit> known, unsure, outside;
  if (node.where) {
    const Lowered where = operand(*node.where, frame);
    known.push_back(where.holds);
    unsure.push_back(undetermined(frame, where));
    outside.push_back(~where.possible);
  }
  std::int64_t stride = 1;
  bool is_total = true;
  for (std::size_t i = node.axes.size(); i-- > 0;) {
    for (const std::int32_t place : node.axes[i].places) cell.offsets[i].push_back(place < 0 ? -1 : place * stride);
    is_total &= std::ranges::find(cell.offsets[i], -1) == cell.offsets[i].end();
    stride *= node.axes[i].size;
  }
  for (const GridAxis& axis : node.axes) {
    const Lowered value = operand(axis.operand, frame);
    const bool is_bool = program_.expr(axis.operand).type.kind == Kind::kBool;
    cell.values.push_back(is_bool ? graph_.intern(frame, Type{.kind = Kind::kInt}, BitValue{value.holds}) : value.value);
    known.push_back(value.known);
    unsure.push_back(unknown(frame, value));
    outside.push_back(off_axis(frame, axis, value, is_bool));
  }
  cell.known = graph_.all_of(frame, std::move(known));
  const Bit operands_known = cell.known;
  const NodeId id = graph_.intern(frame, type, std::move(cell));
  return {.value = id,
          .known = is_total ? operands_known : graph_.bit(frame, KnownOf{id}),
          .unsure = graph_.all_of(frame, graph_.any_of(frame, std::move(unsure)), ~graph_.any_of(frame, std::move(outside)))};
}

// Certainly not on the axis, whatever else is unknown.
Bit Lowering::off_axis(FrameId frame, const GridAxis& axis, const Lowered& value, bool is_bool) {
  if (is_bool) {
    const Bit is_false = axis.places[0] < 0 ? ~value.possible : kFalse, is_true = axis.places[1] < 0 ? value.certain : kFalse;
    return graph_.leaf_any_of(frame, {is_false, is_true});
  }
  std::vector<IntRange> ranges;
  for (std::size_t i = 0; i < axis.places.size(); ++i) {
    if (axis.places[i] < 0) ranges.push_back({static_cast<std::int64_t>(i), static_cast<std::int64_t>(i)});
  }
  return graph_.leaf_all_of(frame, {graph_.in_ranges(frame, value.value, value.known, std::move(ranges)), ~value.unsure});
}

Lowered Lowering::split_part(FrameId frame, const SplitPart& node, const Type& type) {
  const SchemaTable& table = program_.schema.tables[program_.frame(frame).table];
  assert(table.key && "`check` asks for the account's key");
  const Lowered key = column(frame, ColumnRead{*table.key}, table.columns[*table.key].type);
  Lowered population{.holds = kTrue, .certain = kTrue, .possible = kTrue, .is_predicate = true};
  if (node.population) population = operand(*node.population, frame);
  const NodeId part = graph_.intern(frame, type, SplitValue{key.value, population.holds, node.seed, node.upper});
  return {.value = part, .known = population.holds, .unsure = undetermined(frame, population)};
}

const PopulationAnswer& Lowering::population_answer(ExprId id) const {
  const auto at = population_.find(index_of(id));
  assert(at != population_.end() && "it is answered before what reads it");
  return at->second;
}

Lowered Lowering::top(FrameId frame, ExprId id) {
  const PopulationAnswer& answer = population_answer(id);
  const Bit unknown = answer.unknown ? graph_.bit(frame, ColumnBit{*answer.unknown}) : kFalse;
  return predicate(frame, graph_.bit(frame, ColumnBit{answer.column}), kTrue, unknown);
}

Lowered Lowering::percentile(FrameId frame, ExprId id, const Type& type) {
  const PopulationAnswer& answer = population_answer(id);
  return {.value = graph_.intern(frame, type, ColumnValue{answer.column}),
          .known = answer.may_be_missing ? graph_.bit(frame, ColumnKnown{answer.column}) : kTrue,
          .unsure = answer.unknown ? graph_.bit(frame, ColumnBit{*answer.unknown}) : kFalse};
}

}  // namespace segue
