// A failed test has a line of its own, then the place, then the tree of `explain`. Coverage stands beside the source.
#include "tools/segue/test_text.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/report.h"
#include "tools/segue/explain_text.h"

namespace segue::command {
namespace {

// ---- failures

std::string failure_text(const OpenedProject& project, const TestFailure& failure, const Style& style) {
  std::string text = render_text(std::vector{failure.diagnostic}, project.sources, style.in_color);
  if (failure.trace) text += trace_text(*failure.trace, project.sources, 1, style);
  return text;
}

std::string failed_text(const OpenedProject& project, const TestOutcome& test, const Style& style) {
  const std::string mark = painted(style, "1;31", style.is_unicode ? "✗" : "FAILED");
  std::string text = fmt::format("{} {} ({}:{})\n", mark, painted(style, "1", printable(test.name)), test.file, test.line);
  for (const TestFailure& failure : test.failures) text += failure_text(project, failure, style) + "\n";
  return text;
}

// ---- coverage

// What tests made of a condition, from what is worst on.
enum class Mark : std::uint8_t { kNever, kOnlyTrue, kOnlyFalse, kBoth };

Mark mark_of(const CoveredCondition& condition) {
  if (condition.was_true) return condition.was_false ? Mark::kBoth : Mark::kOnlyTrue;
  return condition.was_false ? Mark::kOnlyFalse : Mark::kNever;
}

std::string mark_text(Mark mark, const Style& style) {
  switch (mark) {
    case Mark::kBoth: return painted(style, "32", style.is_unicode ? "✓" : "+");
    case Mark::kOnlyTrue: return painted(style, "33", "T");
    case Mark::kOnlyFalse: return painted(style, "33", "F");
    case Mark::kNever: return painted(style, "31", "-");
  }
  return "";
}

std::string_view words_of(Mark mark) {
  switch (mark) {
    case Mark::kBoth: return "true and false";
    case Mark::kOnlyTrue: return "never false";
    case Mark::kOnlyFalse: return "never true";
    case Mark::kNever: return "never looked at";
  }
  return "";
}

using Conditions = std::vector<const CoveredCondition*>;

std::string line_text(const Source& source, std::uint32_t line, const Conditions& here, const Style& style) {
  Mark worst = Mark::kBoth;
  for (const CoveredCondition* condition : here) worst = std::min(worst, mark_of(*condition));
  std::string text =
      fmt::format("  {} {:>5}  {}\n", here.empty() ? std::string(" ") : mark_text(worst, style), line, printable(line_text(source, line)));
  if (here.size() < 2 || worst == Mark::kBoth) return text;
  for (const CoveredCondition* condition : here) {
    if (mark_of(*condition) == Mark::kBoth) continue;
    text += fmt::format("             {}\n",
                        painted(style, "2", fmt::format("{}: {}", words_of(mark_of(*condition)), printable(condition->text))));
  }
  return text;
}

// The lines of a file from the first to the last of each definition's conditions, so that what is marked is read in its place.
std::string file_text(const Source& source, const Conditions& conditions, const Style& style) {
  std::map<std::uint32_t, Conditions> by_line;
  std::map<std::string, std::pair<std::uint32_t, std::uint32_t>> definitions;
  for (const CoveredCondition* condition : conditions) {
    const std::uint32_t line = position_at(source, condition->span.begin).line;
    by_line[line].push_back(condition);
    const auto [place, is_new] = definitions.try_emplace(condition->definition, line, line);
    if (!is_new) place->second = {std::min(place->second.first, line), std::max(place->second.second, line)};
  }
  std::string text = fmt::format("\n{}\n", painted(style, "1", printable(source.path)));
  std::uint32_t last = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  for (const auto& [name, range] : definitions) ranges.push_back(range);
  std::ranges::sort(ranges);
  for (const auto& [first, end] : ranges) {
    for (std::uint32_t line = std::max(first, last + 1); line <= end; ++line) text += line_text(source, line, by_line[line], style);
    last = std::max(last, end);
  }
  return text;
}

std::string coverage_text(const OpenedProject& project, const Coverage& coverage, const Style& style) {
  std::string text;
  for (std::size_t i = 0; i < coverage.conditions.size();) {
    const SourceId id = coverage.conditions[i].span.source;
    Conditions conditions;
    for (; i < coverage.conditions.size() && coverage.conditions[i].span.source == id; ++i) conditions.push_back(&coverage.conditions[i]);
    text += file_text(source_of(project.sources, id), conditions, style);
  }
  const std::string both = style.is_unicode ? "✓" : "+";
  return text + fmt::format("\n  {} true and false, T never false, F never true, - never looked at\n", both) +
         fmt::format("\ncoverage: {} of {} were true and false in tests\n", grouped(coverage.covered()),
                     counted(coverage.conditions.size(), "condition"));
}

// ---- proofs

// Whether each logical expectation holds on any data, whatever it does on these.
std::string proofs_text(const ProvedProject& proved) {
  std::string text;
  for (const ProvedExpectation& each : proved.expectations) {
    const std::string_view word = each.verdict == ClaimVerdict::kProved ? "proved    " : "not proved";
    const std::string why = each.verdict == ClaimVerdict::kProved ? ""
                            : each.verdict == ClaimVerdict::kRefuted
                                ? fmt::format("; `segue prove {}` shows what breaks it", each.definition)
                                : fmt::format("; `segue prove {}` says why", each.definition);
    text += fmt::format("{}  expect {}: {}{}\n", word, each.definition, printable(each.text), why);
  }
  return text;
}

}  // namespace

std::string totals_text(const Report& report, const TestRun& run, const Style& style) {
  const std::string coverage = run.coverage ? coverage_text(*report.project, *run.coverage, style) : "";
  const std::string proofs = report.proved ? proofs_text(*report.proved) : "";
  return coverage + proofs + fmt::format("{} passed, {} failed\n", run.passed, run.failed);
}

std::string test_text(const Report& report, const TestRun& run, const Style& style) {
  std::string text;
  for (const TestOutcome& test : run.tests) {
    if (!test.passed()) text += failed_text(*report.project, test, style);
  }
  return text + totals_text(report, run, style);
}

}  // namespace segue::command
