// How the name of a related table becomes the frame of its rows.
#include "compiler/check/relations.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "compiler/check/name_errors.h"
#include "compiler/check/names.h"
#include "compiler/syntax/parse.h"

namespace segue::checker {
namespace {

// Adds the relation `name` of the table that the path has reached.
bool step_to(const Context& ctx, RelationPath& path, std::string_view name) {
  const TableId from = path.steps.empty() ? ctx.program.frame(path.start).table : path.steps.back().table;
  const std::optional<TableId> table = find_table(ctx.program.schema, name);
  if (!table) return false;
  const std::optional<std::uint32_t> link = link_to(ctx, *table, from);
  if (link) path.steps.push_back({*table, *link});
  return link.has_value();
}

// A relation that hangs elsewhere.
void report_distant(Context& ctx, const Scope& scope, const ast::Path& path, TableId table) {
  const SchemaTable& here = table_of(ctx, scope.frame);
  const SchemaTable& wanted = ctx.program.schema.tables[table];
  if (table == kAccountTable) {
    report(ctx, DiagnosticKind::kUnknownRelation, path.span, "`account` is the row itself; name one of its related tables");
    return;
  }
  const std::string from_account = path_to_relation(ctx, table);
  const std::string right = ctx.program.frame(scope.frame).table == kAccountTable ? from_account : fmt::format("account.{}", from_account);
  const std::string message = fmt::format("`{}` is not a related table of `{}`", wanted.name, here.name);
  report_written(ctx, path.span, message, right);
}

void report_unknown(Context& ctx, const Scope& scope, const ast::Name& name, TableId table) {
  const SchemaTable& owner = ctx.program.schema.tables[table];
  if (find_reference(owner, name.text)) {
    report(ctx, DiagnosticKind::kUnknownRelation, name.span,
           fmt::format("`{0}` leads to a single row, not to a related table; read its columns, as in `{0}.{1}`", name.text,
                       owner.columns.front().name));
    return;
  }
  const Resolution found = find_bare(ctx, scope, name.text);
  if (found.kind != Resolution::Kind::kNothing) {
    const std::string_view what = found.kind == Resolution::Kind::kColumn       ? "a column"
                                  : found.kind == Resolution::Kind::kDefinition ? "a definition"
                                                                                : "a single value";
    report(ctx, DiagnosticKind::kUnknownRelation, name.span,
           fmt::format("`{}` is {}, not a related table; name a related table whose rows are meant", name.text, what));
    return;
  }
  if (find_column(owner, name.text)) {
    report(
        ctx, DiagnosticKind::kUnknownRelation, name.span,
        fmt::format("`{0}` is a column of `{1}`; a value of its rows stands behind a colon, as in `sum({1}: {0})`", name.text, owner.name));
    return;
  }
  std::vector<std::string> candidates;
  for (const TableId child : children_of(ctx.program.schema, table)) candidates.push_back(ctx.program.schema.tables[child].name);
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kUnknownRelation, name.span, fmt::format("`{}` is not a related table of `{}`", name.text, owner.name));
  suggest(ctx, diagnostic, name.span, name.text, candidates);
}

// The names in a file, in order of place: what an aggregate's text mentions is a range of them.
const std::vector<Mention>& mentions_of(Context& ctx, const Ast& ast) {
  const auto [found, is_new] = ctx.mentions.try_emplace(&ast);
  if (!is_new) return found->second;
  for (const ast::Expr& expr : ast.exprs) {
    const ast::Path* path = nullptr;
    if (const auto* name = std::get_if<ast::PathExpr>(&expr.node)) path = &name->path;
    if (const auto* call = std::get_if<ast::Call>(&expr.node)) path = &call->callee;
    if (const auto* aggregate = std::get_if<ast::Aggregate>(&expr.node)) path = &aggregate->relation;
    if (const auto* sequence = std::get_if<ast::Sequence>(&expr.node)) {
      path = &sequence->relation;
      if (sequence->by) found->second.push_back({sequence->by->span.begin, &*sequence->by});
    }
    if (path != nullptr) found->second.push_back({path->span.begin, path});
  }
  std::ranges::stable_sort(found->second, {}, &Mention::begin);
  return found->second;
}

// The frame that a mention reads when it stands inside rows that `scope` is around of; nothing when it reads none by name.
std::optional<FrameId> frame_read(const Context& ctx, const Scope& scope, const ast::Path& path) {
  const ast::Name& first = path.parts.front();
  if (path.parts.size() > 1) {
    for (FrameId frame = scope.frame; frame != kNoFrame; frame = ctx.program.frame(frame).outer) {
      if (table_of(ctx, frame).name == first.text) return frame;
    }
    return std::nullopt;
  }
  const auto parameter = std::ranges::find(scope.parameters, first.text, &Binding::name);
  if (parameter == scope.parameters.end()) return std::nullopt;
  return ctx.program.expr(parameter->value).frame;
}

// The innermost frame, from `scope` out to `start`, that the text reads.
FrameId innermost_read(Context& ctx, const Scope& scope, FrameId start, Span extent) {
  const std::vector<Mention>& mentions = mentions_of(ctx, scope.ast);
  FrameId innermost = start;
  auto mention = std::ranges::lower_bound(mentions, extent.begin, {}, &Mention::begin);
  for (; mention != mentions.end() && mention->begin < extent.end; ++mention) {
    const std::optional<FrameId> frame = frame_read(ctx, scope, *mention->path);
    if (frame) innermost = inner_frame(ctx, *frame, innermost);
  }
  return innermost;
}

}  // namespace

std::optional<RelationPath> resolve_relation(Context& ctx, const Scope& scope, const ast::Path& path) {
  const ast::Name& first = path.parts.front();
  RelationPath found{scope.frame, {}};
  if (!step_to(ctx, found, first.text)) {
    const std::optional<FrameId> frame = path.parts.size() > 1 ? frame_named(ctx, scope, first.text) : std::nullopt;
    const std::optional<TableId> table = find_table(ctx.program.schema, first.text);
    if (!frame && table) report_distant(ctx, scope, path, *find_table(ctx.program.schema, first.text));
    if (!frame && !table) report_unknown(ctx, scope, first, ctx.program.frame(scope.frame).table);
    if (!frame) return std::nullopt;
    found.start = *frame;
  }
  for (std::size_t i = 1; i < path.parts.size(); ++i) {
    if (step_to(ctx, found, path.parts[i].text)) continue;
    const TableId reached = found.steps.empty() ? ctx.program.frame(found.start).table : found.steps.back().table;
    const std::optional<TableId> elsewhere = find_table(ctx.program.schema, path.parts[i].text);
    if (elsewhere && *elsewhere != kAccountTable) {
      report_distant(ctx, Scope{scope.ast, kAccountFrame, {}, scope.declaration}, path, *elsewhere);
    } else {
      report_unknown(ctx, Scope{scope.ast, found.start, {}, scope.declaration}, path.parts[i], reached);
    }
    return std::nullopt;
  }
  return found;
}

std::optional<RelationPath> resolve_rows(Context& ctx, const Scope& account, const ast::Path& path) {
  std::optional<TableId> table = find_table(ctx.program.schema, path.parts.front().text);
  if (path.parts.size() > 1 || !table || *table == kAccountTable || link_to(ctx, *table, kAccountTable))
    return resolve_relation(ctx, account, path);
  RelationPath found;
  while (*table != kAccountTable) {
    found.steps.insert(found.steps.begin(), {*table, 0});
    table = ctx.program.schema.tables[*table].parents.front().table;
  }
  return found;
}

FrameId frame_of_relation(Context& ctx, const Scope& scope, const RelationPath& path, Span extent) {
  FrameId anchor = path.start;
  FrameId outer = path.start == scope.frame ? path.start : innermost_read(ctx, scope, path.start, extent);
  for (const RelationPath::Step& step : path.steps) {
    anchor = intern_frame(ctx, Frame{step.table, outer, anchor, step.link});
    outer = anchor;
  }
  return anchor;
}

FrameId frame_around(const Context& ctx, FrameId rows, std::size_t steps) {
  for (std::size_t i = 0; i < steps; ++i) rows = ctx.program.frame(rows).outer;
  return rows;
}

}  // namespace segue::checker
