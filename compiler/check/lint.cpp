// All warnings of a program: gathered for each expression, kept where they are right for every use of their definition, sorted.
#include "compiler/check/lint.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/lint_facts.h"

namespace segue {
namespace linter {
namespace {

// A definition with parameters is there once for each use: what is wrong with all of them is wrong with it. The rest may well be meant.
std::vector<Diagnostic> right_for_every_use(const CheckedProgram& program, const std::vector<SourceId>& prelude,
                                            std::vector<Finding> findings) {
  std::map<Span, std::size_t> uses;
  for (const Definition& definition : program.definitions) ++uses[definition.name_span];
  std::map<std::tuple<DiagnosticKind, Span, std::string>, std::set<std::uint32_t>> users;
  const auto key = [](const Finding& finding) {
    return std::tuple(finding.diagnostic.kind, std::get<Span>(finding.diagnostic.location), finding.diagnostic.message);
  };
  for (const Finding& finding : findings) users[key(finding)].insert(finding.definition);
  std::vector<Diagnostic> kept;
  for (Finding& finding : findings) {
    if (finding.definition == kNone) continue;
    const auto found = users.find(key(finding));
    if (found == users.end() || found->second.size() != uses[program.definitions[finding.definition].name_span]) continue;
    users.erase(found);                                                                                 // said once
    if (std::ranges::count(prelude, std::get<Span>(finding.diagnostic.location).source) > 0) continue;  // its reader cannot change it
    kept.push_back(std::move(finding.diagnostic));
  }
  return kept;
}

std::string without_dot(const std::string& path) { return path.starts_with("./") ? path.substr(2) : path; }

// The files that `use` brings in from outside the project's rules: others may use what they declare.
std::set<std::string> shared_files(std::span<const Ast> files) {
  std::set<std::string> shared;
  for (const Ast& ast : files) {
    for (const OutsideFile& file : outside_files(ast)) {
      if (file.kind == OutsideFile::Kind::kRules) shared.insert(without_dot(file.path));
    }
  }
  return shared;
}

void add_unused(const LintInput& input, std::vector<Diagnostic>& diagnostics) {
  const std::set<std::string> shared = shared_files(input.files);
  for (const DeclarationInfo& declaration : input.checked.declarations) {
    const bool is_for_others = declaration.word == "define" || declaration.word == "list" || declaration.word == "param";
    if (!is_for_others || !declaration.used_by.empty()) continue;
    if (std::ranges::count(input.checked.prelude, declaration.name_span.source) > 0) continue;
    if (shared.contains(source_of(input.sources, declaration.name_span.source).path)) continue;
    diagnostics.push_back(make_diagnostic(DiagnosticKind::kUnusedDefinition, declaration.name_span,
                                          fmt::format("nothing uses the {} `{}`; use it or delete it",
                                                      declaration.word == "define" ? "definition" : declaration.word, declaration.name)));
  }
}

}  // namespace
}  // namespace linter

std::vector<Diagnostic> lint(const LintInput& input) {
  if (has_errors(input.checked.diagnostics)) return {};
  linter::Facts facts = linter::gather_facts(input);
  linter::lint_missing(facts);
  linter::lint_conditions(facts);
  std::vector<Diagnostic> diagnostics =
      linter::right_for_every_use(input.checked.program, input.checked.prelude, std::move(facts.findings));
  linter::add_unused(input, diagnostics);
  sort_diagnostics(diagnostics, input.sources);
  return diagnostics;
}

}  // namespace segue
