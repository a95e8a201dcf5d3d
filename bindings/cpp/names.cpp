// Lookup of names, and what to say of one that is not there.
#include "bindings/cpp/names.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"

namespace segue {
namespace {

std::vector<std::string> result_names(const OpenedProject& project) {
  std::vector<std::string> names;
  names.reserve(project.definitions.size());
  for (const DefinitionInfo& info : project.definitions) names.push_back(info.name);
  return names;
}

// The declaration that bears a name, whatever it is.
const DeclarationInfo* find_declaration(const OpenedProject& project, std::string_view name) {
  const auto& declarations = project.checked->check.declarations;
  const auto found = std::ranges::find(declarations, name, &DeclarationInfo::name);
  return found == declarations.end() ? nullptr : &*found;
}

Diagnostic unknown_name(const OpenedProject& project, std::string_view name, std::string_view needed) {
  std::string message;
  if (const DeclarationInfo* declaration = find_declaration(project, name)) {
    message = fmt::format("`{}` is a `{}`, which has no answer of its own for an account; name {}", name, declaration->word, needed);
  } else {
    message = fmt::format("no definition is called `{}`{}", name, did_you_mean(name, result_names(project)));
  }
  return make_diagnostic(DiagnosticKind::kUnknownDefinition, {}, std::move(message));
}

}  // namespace

std::expected<std::vector<std::size_t>, Failure> asked_definitions(const OpenedProject& project, std::span<const std::string> names) {
  std::vector<bool> is_asked(project.definitions.size(), names.empty());
  Failure failure{.kind = FailureKind::kCall, .diagnostics = {}, .tables = {}};
  for (const std::string& name : names) {
    const auto found = std::ranges::find(project.definitions, name, &DefinitionInfo::name);
    if (found != project.definitions.end()) is_asked[static_cast<std::size_t>(found - project.definitions.begin())] = true;
    else failure.diagnostics.push_back(unknown_name(project, name, "a segment, a score or another definition with an answer"));
  }
  if (!failure.diagnostics.empty()) return std::unexpected(std::move(failure));
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < is_asked.size(); ++i) {
    if (is_asked[i]) asked.push_back(i);
  }
  return asked;
}

std::expected<DefinitionId, Failure> explained_definition(const OpenedProject& project, std::string_view name) {
  const CheckedProgram& program = project.checked->program();
  for (const DefinitionId id : program.results) {
    if (program.definition(id).name == name) return id;
  }
  const DeclarationInfo* declaration = find_declaration(project, name);
  if (declaration != nullptr && declaration->definition && program.definition(*declaration->definition).frame == kAccountFrame) {
    return *declaration->definition;
  }
  const Diagnostic unknown = unknown_name(project, name, "a segment, a score or a `define` of accounts without parameters");
  return std::unexpected(Failure{FailureKind::kCall, {unknown}, {}});
}

std::expected<void, Failure> require_sound(const OpenedProject& project) {
  if (project.has_errors()) return std::unexpected(Failure{FailureKind::kRules, project.diagnostics, {}});
  const std::vector<Diagnostic>& lacking = project.checked->lacking_params;
  if (!lacking.empty()) return std::unexpected(Failure{FailureKind::kCall, lacking, {}});
  return {};
}

}  // namespace segue
