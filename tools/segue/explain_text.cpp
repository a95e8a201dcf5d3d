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
    case TraceKind::kTiers: return "the first of these that holds";
    case TraceKind::kStages: return "the last of these that holds";
    case TraceKind::kGrid: return "the cell";
    case TraceKind::kSplit: return "the part";
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

// A value of tiers, stages, a grid or a split with its title.
std::string named_text(const TraceValue& value, const std::string& title) {
  if (value.missing) return "none";
  return printable(value.shown) + (title.empty() ? "" : fmt::format(" \"{}\"", printable(title)));
}

bool is_choice(const TraceNode& node) { return node.kind == TraceKind::kTiers || node.kind == TraceKind::kStages; }

bool is_named(const TraceNode& node) { return is_choice(node) || node.kind == TraceKind::kGrid || node.kind == TraceKind::kSplit; }

std::string without_value_text(const TraceNode& node) {
  if (is_choice(node)) return "none of these holds";
  return node.kind == TraceKind::kGrid ? "in no cell" : "in no part";
}

bool is_predicate(const TraceNode& node) { return node.value.kind == Kind::kBool && node.kind != TraceKind::kTerm; }

std::string definition_text(const TraceNode& node, const SourceMap& sources) {
  if (!node.definition) return "";
  const ResolvedLocation place = resolve(node.definition->name_span, sources);
  std::string text = place.file.empty() ? "" : fmt::format(" ({}:{})", place.file, place.start.line);
  if (node.definition->is_shown_above) text += ", shown above";
  return text;
}

// `one_to_one "Tier 1"`, and whether it is the answer.
std::string choice_row_text(const TraceNode& node, const Style& style) {
  const TraceChoiceRow& row = *node.row;
  const std::string name = printable(row.name) + (row.title.empty() ? "" : fmt::format(" \"{}\"", printable(row.title)));
  if (!row.is_looked_at) return fmt::format("{}  {}: not looked at", style.is_unicode ? "·    " : ".    ", name);
  if (row.is_otherwise) return fmt::format("{}  otherwise {}{}", mark(style, true), name, painted(style, "1", ": the answer"));
  return fmt::format("{}  {}{}", mark(style, is_yes(node.value)), name, row.wins ? painted(style, "1", ": the answer") : "");
}

std::string undetermined_text(const TraceNode& node, const Style& style) {
  return node.unknown && is_predicate(node) ? painted(style, "33", "  (undetermined: it rests on a missing value)") : "";
}

std::string node_line(const TraceNode& node, std::size_t depth, const SourceMap& sources, const Style& style) {
  std::string text;
  if (node.row) text = choice_row_text(node, style);
  else if (is_named(node) && node.value.missing) text = painted(style, "1", without_value_text(node));
  else if (is_named(node)) text = fmt::format("{} is {}", words_of(node), painted(style, "1", named_text(node.value, node.title)));
  else if (node.kind == TraceKind::kTerm) text = fmt::format("{}: {}", printable(node.text), painted(style, "1", term_text(node)));
  else if (is_predicate(node)) text = fmt::format("{}  {}", mark(style, is_yes(node.value)), words_of(node));
  else text = fmt::format("{} is {}", words_of(node), painted(style, "1", value_text(node.value)));
  if (node.is_shown_above) text += ", shown above";
  return line(depth, text + definition_text(node, sources) + undetermined_text(node, style));
}

std::string operand_line(const TraceOperand& operand, std::size_t depth, const Style& style) {
  const std::string value = operand.value.missing ? painted(style, "33", "missing") : painted(style, "36", value_text(operand.value));
  const std::string note = operand.note.empty() ? "" : ", " + operand.note;
  return line(depth, fmt::format("{} is {}{}", printable(operand.text), value, note));
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

std::string split_lines(const TraceSplit& split, std::size_t depth) {
  std::string text = line(depth, fmt::format("its place is {:.4f}, of 0 to 1", split.place));
  double lower = 0;
  for (const TraceSplit::Part& part : split.parts) {
    text += line(depth, fmt::format("{} takes {:.4g} to {:.4g}", printable(part.name), lower, part.upper));
    lower = part.upper;
  }
  return text;
}

std::string top_lines(const TraceTop& top, std::size_t depth) {
  const std::string candidates = counted(top.candidates, "candidate");
  const std::string place = top.rank == 0 ? "not among " + candidates : fmt::format("number {} of {}", grouped(top.rank), candidates);
  return line(depth, fmt::format("{}; the top takes {}", place, grouped(top.taken)));
}

std::string percentile_lines(const TracePercentile& percentile, std::size_t depth) {
  const std::string among = percentile.is_among ? "" : ", of which it is none";
  return line(depth, fmt::format("{} of {} have at most this{}", grouped(percentile.at_most), counted(percentile.of, "account"), among));
}

std::string sequence_lines(const TraceSequence& sequence, std::size_t depth, const Style& style) {
  std::string text = line(depth, fmt::format("{} of `{}` looked at", counted(sequence.looked_at, "row"), printable(sequence.table)));
  for (std::size_t i = 0; i < sequence.steps.size(); ++i) {
    std::string made;
    if (i < sequence.rows.size()) {
      const TraceSequence::Row& row = sequence.rows[i];
      made =
          fmt::format(", here {} on {}", row.key ? value_text(*row.key) : std::string("a row"), painted(style, "36", value_text(row.time)));
    }
    text += line(depth, fmt::format("{}: {}{}", printable(sequence.steps[i].text), counted(sequence.steps[i].passed, "row"), made));
  }
  return text;
}

// What a node of one of the larger constructs saw.
std::string construct_lines(const TraceNode& node, std::size_t depth, const Style& style) {
  std::string text;
  if (node.split) text += split_lines(*node.split, depth);
  if (node.top) text += top_lines(*node.top, depth);
  if (node.percentile && !node.missing) text += percentile_lines(*node.percentile, depth);
  if (node.sequence) text += sequence_lines(*node.sequence, depth, style);
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
  text += construct_lines(node, depth + 3, style);
  if (node.aggregate && node.kind != TraceKind::kAudience) text += aggregate_lines(*node.aggregate, depth + 3, style);
  if (node.before_range) text += line(depth + 1, fmt::format("the sum is {}, brought into the range", value_text(*node.before_range)));
  return text;
}

// Of an audience only a few rows are shown.
std::string further_rows_text(const TraceNode& root) {
  if (root.kind != TraceKind::kAudience || root.aggregate->looked_at <= root.children.size()) return "";
  return line(1, fmt::format("and {} more", counted(root.aggregate->looked_at - root.children.size(), "row")));
}

std::string answer_text(const Trace& trace) {
  const TraceNode& root = trace.nodes.front();
  if (root.kind == TraceKind::kAudience) {
    return fmt::format("{} of {} of `{}`", grouped(root.aggregate->passed), counted(root.aggregate->looked_at, "row"),
                       printable(root.aggregate->table));
  }
  if (trace.value.kind == Kind::kBool) return is_yes(trace.value) ? "yes" : "no";
  return is_named(root) ? named_text(trace.value, trace.value_title) : value_text(trace.value);
}

std::string heading(const OpenedProject& project, const Explanation& explanation, const Style& style) {
  const Trace& trace = explanation.trace;
  const std::string title = explanation.title.empty() ? "" : fmt::format(" \"{}\"", printable(explanation.title));
  std::string text =
      fmt::format("{}{} for {}, as of {}: {}\n", painted(style, "1", printable(trace.definition)), title, printable(trace.account.shown),
                  local_clock_text(project, explanation.clock), painted(style, "1", answer_text(trace)));
  if (trace.undetermined) text += painted(style, "33", "undetermined: missing values decide the answer") + "\n";
  if (explanation.is_suppressed)
    text += painted(style, "33", "suppressed: the account is on a `suppress` list, so nothing exported has it") + "\n";
  return text + "\n";
}

}  // namespace

std::string explain_text(const OpenedProject& project, const Explanation& explanation, const Style& style) {
  return heading(project, explanation, style) + trace_text(explanation.trace, project.sources, 1, style) +
         further_rows_text(explanation.trace.nodes.front());
}

std::string trace_text(const Trace& trace, const SourceMap& sources, std::size_t depth_of_root, const Style& style) {
  struct Waiting {
    std::uint32_t node = 0;
    std::size_t depth = 0;
    bool is_dissolved = false;
  };
  std::string text;
  const bool is_audience = trace.nodes.front().kind == TraceKind::kAudience;  // whose heading has said what its root says
  std::vector<Waiting> waiting = {{0, depth_of_root, is_audience}};
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

}  // namespace segue::command
