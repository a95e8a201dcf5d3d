// The bodies of segments, scores, definitions and audiences, and what the bodies of all constructs share.
#include "compiler/check/bodies.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/definitions.h"
#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/population.h"

namespace segue::checker {
namespace {

// The body of a segment or an audience: its conditions, and of those that meet them the greatest where there is a `top`.
template <typename Decl>
std::optional<Definition> check_members(Context& ctx, const Scope& scope, const Decl& decl, DefinitionKind kind) {
  if (!decl.where) return std::nullopt;
  Definition definition = described(decl, kind);
  std::optional<Ranking> ranking;
  if (decl.top) ranking = check_ranking(ctx, scope, *decl.top);
  const std::optional<ExprId> conditions = check_conditions(ctx, scope, decl.where, decl.except);
  if (!conditions || (decl.top && !ranking)) return std::nullopt;
  definition.body = *conditions;
  if (ranking) definition.body = make_top(ctx, scope, *ranking, *conditions, cover(scope.ast[*decl.where].span, decl.top->span));
  return definition;
}

std::optional<ScoreTerm> check_term(Context& ctx, const Scope& scope, const ast::Term& term) {
  const Value value = settled(ctx, check_expr(ctx, scope, term.value));
  std::optional<ExprId> when;
  if (term.when) when = check_predicate(ctx, scope, *term.when);
  if (value.is_failed || (term.when && !when)) return std::nullopt;
  if (is_number(value.type)) return ScoreTerm{value.id, when, term.is_subtracted, term.span};
  const std::string advice =
      value.type.kind == Kind::kBool ? fmt::format("say how much it counts, as in `+10 when {}`", words(ctx, value.span)) : "name a number";
  report(ctx, DiagnosticKind::kTypeMismatch, value.span,
         fmt::format("a term of a score is a number, and {} is {}; {}", code(ctx, value.span), describe(ctx, value.type), advice));
  return std::nullopt;
}

std::optional<double> range_bound(Context& ctx, const Scope& scope, ast::ExprId id) {
  const Value value = check_expr(ctx, scope, id);
  if (value.is_failed) return std::nullopt;
  const Value bound = settled_as(ctx, value, type_of_kind(Kind::kFloat), "`range`");
  const auto* constant = bound.is_failed ? nullptr : std::get_if<Literal>(&expr_of(ctx, bound).node);
  const auto* number = constant == nullptr ? nullptr : std::get_if<double>(&constant->value);
  if (number != nullptr) return *number;
  if (!bound.is_failed)
    report(ctx, DiagnosticKind::kNotConstant, value.span,
           fmt::format("`range` takes fixed numbers, as in `range 0..100`; {} is none", code(ctx, value.span)));
  return std::nullopt;
}

// The range of a score; `is_failed` is set where it was reported.
std::optional<std::pair<double, double>> check_range(Context& ctx, const Scope& scope, const ast::ScoreDecl& score, bool& is_failed) {
  if (!score.range) return std::nullopt;
  const std::optional<double> low = range_bound(ctx, scope, score.range->low);
  const std::optional<double> high = range_bound(ctx, scope, score.range->high);
  is_failed = is_failed || !low || !high;
  if (!low || !high) return std::nullopt;
  if (*low <= *high) return std::pair(*low, *high);
  report(ctx, DiagnosticKind::kInvalidLiteral, score.range->span,
         fmt::format("{} ends below its start; write the smaller number first", code(ctx, score.range->span)));
  is_failed = true;
  return std::nullopt;
}

std::optional<Definition> check_score(Context& ctx, const Scope& scope, const ast::ScoreDecl& score, Span span) {
  Definition definition = described(score, DefinitionKind::kScore);
  ScoreSum sum;
  bool is_failed = false;
  sum.range = check_range(ctx, scope, score, is_failed);
  FrameId frame = kAccountFrame;
  for (const ast::Term& term : score.terms) {
    const std::optional<ScoreTerm> made = check_term(ctx, scope, term);
    is_failed = is_failed || !made;
    if (!made) continue;
    frame = inner_frame(ctx, frame, ctx.program.expr(made->value).frame);
    sum.terms.push_back(*made);
  }
  if (is_failed) return std::nullopt;
  definition.body = make(ctx, std::move(sum), type_of_kind(Kind::kFloat), frame, span).id;
  return definition;
}

std::optional<Definition> check_define(Context& ctx, const Scope& scope, const ast::DefineDecl& define) {
  if (!define.body) return std::nullopt;
  const Value body = settled(ctx, check_expr(ctx, scope, *define.body));
  if (body.is_failed) return std::nullopt;
  Definition definition;
  definition.kind = DefinitionKind::kDefine;
  definition.body = body.id;
  return definition;
}

// The construct of a declaration; only delegates.
struct BodyOf {
  Context& ctx;
  const Scope& scope;
  Span span;

  using Body = std::optional<Definition>;
  Body operator()(const ast::SegmentDecl& decl) const { return check_members(ctx, scope, decl, DefinitionKind::kSegment); }
  Body operator()(const ast::AudienceDecl& decl) const { return check_members(ctx, scope, decl, DefinitionKind::kAudience); }
  Body operator()(const ast::ScoreDecl& decl) const { return check_score(ctx, scope, decl, span); }
  Body operator()(const ast::DefineDecl& decl) const { return check_define(ctx, scope, decl); }
  Body operator()(const ast::TiersDecl& decl) const { return check_tiers(ctx, scope, decl, span); }
  Body operator()(const ast::StagesDecl& decl) const { return check_stages(ctx, scope, decl, span); }
  Body operator()(const ast::GridDecl& decl) const { return check_grid(ctx, scope, decl, span); }
  Body operator()(const ast::SplitDecl& decl) const { return check_split(ctx, scope, decl, span); }
  template <typename Other>
  Body operator()(const Other&) const {
    return std::nullopt;
  }
};

}  // namespace

std::vector<std::string> metadata_values(const std::vector<ast::Metadata>& metadata, std::string_view key) {
  std::vector<std::string> values;
  for (const ast::Metadata& entry : metadata) {
    if (entry.key.text != key) continue;
    for (const ast::TextValue& value : entry.values) values.push_back(value.text);
  }
  return values;
}

std::string metadata_text(const std::vector<ast::Metadata>& metadata, std::string_view key) {
  return fmt::format("{}", fmt::join(metadata_values(metadata, key), ", "));
}

std::optional<ExprId> check_conditions(Context& ctx, const Scope& scope, std::optional<ast::ExprId> where,
                                       std::span<const ast::ExprId> except) {
  std::vector<ExprId> operands;
  bool is_failed = false;
  if (where) {
    const std::optional<ExprId> first = check_predicate(ctx, scope, *where);
    is_failed = !first;
    if (first) operands.push_back(*first);
  }
  for (const ast::ExprId id : except) {
    const std::optional<ExprId> operand = check_predicate(ctx, scope, id);
    is_failed = is_failed || !operand;
    if (!operand) continue;
    const Expr excluded = ctx.program.expr(*operand);
    operands.push_back(make_predicate(ctx, Not{*operand}, excluded.frame, excluded.span).id);
  }
  if (is_failed || operands.empty()) return std::nullopt;
  if (operands.size() == 1) return operands.front();
  FrameId frame = kAccountFrame;
  for (const ExprId operand : operands) frame = inner_frame(ctx, frame, ctx.program.expr(operand).frame);
  const Span first = scope.ast[where ? *where : except.front()].span;
  return make_predicate(ctx, And{std::move(operands)}, frame, cover(first, scope.ast[except.back()].span)).id;
}

std::optional<Type> type_of_rows(Context& ctx, std::string_view definition, std::span<const ast::Name* const> names, bool is_ordered) {
  EnumType rows;
  rows.name = definition;
  rows.ordered = is_ordered;
  std::map<std::string_view, Span> seen;
  bool is_failed = false;
  for (const ast::Name* name : names) {
    rows.values.push_back(name->text);
    const auto [place, is_new] = seen.try_emplace(name->text, name->span);
    if (is_new) continue;
    is_failed = true;
    Diagnostic& diagnostic = report(ctx, DiagnosticKind::kDuplicateDefinition, name->span,
                                    fmt::format("`{}` has two values called `{}`; give one of them another name", definition, name->text));
    diagnostic.notes.push_back(make_note(fmt::format("the other `{}` stands here", name->text), place->second));
  }
  if (is_failed) return std::nullopt;
  Type type = type_of_kind(Kind::kEnum);
  type.enum_id = intern_enum(ctx.program.enums, std::move(rows));
  return type;
}

std::optional<Definition> check_body(Context& ctx, const Scope& scope, const ast::Declaration& declaration) {
  return std::visit(BodyOf{ctx, scope, declaration.span}, declaration.node);
}

}  // namespace segue::checker
