// What a bare or dotted name means where it stands.
#include "compiler/check/names.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/name_errors.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/parse.h"

namespace segue::checker {
namespace {

Resolution column_of(FrameId frame, TableId table, ColumnId column) {
  Resolution found;
  found.kind = Resolution::Kind::kColumn;
  found.frame = frame;
  found.table = table;
  found.column = column;
  return found;
}

Resolution definition_of(FrameId frame, DeclId declaration) {
  Resolution found;
  found.kind = Resolution::Kind::kDefinition;
  found.frame = frame;
  found.declaration = declaration;
  return found;
}

bool fits(const Context& ctx, const Declared& declared, TableId table) {
  if (is_param_or_list(declared)) return true;
  return table_of_declaration(ctx, declared) == table;
}

std::optional<DeclId> declaration_for(const Context& ctx, std::string_view name, TableId table) {
  const auto found = ctx.by_name.find(name);
  if (found == ctx.by_name.end() || !fits(ctx, ctx.declared[found->second], table)) return std::nullopt;
  return found->second;
}

// What a name means inside the prelude, whatever the project calls so.
std::optional<DeclId> prelude_declaration(const Context& ctx, const Scope& scope, std::string_view name, TableId table) {
  if (scope.declaration == kNoDecl || !ctx.declared[scope.declaration].is_prelude) return std::nullopt;
  const auto found = ctx.prelude_by_name.find(name);
  if (found == ctx.prelude_by_name.end() || !fits(ctx, ctx.declared[found->second], table)) return std::nullopt;
  return found->second;
}

// The column at the end of a chain of references that starts from a row of `table`.
std::optional<Resolution> follow_references(Context& ctx, const ast::Path& path, std::size_t first, FrameId frame) {
  Resolution found;
  found.kind = Resolution::Kind::kColumn;
  found.frame = frame;
  found.table = ctx.program.frame(frame).table;
  for (std::size_t i = first; i + 1 < path.parts.size(); ++i) {
    const SchemaTable& table = ctx.program.schema.tables[found.table];
    const std::optional<std::uint32_t> reference = find_reference(table, path.parts[i].text);
    if (!reference) {
      report_unknown_reference(ctx, found.table, path.parts[i], path.parts[i + 1]);
      return std::nullopt;
    }
    found.references.push_back(*reference);
    found.table = table.references[*reference].to;
  }
  const ast::Name& last = path.parts.back();
  const std::optional<ColumnId> column = find_column(ctx.program.schema.tables[found.table], last.text);
  if (!column) {
    report_unknown_referenced_column(ctx, found.table, last);
    return std::nullopt;
  }
  found.column = *column;
  return found;
}

// `account.x`, `contacts.x`, also with references behind it.
std::optional<Resolution> resolve_in_frame(Context& ctx, const ast::Path& path, FrameId frame) {
  if (path.parts.size() > 2) return follow_references(ctx, path, 1, frame);
  const ast::Name& name = path.parts[1];
  const TableId table = ctx.program.frame(frame).table;
  if (const auto column = find_column(ctx.program.schema.tables[table], name.text)) return column_of(frame, table, *column);
  const std::optional<DeclId> declaration = declaration_for(ctx, name.text, table);
  if (declaration && !is_param_or_list(ctx.declared[*declaration])) return definition_of(frame, *declaration);
  report_unknown_in_frame(ctx, path, frame);
  return std::nullopt;
}

}  // namespace

bool is_for_relation(const Declared& declared) {
  const auto* define = std::get_if<ast::DefineDecl>(&declared.declaration->node);
  const bool is_audience = std::holds_alternative<ast::AudienceDecl>(declared.declaration->node);
  return is_audience || (define != nullptr && define->relation.has_value());
}

bool is_param_or_list(const Declared& declared) {
  return std::holds_alternative<ast::ParamDecl>(declared.declaration->node) ||
         std::holds_alternative<ast::ListDecl>(declared.declaration->node);
}

TableId table_of_declaration(const Context& ctx, const Declared& declared) { return ctx.program.frame(declared.frame).table; }

std::string path_to_relation(const Context& ctx, TableId table) {
  std::string path = written_name(ctx.program.schema.tables[table].name);
  while (ctx.program.schema.tables[table].parents.front().table != kAccountTable) {
    table = ctx.program.schema.tables[table].parents.front().table;
    path = fmt::format("{}.{}", written_name(ctx.program.schema.tables[table].name), path);
  }
  return path;
}

bool may_suggest(Context& ctx, std::size_t candidates) {
  if (ctx.comparisons_left < candidates) return false;
  ctx.comparisons_left -= candidates;
  return true;
}

void suggest(Context& ctx, Diagnostic& diagnostic, Span span, std::string_view name, const std::vector<std::string>& candidates,
             std::string_view otherwise) {
  if (!may_suggest(ctx, candidates.size())) return;
  const std::vector<std::string> near = near_names(name, candidates);
  diagnostic.message += near.empty() ? std::string(otherwise) : did_you_mean(name, candidates);
  // Between several, the author chooses.
  if (near.size() == 1) diagnostic.fix = Fix{fmt::format("write `{}`", near.front()), {Edit{span, written_name(near.front())}}};
}

std::optional<FrameId> frame_named(const Context& ctx, const Scope& scope, std::string_view name) {
  for (FrameId frame = ctx.program.frame(scope.frame).outer; frame != kNoFrame; frame = ctx.program.frame(frame).outer) {
    if (table_of(ctx, frame).name == name) return frame;
  }
  if (table_of(ctx, scope.frame).name == name) return scope.frame;
  return std::nullopt;
}

Resolution find_bare(const Context& ctx, const Scope& scope, std::string_view name) {
  const auto parameter = std::ranges::find(scope.parameters, name, &Binding::name);
  if (parameter != scope.parameters.end()) {
    Resolution found;
    found.kind = Resolution::Kind::kParameter;
    found.parameter = &*parameter;
    return found;
  }
  const TableId table = ctx.program.frame(scope.frame).table;
  if (const auto own = prelude_declaration(ctx, scope, name, table)) {
    return definition_of(is_param_or_list(ctx.declared[*own]) ? kAccountFrame : scope.frame, *own);
  }
  if (const auto column = find_column(ctx.program.schema.tables[table], name)) return column_of(scope.frame, table, *column);
  if (const auto declaration = declaration_for(ctx, name, table)) {
    return definition_of(is_param_or_list(ctx.declared[*declaration]) ? kAccountFrame : scope.frame, *declaration);
  }
  Resolution clock;
  if (name == "now") clock.kind = Resolution::Kind::kNow;
  if (name == "today") clock.kind = Resolution::Kind::kToday;
  return clock;
}

std::optional<Resolution> resolve(Context& ctx, const Scope& scope, const ast::Path& path) {
  const ast::Name& first = path.parts.front();
  if (path.parts.size() == 1) {
    Resolution found = find_bare(ctx, scope, first.text);
    if (found.kind != Resolution::Kind::kNothing) return found;
    report_unknown_bare(ctx, scope, first);
    return std::nullopt;
  }
  if (find_reference(table_of(ctx, scope.frame), first.text)) return follow_references(ctx, path, 0, scope.frame);
  if (const std::optional<FrameId> frame = frame_named(ctx, scope, first.text)) return resolve_in_frame(ctx, path, *frame);
  report_unknown_path(ctx, scope, path);
  return std::nullopt;
}

}  // namespace segue::checker
