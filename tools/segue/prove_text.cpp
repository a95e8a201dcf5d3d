// An expectation is a line; one that is refuted has its account and a test below it. Findings look like those of `check`.
#include "tools/segue/prove_text.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/coverage.h"
#include "bindings/cpp/report.h"

namespace segue::command {
namespace {

// What a verdict looks like.
struct VerdictLook {
  std::string_view color, mark, plain_mark, word;
};

VerdictLook look_of(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::kProved: return {"32", "✓", "+", "proved"};
    case ClaimVerdict::kRefuted: return {"1;31", "✗", "x", "refuted"};
    case ClaimVerdict::kUnknown: return {"33", "?", "?", "unknown"};
  }
  return {};
}

std::string indented(std::string_view text, std::string_view by) {
  std::string made;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    made += end == 0 ? "\n" : fmt::format("{}{}\n", by, printable(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return made;
}

std::string place_text(const OpenedProject& project, Span span) {
  const ResolvedLocation place = resolve(span, project.sources);
  return fmt::format("{}:{}", place.file, place.start.line);
}

// Why there is no answer, and at which words.
std::string reason_text(const OpenedProject& project, const std::string& reason, Span span) {
  if (span.source == kNoSource) return printable(reason);
  return fmt::format("{} (`{}`, {})", printable(reason), printable(text_on_one_line(project.sources, span)), place_text(project, span));
}

std::string example_text(const ShownExample& example) {
  std::string text;
  for (std::size_t i = 0; i < example.accounts.size(); ++i) {
    const std::string name = example.names.empty() ? "" : example.names[i] + ": ";
    text += fmt::format("    {}{}{}\n", i == 0 ? "such as " : "with ", name, printable(row_line(example.accounts[i])));
  }
  if (example.reads_clock) text += fmt::format("    as of {}\n", example.clock);
  return text;
}

std::string expectation_lines(const OpenedProject& project, const ProvedExpectation& each, bool lists_all, const Style& style) {
  const VerdictLook look = look_of(each.verdict);
  std::string text = fmt::format("{} {}: {}  {}  {}\n", painted(style, look.color, style.is_unicode ? look.mark : look.plain_mark),
                                 painted(style, "1", each.definition), printable(each.text), painted(style, look.color, look.word),
                                 painted(style, "2", place_text(project, each.span)));
  if (!each.reason.empty()) text += fmt::format("    {}\n", reason_text(project, each.reason, each.reason_place));
  if (!each.example || (each.verdict == ClaimVerdict::kProved && !lists_all)) return text;
  return text + example_text(*each.example) + (each.test.empty() ? "" : "\n" + indented(each.test, "    ") + "\n");
}

std::string all_text(const OpenedProject& project, const ProvedProject& proved, const Style& style) {
  std::string text;
  for (const ProvedFact& fact : proved.facts) {
    const VerdictLook look = look_of(ClaimVerdict::kProved);
    text += fmt::format("{} {}  {}\n", painted(style, look.color, style.is_unicode ? look.mark : look.plain_mark), printable(fact.text),
                        painted(style, "2", place_text(project, fact.span)));
  }
  for (const OpenQuestion& question : proved.open) {
    text +=
        fmt::format("{} {}  {}\n    {}\n", painted(style, "33", "?"), printable(question.text),
                    painted(style, "2", place_text(project, question.span)), reason_text(project, question.reason, question.reason_place));
  }
  return text.empty() ? text : text + "\n";
}

std::string findings_text(const OpenedProject& project, const ProvedProject& proved, const Style& style) {
  std::vector<Diagnostic> diagnostics;
  for (const ProofFinding& finding : proved.findings) diagnostics.push_back(finding.diagnostic);
  const std::string text = render_text(diagnostics, project.sources, style.in_color);
  return text.empty() ? text : text + "\n";
}

std::size_t count_verdict(const ProvedProject& proved, ClaimVerdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(proved.expectations, verdict, &ProvedExpectation::verdict));
}

}  // namespace

std::string proved_totals(const ProvedProject& proved, bool lists_all) {
  std::string text;
  if (proved.expectations.empty()) text = "no expectations to prove";
  else
    text = fmt::format("{}: {} proved, {} refuted, {} unknown", counted(proved.expectations.size(), "expectation"),
                       count_verdict(proved, ClaimVerdict::kProved), count_verdict(proved, ClaimVerdict::kRefuted),
                       count_verdict(proved, ClaimVerdict::kUnknown));
  text += fmt::format("; {}", counted(proved.findings.size(), "finding"));
  if (!proved.open.empty())
    text += fmt::format("; {}{}", counted(proved.open.size(), "open question"), lists_all ? "" : " (`--all` lists them)");
  return text + "\n";
}

std::string prove_text(const OpenedProject& project, const ProvedProject& proved, bool lists_all, const Style& style) {
  std::string text;
  for (const ProvedExpectation& each : proved.expectations) text += expectation_lines(project, each, lists_all, style);
  if (!text.empty() && !text.ends_with("\n\n")) text += "\n";
  if (lists_all) text += all_text(project, proved, style);
  return text + findings_text(project, proved, style) + proved_totals(proved, lists_all);
}

}  // namespace segue::command
