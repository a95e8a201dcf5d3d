// Aggregates over related tables. `language.md`, "Related tables".
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/relations.h"

namespace segue::checker {
namespace {

AggregateFn aggregate_fn(ast::AggregateKind kind) { return static_cast<AggregateFn>(kind); }
static_assert(static_cast<int>(ast::AggregateKind::kEarliest) == static_cast<int>(AggregateFn::kEarliest));
static_assert(static_cast<int>(ast::AggregateKind::kShare) == static_cast<int>(AggregateFn::kShare));

bool takes_value(AggregateFn fn) { return fn >= AggregateFn::kSum; }
bool takes_last_row(AggregateFn fn) { return fn == AggregateFn::kLatest || fn == AggregateFn::kEarliest; }

std::string relation_words(const Context& ctx, const ast::Aggregate& node) { return words(ctx, node.relation.span); }

// `sum(events: files within last 10 years)`: the window restricts rows, so it stands before the colon. Where a condition can be the value, it is one:
// `latest(events: due_on within next 7 days)`.
bool report_window_after_value(Context& ctx, const Scope& scope, const ast::Aggregate& node) {
  const AggregateFn fn = aggregate_fn(node.kind);
  const bool may_be_condition = fn == AggregateFn::kDistinct || takes_last_row(fn);
  if (node.window || !node.value || may_be_condition) return false;
  const auto* within = std::get_if<ast::WithinWindow>(&scope.ast[*node.value].node);
  if (within == nullptr || within->is_negated) return false;
  const std::string right = fmt::format("{} within {}: {}", relation_words(ctx, node), words(ctx, within->window.span),
                                        words(ctx, scope.ast[within->operand].span));
  report(
      ctx, DiagnosticKind::kInvalidWindow, within->window.span,
      fmt::format("the window says which rows of `{}` count, so it stands behind that name; write `{}`", relation_words(ctx, node), right),
      fmt::format("write `{}`", right), Edit{cover(node.relation.span, scope.ast[*node.value].span), right});
  return true;
}

// Whether the parts fit the aggregate; reports what does not.
bool check_form(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Aggregate& node) {
  const AggregateFn fn = aggregate_fn(node.kind);
  const std::string_view name = ast::aggregate_name(node.kind);
  const std::string relation = relation_words(ctx, node);
  if (report_window_after_value(ctx, scope, node)) return false;
  if (takes_value(fn) && !node.value) {
    report(ctx, DiagnosticKind::kWrongArguments, expr.span,
           fmt::format("`{0}` needs to know which value of `{1}` is meant; write it after a colon, as in `{0}({1}: … )`", name, relation));
    return false;
  }
  if (!takes_value(fn) && node.value) {
    const std::string value = words(ctx, scope.ast[*node.value].span);
    const std::string advice = fn == AggregateFn::kCount
                                   ? fmt::format("to count different values write `distinct({}: {})`", relation, value)
                                   : fmt::format("write the condition after `where`, as in `{}({} where {})`", name, relation, value);
    report(ctx, DiagnosticKind::kWrongArguments, expr.span,
           fmt::format("`{}` looks at rows and takes no value after a colon; {}", name, advice));
    return false;
  }
  if ((fn == AggregateFn::kEvery || fn == AggregateFn::kShare) && !node.where) {
    report(ctx, DiagnosticKind::kMissingClause, expr.span,
           fmt::format("`{0}` needs a condition to test; write `{0}({1} where …)`", name, relation));
    return false;
  }
  return true;
}

}  // namespace

void report_no_time_column(Context& ctx, const SchemaTable& table, Span span, std::string_view what) {
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kNoTimeColumn, span,
             fmt::format("{} needs to know when a row of `{}` was; add `time:` with a date or timestamp column to it in the schema", what,
                         table.name));
  diagnostic.notes.push_back(make_note(fmt::format("`{}` is declared here", table.name), table.span));
}

// The condition that a row lies in the aggregate's window.
std::optional<ExprId> check_rows_within(Context& ctx, const Scope& scope, FrameId rows, const ast::Window& window) {
  const SchemaTable& table = table_of(ctx, rows);
  if (!table.time) {
    report_no_time_column(ctx, table, window.span, fmt::format("`within {}`", words(ctx, window.span)));
    return std::nullopt;
  }
  const Value time = make(ctx, ColumnRead{*table.time}, table.columns[*table.time].type, rows, window.span);
  const std::optional<WindowId> id =
      check_window(ctx, scope, window,
                   Value{.is_failed = false, .number = {}, .id = time.id, .type = time.type, .span = table.columns[*table.time].span});
  if (!id) return std::nullopt;
  return make_predicate(ctx, Within{time.id, *id}, rows, window.span).id;
}

namespace {

bool report_value(Context& ctx, const ast::Aggregate& node, const Value& value, std::string_view takes, std::string_view advice) {
  report(ctx, DiagnosticKind::kTypeMismatch, value.span,
         fmt::format("`{}` takes {}, and {} is {}{}", ast::aggregate_name(node.kind), takes, code(ctx, value.span),
                     describe(ctx, value.type), advice));
  return false;
}

bool check_value_type(Context& ctx, const ast::Aggregate& node, const Value& value) {
  const AggregateFn fn = aggregate_fn(node.kind);
  const Kind kind = value.type.kind;
  if (fn == AggregateFn::kSum || fn == AggregateFn::kAvg) {
    if (is_number(value.type)) return true;
    if (kind == Kind::kBool)
      return report_value(ctx, node, value, "a number",
                          fmt::format("; to count rows write `count({0} where {1})`, for their part `share({0} where {1})`",
                                      relation_words(ctx, node), words(ctx, value.span)));
    if (kind == Kind::kDays) return report_value(ctx, node, value, "a number", "; count the days with `days_since(…)` or `days_until(…)`");
    return report_value(ctx, node, value, "a number", "; name a number");
  }
  if (kind == Kind::kList)
    return report_value(ctx, node, value, "a single value", "; ask what lists hold with `any(… where … has any [..])`");
  if (fn != AggregateFn::kMin && fn != AggregateFn::kMax) return true;
  if (kind == Kind::kBool) return report_value(ctx, node, value, "a value that has an order", "; use `any` or `every`");
  if (kind == Kind::kEnum && !ctx.program.enums[value.type.enum_id].ordered) {
    report(ctx, DiagnosticKind::kNotOrdered, value.span,
           fmt::format("`{}` needs an order, and the values of {} have none; give it `ordered: true` in the schema",
                       ast::aggregate_name(node.kind), code(ctx, value.span)));
    return false;
  }
  return true;
}

Type result_type(AggregateFn fn, const Value& value) {
  switch (fn) {
    case AggregateFn::kAny:
    case AggregateFn::kNone:
    case AggregateFn::kEvery: return type_of_kind(Kind::kBool);
    case AggregateFn::kCount:
    case AggregateFn::kDistinct: return type_of_kind(Kind::kInt);
    case AggregateFn::kShare: return type_of_kind(Kind::kFloat, true);
    case AggregateFn::kAvg: {
      Type type = type_of_kind(Kind::kFloat, true);
      type.unit = value.type.unit;
      return type;
    }
    case AggregateFn::kSum: {
      Type type = value.type;
      type.optional = false;
      return type;
    }
    default: {
      Type type = value.type;
      type.optional = true;
      return type;
    }
  }
}

}  // namespace

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Aggregate& node) {
  const std::optional<RelationPath> path = resolve_relation(ctx, scope, node.relation);
  if (!path || !check_form(ctx, scope, expr, node)) return {};
  const AggregateFn fn = aggregate_fn(node.kind);
  Aggregate made;
  made.fn = fn;
  made.rows = frame_of_relation(ctx, scope, *path, expr.span);
  const Scope inner = in_frame(scope, made.rows);
  bool is_failed = false;
  if (takes_last_row(fn) && !table_of(ctx, made.rows).time) {
    report_no_time_column(ctx, table_of(ctx, made.rows), node.kind_span, fmt::format("`{}`", ast::aggregate_name(node.kind)));
    is_failed = true;
  }
  if (node.window) {
    made.within = check_rows_within(ctx, scope, made.rows, *node.window);
    is_failed = is_failed || !made.within;
  }
  Value value;
  if (node.value) {
    value = settled(ctx, check_expr(ctx, inner, *node.value));
    is_failed = is_failed || value.is_failed || !check_value_type(ctx, node, value);
    made.value = value.id;
  }
  if (node.where) {
    made.where = check_predicate(ctx, inner, *node.where);
    is_failed = is_failed || !made.where;
  }
  if (is_failed) return {};
  return make(ctx, made, result_type(fn, value), frame_around(ctx, made.rows, path->steps.size()), expr.span);
}

}  // namespace segue::checker
