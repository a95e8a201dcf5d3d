// The names that the rules declare.
#include "compiler/check/declarations.h"

#include <algorithm>
#include <numeric>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/names.h"
#include "compiler/diagnostics/suggest.h"

namespace segue::checker {
namespace {

void check_use(Context& ctx, const ast::Declaration& declaration) {
  const auto* part = std::get_if<ast::Path>(&std::get<ast::UseDecl>(declaration.node).what);
  if (part == nullptr || declaration.is_broken) return;
  std::vector<std::string> parts(ctx.input.prelude_parts.begin(), ctx.input.prelude_parts.end());
  const std::string name = fmt::format("{}", fmt::join(part->parts | std::views::transform(&ast::Name::text), "."));
  if (std::ranges::count(parts, name) > 0) return;
  ctx.has_lost_names = true;
  std::string shown;
  for (std::size_t i = 0; i < parts.size(); ++i) shown += fmt::format("{}`{}`", i == 0 ? "; there are " : ", ", parts[i]);
  Diagnostic& diagnostic = report(ctx, DiagnosticKind::kUnknownPart, part->span, fmt::format("the prelude has no part `{}`", name));
  suggest(ctx, diagnostic, part->span, name, parts, shown);
  if (diagnostic.fix) diagnostic.fix->edits.front().text = nearest_name(name, parts).value_or(name);  // a dot needs no back-quotes here
}

// `contacts`, when a table other than the account has a column of that name and the definition is about its rows.
std::optional<TableId> table_with_column(const Context& ctx, const ast::Declaration& declaration, std::string_view name) {
  if (find_column(ctx.program.schema.tables[kAccountTable], name)) return kAccountTable;
  const auto* define = std::get_if<ast::DefineDecl>(&declaration.node);
  const auto* audience = std::get_if<ast::AudienceDecl>(&declaration.node);
  const std::optional<ast::Path> relation = define != nullptr ? define->relation : audience != nullptr ? audience->relation : std::nullopt;
  if (!relation) return std::nullopt;
  const std::optional<TableId> table = find_table(ctx.program.schema, relation->parts.back().text);
  return table && find_column(ctx.program.schema.tables[*table], name) ? table : std::nullopt;
}

void check_free(Context& ctx, const ast::Declaration& declaration, const ast::Name& name) {
  const std::optional<TableId> table = table_with_column(ctx, declaration, name.text);
  if (!table) return;
  const SchemaTable& owner = ctx.program.schema.tables[*table];
  Diagnostic& diagnostic = report(
      ctx, DiagnosticKind::kNameTaken, name.span,
      fmt::format("`{}` is a column of `{}`, so nothing else may bear this name; give the definition another one", name.text, owner.name));
  diagnostic.notes.push_back(make_note("the column is declared here", owner.columns[*find_column(owner, name.text)].span));
}

bool is_prelude(const Context& ctx, const Ast& ast) { return std::ranges::count(ctx.input.prelude, ast.source) > 0; }

void declare(Context& ctx, const Ast& ast, const ast::Declaration& declaration, const ast::Name& name) {
  const auto id = static_cast<DeclId>(ctx.declared.size());
  Declared declared;
  declared.ast = &ast;
  declared.declaration = &declaration;
  declared.name = &name;
  declared.is_prelude = is_prelude(ctx, ast);
  if (declaration.is_broken) declared.state = Declared::State::kFailed;
  ctx.declared.push_back(std::move(declared));
  const auto [place, is_new] = (is_prelude(ctx, ast) ? ctx.prelude_by_name : ctx.by_name).try_emplace(name.text, id);
  if (is_new && is_prelude(ctx, ast)) return;  // the project's names, and its columns, come before the prelude's
  if (is_new) return check_free(ctx, declaration, name);
  Diagnostic& diagnostic = report(ctx, DiagnosticKind::kDuplicateDefinition, name.span,
                                  fmt::format("`{}` is defined twice; give one of them another name", name.text));
  diagnostic.notes.push_back(make_note(fmt::format("the other `{}` stands here", name.text), ctx.declared[place->second].name->span));
}

void collect(Context& ctx, const Ast& ast, const ast::Declaration& declaration) {
  if (std::holds_alternative<ast::UseDecl>(declaration.node)) return check_use(ctx, declaration);
  const ast::Name* name = declared_name(declaration);
  if (name == nullptr || name->text.empty()) return;
  declare(ctx, ast, declaration, *name);
}

// ---- order

// The declarations that the names in each declaration's text may mean.
std::vector<std::vector<DeclId>> mentioned(const Context& ctx) {
  std::vector<std::vector<DeclId>> all(ctx.declared.size());
  const auto add = [&](DeclId user, const ast::Path& path) {
    const auto& names = ctx.declared[user].is_prelude ? ctx.prelude_by_name : ctx.by_name;
    const auto found = names.find(path.parts.back().text);
    if (found != names.end()) all[user].push_back(found->second);
  };
  for (DeclId first = 0; first < ctx.declared.size();) {
    const Ast& ast = *ctx.declared[first].ast;
    DeclId end = first;
    while (end < ctx.declared.size() && ctx.declared[end].ast == &ast) ++end;
    for (const ast::Expr& expr : ast.exprs) {
      const auto* name = std::get_if<ast::PathExpr>(&expr.node);
      const auto* call = std::get_if<ast::Call>(&expr.node);
      if (name == nullptr && call == nullptr) continue;
      // The declaration around it: the last that begins before it.
      const auto begin = ctx.declared.begin();
      const auto after = std::upper_bound(begin + first, begin + end, expr.span.begin,
                                          [](std::uint32_t at, const Declared& each) { return at < each.declaration->span.begin; });
      if (after == begin + first) continue;
      add(static_cast<DeclId>(after - begin - 1), name != nullptr ? name->path : call->callee);
    }
    first = end;
  }
  return all;
}

}  // namespace

void collect_declarations(Context& ctx) {
  std::vector<const Ast*> files;
  for (const Ast& ast : ctx.input.files) files.push_back(&ast);
  // The prelude first: it rests on nothing of the project.
  const auto place_of = [&](const Ast* ast) { return std::pair(!is_prelude(ctx, *ast), source_of(ctx.input.sources, ast->source).path); };
  std::ranges::stable_sort(files, {}, place_of);
  for (const Ast* ast : files) {
    for (const ast::Declaration& declaration : ast->declarations) collect(ctx, *ast, declaration);
  }
  ctx.by_name.insert(ctx.prelude_by_name.begin(), ctx.prelude_by_name.end());
}

std::vector<DeclId> order_of_checking(const Context& ctx) {
  const std::vector<std::vector<DeclId>> uses = mentioned(ctx);
  std::vector<DeclId> order;
  std::vector<bool> is_met(uses.size());
  std::vector<std::pair<DeclId, std::size_t>> path;  // depth first, by hand: a chain may be as long as one likes
  for (DeclId root = 0; root < uses.size(); ++root) {
    if (is_met[root]) continue;
    is_met[root] = true;
    path.emplace_back(root, 0);
    while (!path.empty()) {
      auto& [at, next] = path.back();
      if (next == uses[at].size()) {
        order.push_back(at);
        path.pop_back();
        continue;
      }
      const DeclId used = uses[at][next++];
      if (is_met[used]) continue;
      is_met[used] = true;
      path.emplace_back(used, 0);
    }
  }
  return order;
}

}  // namespace segue::checker
