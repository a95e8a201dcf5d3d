// A trace in plain words. Each condition has one line, what it saw stands below it; the tree is walked without recursion, since definitions
// that use each other make it as deep as they like.
#include "tools/segue/explain_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace segue::command {
namespace {

constexpr std::size_t kDeepestIndent = 30;  // levels; what lies deeper stands there too
constexpr std::size_t kStep = 2;

std::string indent_of(std::size_t depth) { return std::string(kStep * std::min(depth, kDeepestIndent), ' '); }

bool is_yes(const TraceValue& value) {
  const auto* scalar = std::get_if<TraceScalar>(&value.data);
  const bool* truth = scalar == nullptr ? nullptr : std::get_if<bool>(scalar);
  return truth != nullptr && *truth;
}

std::string mark(const Style& style, bool yes) {
  if (style.is_unicode) return yes ? painted(style, "32", "✓ yes") : painted(style, "31", "✗ no ");
  return yes ? painted(style, "32", "+ yes") : painted(style, "31", "- no ");
}

std::string value_text(const TraceValue& value) { return printable(value.missing ? "missing" : value.shown); }

std::string line(std::size_t depth, const std::string& text) { return indent_of(depth) + text + "\n"; }

// What is said of a condition or value besides its parts.
std::string words_of(const TraceNode& node) {
  switch (node.kind) {
    case TraceKind::kAnd: return "all of these";
    case TraceKind::kOr: return "at least one of these";
    case TraceKind::kScore: return "the sum of these";
    default: return printable(node.text);
  }
}

std::string term_text(const TraceNode& node) {
  switch (node.term.value_or(TermState::kAdded)) {
    case TermState::kAdded: return fmt::format("adds {}", value_text(node.value));
    case TermState::kMissing: return "a value is missing, adds nothing";
    case TermState::kDoesNotApply: return "does not apply, adds nothing";
  }
  return "";
}

bool is_predicate(const TraceNode& node) { return node.value.kind == Kind::kBool && node.kind != TraceKind::kTerm; }

std::string definition_text(const TraceNode& node, const SourceMap& sources) {
  if (!node.definition) return "";
  const ResolvedLocation place = resolve(node.definition->name_span, sources);
  std::string text = place.file.empty() ? "" : fmt::format(" ({}:{})", place.file, place.start.line);
  if (node.definition->is_shown_above) text += ", shown above";
  return text;
}

std::string undetermined_text(const TraceNode& node, const Style& style) {
  return node.unknown && is_predicate(node) ? painted(style, "33", "  (undetermined: it rests on a missing value)") : "";
}

std::string node_line(const TraceNode& node, std::size_t depth, const SourceMap& sources, const Style& style) {
  std::string text;
  if (node.kind == TraceKind::kTerm) text = fmt::format("{}: {}", printable(node.text), painted(style, "1", term_text(node)));
  else if (is_predicate(node)) text = fmt::format("{}  {}", mark(style, is_yes(node.value)), words_of(node));
  else text = fmt::format("{} is {}", words_of(node), painted(style, "1", value_text(node.value)));
  return line(depth, text + definition_text(node, sources) + undetermined_text(node, style));
}

std::string operand_line(const TraceOperand& operand, std::size_t depth, const Style& style) {
  const std::string value = operand.value.missing ? painted(style, "33", "missing") : painted(style, "36", value_text(operand.value));
  return line(depth, fmt::format("{} is {}", printable(operand.text), value));
}

std::string row_line(const TraceRow& row, std::size_t depth, const Style& style) {
  std::string text = mark(style, row.holds) + "  " + (row.key ? value_text(*row.key) : std::string("a row"));
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    text += fmt::format("{}{} is {}", i == 0 ? ": " : ", ", printable(row.values[i].text), value_text(row.values[i].value));
  }
  return line(depth, text);
}

std::string aggregate_lines(const TraceAggregate& aggregate, std::size_t depth, const Style& style) {
  const std::string rows = fmt::format("{} of `{}`", counted(aggregate.looked_at, "row"), printable(aggregate.table));
  const bool is_all = aggregate.passed == aggregate.looked_at;
  std::string text = line(
      depth, is_all ? fmt::format("{} counted", rows) : fmt::format("{} looked at, {} met the condition", rows, grouped(aggregate.passed)));
  for (const TraceRow& row : aggregate.deciding) text += row_line(row, depth, style);
  return text;
}

// Whether an operand is what a child says with more detail, or the whole of a term, whose line has its value.
bool is_said_elsewhere(const Trace& trace, const TraceNode& node, const TraceOperand& operand) {
  if (node.kind == TraceKind::kTerm && node.text.substr(1).starts_with(operand.text)) return true;
  return std::ranges::any_of(node.children, [&](std::uint32_t child) { return trace.nodes[child].text == operand.text; });
}

// Whether a node is a part of the conjunction around it, whose line would say nothing new: `where` beside `except`.
bool is_dissolved(const TraceNode& node, const TraceNode& around) {
  return node.kind == TraceKind::kAnd && around.kind == TraceKind::kAnd && !node.definition;
}

// One node with what it saw, without its children.
std::string node_text(const Trace& trace, const TraceNode& node, std::size_t depth, const SourceMap& sources, const Style& style) {
  std::string text = node_line(node, depth, sources, style);
  for (const TraceOperand& operand : node.operands) {
    if (!is_said_elsewhere(trace, node, operand)) text += operand_line(operand, depth + 3, style);
  }
  if (node.aggregate) text += aggregate_lines(*node.aggregate, depth + 3, style);
  if (node.before_range) text += line(depth + 1, fmt::format("the sum is {}, brought into the range", value_text(*node.before_range)));
  return text;
}

std::string tree_text(const Trace& trace, const SourceMap& sources, const Style& style) {
  struct Waiting {
    std::uint32_t node = 0;
    std::size_t depth = 0;
    bool is_dissolved = false;
  };
  std::string text;
  std::vector<Waiting> waiting = {{0, 1, false}};
  while (!waiting.empty()) {
    const Waiting next = waiting.back();
    waiting.pop_back();
    const TraceNode& node = trace.nodes[next.node];
    if (!next.is_dissolved) text += node_text(trace, node, next.depth, sources, style);
    const std::size_t depth = next.depth + (next.is_dissolved ? 0 : 1);
    for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
      waiting.push_back({*child, depth, is_dissolved(trace.nodes[*child], node)});
    }
  }
  return text;
}

std::string heading(const OpenedProject& project, const Explanation& explanation, const Style& style) {
  const Trace& trace = explanation.trace;
  const bool is_segment = trace.value.kind == Kind::kBool;
  const std::string answer = is_segment ? (is_yes(trace.value) ? "yes" : "no") : value_text(trace.value);
  const std::string title = explanation.title.empty() ? "" : fmt::format(" \"{}\"", printable(explanation.title));
  std::string text = fmt::format("{}{} for {}, as of {}: {}\n", painted(style, "1", printable(trace.definition)), title,
                                 printable(trace.account.shown), local_clock_text(project, explanation.clock), painted(style, "1", answer));
  if (trace.undetermined) text += painted(style, "33", "undetermined: missing values decide the answer") + "\n";
  return text + "\n";
}

}  // namespace

std::string explain_text(const OpenedProject& project, const Explanation& explanation, const Style& style) {
  return heading(project, explanation, style) + tree_text(explanation.trace, project.sources, style);
}

}  // namespace segue::command
