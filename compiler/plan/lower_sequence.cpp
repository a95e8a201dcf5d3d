// Sequences: which of a frame's rows take part, and which steps each of them meets.
#include <algorithm>
#include <cassert>

#include "compiler/plan/lowering.h"

namespace segue {

// Asked three times, as of `any`: with the rows and steps that hold, that are certain, that are possible. A step that no row can meet settles it.
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
    SequenceTest test{.rows = rows, .steps = {}, .time = time.value, .by = by, .limit_kind = node.limit_kind, .limit = node.limit};
    for (const Lowered& step : steps) test.steps.push_back(graph_.all_of(rows, {within.*answer, takes_part, step.*answer}));
    if (std::ranges::find(test.steps, kFalse) != test.steps.end()) return kFalse;
    return graph_.bit(frame, std::move(test));
  };
  return {.holds = ask(&Lowered::holds), .certain = ask(&Lowered::certain), .possible = ask(&Lowered::possible), .is_predicate = true};
}

}  // namespace segue
