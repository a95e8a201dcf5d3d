// A trace as text, for tests to compare.
#pragma once

#include <string>

#include "compiler/interpret/trace.h"

namespace segue::test {

// One line a node: indentation, kind, text, value, what is missing or unknown, operands, rows that passed of those looked at.
inline std::string tree_text(const Trace& trace, std::uint32_t index = 0, int depth = 0) {
  static constexpr const char* kKinds[] = {"test",       "and",      "or",       "not",          "definition", "aggregate", "score",
                                           "term",       "tiers",    "stages",   "row",          "grid",       "split",     "top",
                                           "percentile", "sequence", "audience", "audience-row", "value"};
  const TraceNode& node = trace.nodes[index];
  std::string out(static_cast<std::size_t>(depth) * 2, ' ');
  out += std::string(kKinds[static_cast<int>(node.kind)]) + " `" + node.text + "` " + node.value.shown;
  if (node.missing) out += " missing";
  if (node.unknown) out += " unknown";
  for (const TraceOperand& operand : node.operands) out += "; " + operand.text + " = " + operand.value.shown;
  if (!node.title.empty()) out += " \"" + node.title + "\"";
  if (node.is_shown_above) out += " above";
  if (node.row && node.row->wins) out += " wins";
  if (node.row && !node.row->is_looked_at) out += " not-looked-at";
  if (node.top) {
    out += "; rank " + std::to_string(node.top->rank) + " of " + std::to_string(node.top->candidates) + ", top " +
           std::to_string(node.top->taken);
  }
  if (node.percentile) out += "; " + std::to_string(node.percentile->at_most) + " of " + std::to_string(node.percentile->of);
  if (node.sequence) {
    for (const TraceSequence::Step& step : node.sequence->steps) out += "; " + step.text + " " + std::to_string(step.passed);
    for (const TraceSequence::Row& row : node.sequence->rows) out += "; at " + row.time.shown;
  }
  if (node.aggregate) out += "; " + std::to_string(node.aggregate->passed) + "/" + std::to_string(node.aggregate->looked_at);
  out += "\n";
  for (const std::uint32_t child : node.children) out += tree_text(trace, child, depth + 1);
  return out;
}

}  // namespace segue::test
