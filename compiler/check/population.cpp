// `top` and `percentile`: how a row stands among all.
#include "compiler/check/population.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"

namespace segue::checker {
namespace {

// Whether values of that kind come one after another; reports where they do not.
bool check_order(Context& ctx, const Value& value, std::string_view construct) {
  if (value.type.kind == Kind::kBool || value.type.kind == Kind::kList) {
    report(ctx, DiagnosticKind::kTypeMismatch, value.span,
           fmt::format("`{}` ranks by a value that has an order, and {} is {}; name a number or a date", construct, code(ctx, value.span),
                       describe(ctx, value.type)));
    return false;
  }
  if (value.type.kind != Kind::kEnum || ctx.program.enums[value.type.enum_id].ordered) return true;
  report(ctx, DiagnosticKind::kNotOrdered, value.span,
         fmt::format("`{}` needs an order, and the values of {} have none; name a number or a date{}", construct, code(ctx, value.span),
                     is_declared_by_rules(ctx, value.type.enum_id) ? "" : ", or give it `ordered: true` in the schema"));
  return false;
}

void report_top(Context& ctx, Span span, std::string message) { report(ctx, DiagnosticKind::kInvalidTop, span, std::move(message)); }

bool set_share(Context& ctx, const Scope& scope, const ast::Top& top, Ranking& ranking) {
  const ast::Expr& written = scope.ast[top.count];
  const ast::ExactNumber share = ast::exact_number(std::get<ast::NumberLiteral>(written.node));
  const Type type = own_type(share);
  const std::expected<Constant, std::string> constant = constant_of_number(share, type);
  if (!constant) {
    report(ctx, DiagnosticKind::kInvalidLiteral, written.span, fmt::format("{} {}", code(ctx, written.span), constant.error()));
    return false;
  }
  ranking.share = std::get<std::int64_t>(*constant);
  ranking.share_scale = type.scale;
  std::int64_t whole = 1;
  for (std::uint8_t i = 0; i < type.scale; ++i) whole *= 10;
  if (ranking.share > 0 && ranking.share <= whole) return true;
  report_top(ctx, written.span,
             fmt::format("{} of all is {}; write a percentage above 0% and up to 100%, as in `top 10% by …`", code(ctx, written.span),
                         ranking.share > 0 ? "more than there is" : "nothing"));
  return false;
}

bool set_count(Context& ctx, const Scope& scope, const ast::Top& top, Ranking& ranking) {
  const std::optional<Count> count = constant_count(ctx, scope, top.count);
  if (!count) return false;
  if (count->is_literal && count->value < 1) {
    report_top(ctx, scope.ast[top.count].span,
               fmt::format("`top {}` keeps nothing; write a whole number of at least 1", words(ctx, scope.ast[top.count].span)));
    return false;
  }
  ranking.count = std::max<std::int64_t>(count->value, 0);
  return true;
}

bool check_key(Context& ctx, const Scope& scope, Span span) {
  const SchemaTable& table = table_of(ctx, scope.frame);
  if (table.key) return true;
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kNoRowKey, span,
             fmt::format("`top` settles ties by the key of the rows, and `{}` has none; add `key:` with the column that "
                         "names a row to it in the schema",
                         table.name));
  diagnostic.notes.push_back(make_note(fmt::format("`{}` is declared here", table.name), table.span));
  return false;
}

// Whether an operand of `percentile` speaks of the account; reports where it speaks of a related row.
bool check_about_account(Context& ctx, ExprId id, Span span) {
  const FrameId frame = ctx.program.expr(id).frame;
  if (frame == kAccountFrame) return true;
  report(
      ctx, DiagnosticKind::kWrongArguments, span,
      fmt::format("`percentile` compares accounts with each other, and {} belongs to a row of `{}`; name a column or a definition of the "
                  "account",
                  code(ctx, span), table_of(ctx, frame).name));
  return false;
}

}  // namespace

DefinitionId add_hidden(Context& ctx, ExprId body, FrameId frame, Span span) {
  Definition hidden;
  hidden.kind = DefinitionKind::kDefine;
  hidden.frame = frame;
  hidden.body = body;
  hidden.name_span = span;
  hidden.span = span;
  ctx.program.definitions.push_back(std::move(hidden));
  return static_cast<DefinitionId>(ctx.program.definitions.size() - 1);
}

std::optional<Ranking> check_ranking(Context& ctx, const Scope& scope, const ast::Top& top) {
  Ranking ranking;
  ranking.by_span = scope.ast[top.by].span;
  const bool is_counted = top.is_share ? set_share(ctx, scope, top, ranking) : set_count(ctx, scope, top, ranking);
  const bool has_key = check_key(ctx, scope, top.span);
  const Value by = settled(ctx, check_expr(ctx, scope, top.by));
  if (by.is_failed || !check_order(ctx, by, "top") || !is_counted || !has_key) return std::nullopt;
  ranking.by = by.id;
  return ranking;
}

ExprId make_top(Context& ctx, const Scope& scope, const Ranking& ranking, ExprId candidates, Span span) {
  TopOf top;
  top.candidates = add_hidden(ctx, candidates, scope.frame, ctx.program.expr(candidates).span);
  top.by = add_hidden(ctx, ranking.by, scope.frame, ranking.by_span);
  top.count = ranking.count;
  top.share = ranking.share;
  top.share_scale = ranking.share_scale;
  return make_predicate(ctx, top, scope.frame, span).id;
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Percentile& node) {
  const Value written = check_expr(ctx, scope, node.value);
  const Value value = settled(ctx, written);
  std::optional<ExprId> among;
  if (node.among) among = check_predicate(ctx, scope, *node.among);
  if (value.is_failed || (node.among && !among)) return {};
  if (written.number) {
    report(ctx, DiagnosticKind::kWrongArguments, value.span,
           fmt::format("{0} is the same for all accounts; name what they are ranked by, and compare its `percentile`, as in "
                       "`percentile(revenue) >= 90%`",
                       code(ctx, value.span)));
    return {};
  }
  bool is_sound = check_order(ctx, value, "percentile");
  is_sound = check_about_account(ctx, value.id, value.span) && is_sound;
  if (among) is_sound = check_about_account(ctx, *among, scope.ast[*node.among].span) && is_sound;
  if (!is_sound) return {};
  Percentile made;
  made.value = add_hidden(ctx, value.id, kAccountFrame, value.span);
  if (among) made.among = add_hidden(ctx, *among, kAccountFrame, scope.ast[*node.among].span);
  return make(ctx, made, type_of_kind(Kind::kFloat, value.type.optional || among.has_value()), kAccountFrame, expr.span);
}

}  // namespace segue::checker
