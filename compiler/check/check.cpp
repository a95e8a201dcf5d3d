// The order in which a program is checked: names, params, lists, definitions, and what concerns all of them.
#include "compiler/check/check.h"

#include <algorithm>
#include <utility>

#include "compiler/check/basis.h"
#include "compiler/check/compact.h"
#include "compiler/check/context.h"
#include "compiler/check/declarations.h"
#include "compiler/check/definitions.h"
#include "compiler/check/lists.h"
#include "compiler/check/test_draft.h"
#include "compiler/check/types.h"
#include "compiler/check/units.h"
#include "stdlib/calendar.h"

namespace segue {
namespace checker {
namespace {

void prepare(Context& ctx) {
  ctx.program.schema = ctx.input.schema;
  ctx.program.enums = ctx.input.schema.enum_types;
  EnumType weekday;
  weekday.name = "weekday";
  weekday.ordered = true;  // from monday on, wherever the project's weeks start
  for (const char* name : kWeekdayNames) weekday.values.emplace_back(name);
  ctx.weekday_enum = intern_enum(ctx.program.enums, std::move(weekday));
  set_units_of_columns(ctx);
  [[maybe_unused]] const FrameId account = intern_frame(ctx, Frame{});
}

template <typename Decl>
bool is_open(const Declared& declared) {
  return declared.state == Declared::State::kUnchecked && std::holds_alternative<Decl>(declared.declaration->node);
}

void check_all(Context& ctx) {
  collect_declarations(ctx);
  check_param_names(ctx);
  for (DeclId id = 0; id < ctx.declared.size(); ++id) {
    if (is_open<ast::ParamDecl>(ctx.declared[id])) check_param(ctx, id);
  }
  for (DeclId id = 0; id < ctx.declared.size(); ++id) {
    if (is_open<ast::ListDecl>(ctx.declared[id])) check_list_declaration(ctx, id);
    if (is_open<ast::DefineDecl>(ctx.declared[id])) prepare_define(ctx, id);
    if (is_open<ast::AudienceDecl>(ctx.declared[id])) prepare_audience(ctx, id);
  }
  for (const DeclId id : order_of_checking(ctx)) {
    if (ctx.declared[id].state == Declared::State::kUnchecked) ensure_checked(ctx, id, ctx.declared[id].name->span);
  }
  for (DeclId id = 0; id < ctx.declared.size(); ++id) check_expectations(ctx, id);
  for (const LoadedList& list : ctx.input.lists)
    ctx.diagnostics.insert(ctx.diagnostics.end(), list.file.diagnostics.begin(), list.file.diagnostics.end());
}

// What others may ask for by name: definitions without parameters. Of the prelude only what is used is kept.
std::vector<DefinitionId> definitions_by_themselves(const Context& ctx) {
  std::vector<DefinitionId> kept;
  for (const Declared& declared : ctx.declared) {
    if (declared.definition && declared.parameters.empty() && !declared.is_prelude) kept.push_back(*declared.definition);
  }
  return kept;
}

std::vector<DeclarationInfo> declaration_infos(const Context& ctx, const std::vector<std::optional<DefinitionId>>& renamed) {
  std::vector<DeclarationInfo> infos;
  for (DeclId id = 0; id < ctx.declared.size(); ++id) {
    const Declared& declared = ctx.declared[id];
    DeclarationInfo info{declared.name->text,
                         std::string(declaration_word(*declared.declaration)),
                         declared.name->span,
                         declared.declaration->span,
                         declared.uses,
                         {},
                         {}};
    std::ranges::sort(info.uses);
    info.uses.erase(std::unique(info.uses.begin(), info.uses.end()), info.uses.end());
    if (declared.definition && declared.parameters.empty()) info.definition = renamed[index_of(*declared.definition)];
    infos.push_back(std::move(info));
  }
  for (DeclId id = 0; id < infos.size(); ++id) {
    for (const DeclId used : infos[id].uses) infos[used].used_by.push_back(id);
  }
  return infos;
}

// All but definitions by `define` in the order of files and lines, which is that of the declarations. The prelude has no results.
std::vector<DefinitionId> results_of(const Context& ctx, const std::vector<DeclarationInfo>& infos) {
  std::vector<DefinitionId> results;
  for (DeclId id = 0; id < infos.size(); ++id) {
    const DeclarationInfo& info = infos[id];
    if (info.definition && !ctx.declared[id].is_prelude && ctx.program.definition(*info.definition).kind != DefinitionKind::kDefine)
      results.push_back(*info.definition);
  }
  return results;
}

// The tests with a program of their own, which has their hidden definitions.
CheckedTests checked_tests(Context& ctx) {
  CheckedTests all{.program = {}, .tests = check_tests(ctx)};
  if (all.tests.empty()) return all;
  std::vector<DefinitionId> kept = definitions_by_themselves(ctx);
  for (const CheckedTest& test : all.tests) {
    for (const TestClaim& claim : test.claims) kept.push_back(claim.definition);
  }
  std::vector<std::optional<DefinitionId>> renamed;
  all.program = compact(ctx.program, kept, renamed);
  for (CheckedTest& test : all.tests) {
    for (TestClaim& claim : test.claims) claim.definition = *renamed[index_of(claim.definition)];
  }
  return all;
}

}  // namespace
}  // namespace checker

// `std/regions`.
static std::string part_path(const ast::Path& part) {
  std::string path;
  for (const ast::Name& name : part.parts) path += (path.empty() ? "" : "/") + name.text;
  return path;
}

std::vector<OutsideFile> outside_files(const Ast& ast) {
  std::vector<OutsideFile> files;
  for (const ast::Declaration& declaration : ast.declarations) {
    if (declaration.is_broken) continue;
    if (const auto* use = std::get_if<ast::UseDecl>(&declaration.node)) {
      const auto* path = std::get_if<ast::TextValue>(&use->what);
      const auto* part = std::get_if<ast::Path>(&use->what);
      if (path != nullptr) files.push_back({OutsideFile::Kind::kRules, path->text, std::nullopt, path->span});
      if (part != nullptr) files.push_back({OutsideFile::Kind::kPrelude, part_path(*part), std::nullopt, part->span});
    }
    if (const auto* list = std::get_if<ast::ListDecl>(&declaration.node)) {
      const auto* file = std::get_if<ast::ListFile>(&list->values);
      if (file == nullptr) continue;
      files.push_back(
          {OutsideFile::Kind::kList, file->file.text, file->column ? std::optional(file->column->text) : std::nullopt, file->file.span});
    }
  }
  return files;
}

CheckResult check(const CheckInput& input) {
  checker::Context ctx(input);
  checker::prepare(ctx);
  checker::check_all(ctx);
  CheckedTests tests = checker::checked_tests(ctx);
  std::vector<std::optional<DefinitionId>> renamed;
  ctx.program = checker::compact(std::move(ctx.program), checker::definitions_by_themselves(ctx), renamed);
  checker::check_basis(ctx);
  CheckResult result;
  result.declarations = checker::declaration_infos(ctx, renamed);
  ctx.program.results = checker::results_of(ctx, result.declarations);
  result.program = std::move(ctx.program);
  result.diagnostics = std::move(ctx.diagnostics);
  sort_diagnostics(result.diagnostics, input.sources);
  result.call_errors = std::move(ctx.call_errors);
  result.tests = std::move(tests);
  result.prelude.assign(input.prelude.begin(), input.prelude.end());
  return result;
}

}  // namespace segue
