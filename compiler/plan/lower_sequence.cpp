// Sequences: which of a frame's rows take part, and which steps each of them meets.
#include <algorithm>
#include <cassert>

#include "compiler/plan/lowering.h"

namespace segue {

namespace {

constexpr std::size_t kBitsInValue = 64;

}  // namespace

// Asked three times, as of `any`: with the rows and steps that hold, that are certain, that are possible.
Lowered Lowering::sequence(FrameId frame, const Sequence& node) {
  const FrameId rows = node.rows;
  const SchemaTable& table = program_.schema.tables[program_.frame(rows).table];
  assert(table.time && "`check` asks for a time");
  const Lowered time = column(rows, ColumnRead{*table.time}, table.columns[*table.time].type);
  Lowered within{.holds = kTrue, .certain = kTrue, .possible = kTrue, .is_predicate = true};
  if (node.within) within = operand(*node.within, rows);
  Bit takes_part = time.known;
  NodeId by = kNoNode;
  if (node.by) {
    const Lowered key = operand(*node.by, rows);
    takes_part = graph_.all_of(rows, takes_part, key.known);
    by = identified(rows, key, program_.expr(*node.by).type);
  }
  std::vector<Lowered> steps;
  for (const ExprId step : node.steps) steps.push_back(operand(step, rows));
  const auto ask = [&](Bit Lowered::* answer) {
    std::vector<Bit> met;
    for (const Lowered& step : steps) met.push_back(step.*answer);
    const Bit filter = graph_.all_of(rows, {within.*answer, takes_part, graph_.any_of(rows, met)});
    if (filter == kFalse) return kFalse;
    SequenceTest test{.rows = rows,
                      .filter = filter,
                      .time = time.value,
                      .by = by,
                      .steps = {},
                      .step_count = static_cast<std::uint32_t>(steps.size()),
                      .limit_kind = node.limit_kind,
                      .limit = node.limit};
    for (std::size_t begin = 0; begin < steps.size(); begin += kBitsInValue) {
      PackedBits packed;
      for (std::size_t i = begin; i < std::min(steps.size(), begin + kBitsInValue); ++i) packed.operands.push_back(steps[i].*answer);
      test.steps.push_back(graph_.intern(rows, Type{.kind = Kind::kInt}, std::move(packed)));
    }
    return graph_.bit(frame, std::move(test));
  };
  return {.holds = ask(&Lowered::holds), .certain = ask(&Lowered::certain), .possible = ask(&Lowered::possible), .is_predicate = true};
}

}  // namespace segue
