// `sequence`: one row after another. `language.md`, "Related tables".
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/names.h"
#include "compiler/check/points.h"
#include "compiler/check/relations.h"

namespace segue::checker {
namespace {

bool report_by(Context& ctx, const ast::Path& by, std::string_view why) {
  report(ctx, DiagnosticKind::kTypeMismatch, by.span,
         fmt::format("`by` names the column that the rows of a sequence have in common, and {} {}; name a column of the rows that holds "
                     "one value, such as a key",
                     code(ctx, by.span), why));
  return false;
}

// The column whose value the rows of one sequence share; nothing where that was reported.
std::optional<ExprId> check_by(Context& ctx, const Scope& inner, const ast::Path& by) {
  const std::optional<Resolution> found = resolve(ctx, inner, by);
  if (!found) return std::nullopt;
  if (found->kind != Resolution::Kind::kColumn) {
    report_by(ctx, by, "is no column");
    return std::nullopt;
  }
  if (found->frame != inner.frame) {
    report_by(ctx, by, "is the same for all of them");
    return std::nullopt;
  }
  const Value value = check_name(ctx, inner, by);
  if (value.is_failed) return std::nullopt;
  if (value.type.kind == Kind::kList && !report_by(ctx, by, "is a list")) return std::nullopt;
  return value.id;
}

bool report_limit(Context& ctx, const ast::Sequence& node, std::string_view message) {
  report(ctx, DiagnosticKind::kInvalidWindow, node.limit_span, fmt::format("`all within {}` {}", words(ctx, node.limit_span), message));
  return false;
}

// Whether rows of a table with such a time can lie within the limit; reports what cannot be.
bool check_limit(Context& ctx, const Scope& scope, const ast::Sequence& node, const Value& limit, const SchemaColumn& time) {
  const bool is_date = time.type.kind == Kind::kDate;
  if (is_date && limit.type.kind == Kind::kSpan)
    return report_limit(ctx, node,
                        fmt::format("cannot be told, for `{}` is a date and knows days only; write days, as in `1 day`", time.name));
  if (!std::holds_alternative<ast::NumberLiteral>(scope.ast[node.limit.count].node)) return true;
  const std::int64_t amount = std::get<std::int64_t>(std::get<Literal>(expr_of(ctx, limit).node).value);
  const bool needs_more = is_date || limit.type.kind == Kind::kSpan;  // a later row lies a day, or some time, later
  if (amount > 0 || (amount == 0 && !needs_more)) return true;
  return report_limit(ctx, node, "holds for no rows, since each is later than the one before; write a number of at least 1");
}

}  // namespace

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Sequence& node) {
  const std::optional<RelationPath> path = resolve_relation(ctx, scope, node.relation);
  if (!path) return {};
  Sequence made;
  made.rows = frame_of_relation(ctx, scope, *path, expr.span);
  const Scope inner = in_frame(scope, made.rows);
  const std::optional<ColumnId> time = table_of(ctx, made.rows).time;
  if (!time) {
    report_no_time_column(ctx, table_of(ctx, made.rows), node.relation.span, "`sequence`");
    return {};
  }
  bool is_failed = false;
  if (node.window) {
    made.within = check_rows_within(ctx, scope, made.rows, *node.window);
    is_failed = is_failed || !made.within;
  }
  if (node.by) {
    made.by = check_by(ctx, inner, *node.by);
    is_failed = is_failed || !made.by;
  }
  for (const ast::ExprId id : node.steps) {
    const std::optional<ExprId> step = check_predicate(ctx, inner, id);
    is_failed = is_failed || !step;
    if (step) made.steps.push_back(*step);
  }
  const Value limit = check_duration(ctx, scope, node.limit, node.limit_span);
  if (limit.is_failed || !check_limit(ctx, scope, node, limit, table_of(ctx, made.rows).columns[*time]) || is_failed) return {};
  made.limit_kind = limit.type.kind;
  made.limit = std::get<std::int64_t>(std::get<Literal>(expr_of(ctx, limit).node).value);
  const FrameId own = frame_around(ctx, made.rows, path->steps.size());
  return make_predicate(ctx, std::move(made), own, expr.span);
}

}  // namespace segue::checker
