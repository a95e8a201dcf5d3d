// Further definitions of the kind that a segment is, one for each condition.
#include "bindings/cpp/decided_accounts.h"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

namespace segue {
namespace {

bool is_about_missing(const Diagnostic& diagnostic) {
  return diagnostic.kind == DiagnosticKind::kMissingNegated && std::holds_alternative<Span>(diagnostic.location);
}

// The conditions on accounts by the text that they stand for.
std::map<Span, std::vector<ExprId>> conditions_by_span(const CheckedProgram& program) {
  std::map<Span, std::vector<ExprId>> conditions;
  for (std::uint32_t i = 0; i < program.exprs.size(); ++i) {
    const Expr& expr = program.exprs[i];
    if (expr.type.kind == Kind::kBool && !expr.type.optional && expr.frame == kAccountFrame) conditions[expr.span].push_back(ExprId{i});
  }
  return conditions;
}

std::size_t add_condition(DecisiveProgram& decisive, ExprId body) {
  Definition definition;
  definition.kind = DefinitionKind::kSegment;
  definition.body = body;
  decisive.program.definitions.push_back(std::move(definition));
  decisive.roots.push_back(DefinitionId{static_cast<std::uint32_t>(decisive.program.definitions.size() - 1)});
  return decisive.roots.size() - 1;
}

// The one number that all roots of a condition have.
std::optional<std::uint64_t> decided_count(const Results& results, const std::vector<std::size_t>& roots) {
  if (roots.empty()) return std::nullopt;
  const std::uint64_t count = results.definitions[roots.front()].undetermined;
  const bool is_one = std::ranges::all_of(roots, [&](std::size_t root) { return results.definitions[root].undetermined == count; });
  return is_one ? std::optional(count) : std::nullopt;
}

std::string decided_text(std::uint64_t count, std::uint64_t accounts) {
  if (count == 0) return "in the data it decides no account";
  return fmt::format("in the data it decides {} of {} account{}", count, accounts, accounts == 1 ? "" : "s");
}

}  // namespace

DecisiveProgram with_warned_conditions(const CheckedProgram& program, std::span<const Diagnostic> diagnostics) {
  DecisiveProgram decisive{.program = program, .roots = program.results, .conditions = {}};
  const std::map<Span, std::vector<ExprId>> by_span = conditions_by_span(program);
  for (const Diagnostic& diagnostic : diagnostics) {
    std::vector<std::size_t>& roots = decisive.conditions.emplace_back();
    if (!is_about_missing(diagnostic)) continue;
    const auto found = by_span.find(std::get<Span>(diagnostic.location));
    if (found == by_span.end()) continue;
    for (const ExprId body : found->second) roots.push_back(add_condition(decisive, body));
  }
  return decisive;
}

std::vector<Diagnostic> with_decided_counts(const DecisiveProgram& decisive, const Results& results, std::uint64_t accounts,
                                            std::span<const Diagnostic> diagnostics) {
  std::vector<Diagnostic> noted(diagnostics.begin(), diagnostics.end());
  for (std::size_t i = 0; i < noted.size(); ++i) {
    const auto count = decided_count(results, decisive.conditions[i]);
    if (count) noted[i].notes.push_back(make_note(decided_text(*count, accounts)));
  }
  return noted;
}

}  // namespace segue
