// What the tests of the warnings share.
#include "tests/unit/check/lint_fixture.h"

#include <fmt/format.h>

#include "compiler/check/lint.h"

namespace segue::test {
namespace {

std::vector<Diagnostic> lint_diagnostics(const Checked& checked) {
  return lint({.checked = checked.result, .files = checked.files, .sources = checked.sources});
}

std::string joined(const std::vector<Diagnostic>& diagnostics, bool with_unused, bool with_messages) {
  std::vector<std::string> texts;
  for (const Diagnostic& each : diagnostics) {
    if (each.kind == DiagnosticKind::kUnusedDefinition && !with_unused) continue;
    texts.push_back(std::string(info_of(each.kind).code) + (with_messages ? ": " + each.message : ""));
  }
  return fmt::format("{}", fmt::join(texts, " | "));
}

std::string of_rules(std::string_view rules, const Setup& setup, bool with_unused, bool with_messages) {
  const std::unique_ptr<Checked> checked = check_text(rules, setup);
  if (!checked->messages.empty()) return fmt::format("{}", fmt::join(checked->messages, " | "));
  return joined(lint_diagnostics(*checked), with_unused, with_messages);
}

constexpr std::string_view kBefore = "segment s {\n  where ";
constexpr std::string_view kAfter = "\n}\n";

std::string segment(std::string_view condition) { return fmt::format("{}{}{}", kBefore, condition, kAfter); }

}  // namespace

std::string warnings_of_rules(std::string_view rules, const Setup& setup) { return of_rules(rules, setup, false, true); }

std::string all_warnings(std::string_view rules, const Setup& setup) { return of_rules(rules, setup, true, true); }

std::string warnings_of(std::string_view condition) { return of_rules(segment(condition), {}, false, true); }

std::string codes_of(std::string_view condition) { return of_rules(segment(condition), {}, false, false); }

std::string mended_rules(std::string_view rules) {
  const std::unique_ptr<Checked> checked = check_text(rules);
  for (const Diagnostic& each : lint_diagnostics(*checked)) {
    if (each.fix) return apply_fix(source_of(checked->sources, checked->rules).text, checked->rules, *each.fix);
  }
  return "no fix";
}

std::string mended(std::string_view condition) {
  std::string text = mended_rules(segment(condition));
  if (!text.starts_with(kBefore) || !text.ends_with(kAfter)) return text;
  return text.substr(kBefore.size(), text.size() - kBefore.size() - kAfter.size());
}

}  // namespace segue::test
