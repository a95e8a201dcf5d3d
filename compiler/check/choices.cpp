// Tiers and stages: rows of which the first, or the last, that holds gives the value.
#include <utility>

#include <fmt/format.h>

#include "compiler/check/bodies.h"
#include "compiler/check/expr.h"
#include "compiler/check/population.h"

namespace segue::checker {
namespace {

// The names of the values and their titles: the rows in their order, `otherwise` behind the tiers, and before all stages, since who is in none has come the
// least far.
template <typename Decl>
std::vector<const ast::Name*> names_of(const Decl& decl, std::vector<std::string>& titles) {
  constexpr bool kIsStages = std::is_same_v<Decl, ast::StagesDecl>;
  std::vector<const ast::Name*> names;
  const auto add = [&](const auto& row) {
    names.push_back(&row.name);
    titles.push_back(row.title ? row.title->text : std::string());
  };
  if (kIsStages && decl.otherwise) add(*decl.otherwise);
  for (const ast::Row& row : decl.rows) add(row);
  if (!kIsStages && decl.otherwise) add(*decl.otherwise);
  return names;
}

// Those that meet a row's own condition and none of the rows before it.
ExprId left_over(Context& ctx, ExprId own, const std::vector<ChoiceRow>& earlier) {
  if (earlier.empty()) return own;
  const Expr first = ctx.program.expr(own);
  std::vector<ExprId> operands = {own};
  FrameId frame = first.frame;
  for (const ChoiceRow& row : earlier) {
    const Expr taken = ctx.program.expr(row.condition);
    operands.push_back(make_predicate(ctx, Not{row.condition}, taken.frame, taken.span).id);
    frame = inner_frame(ctx, frame, taken.frame);
  }
  return make_predicate(ctx, And{std::move(operands)}, frame, first.span).id;
}

std::optional<ExprId> check_row(Context& ctx, const Scope& scope, const ast::Row& row, const std::vector<ChoiceRow>& earlier) {
  std::optional<Ranking> ranking;
  if (row.top) ranking = check_ranking(ctx, scope, *row.top);
  const std::optional<ExprId> own = check_conditions(ctx, scope, row.condition, row.except);
  if (!own || (row.top && !ranking)) return std::nullopt;
  if (!ranking) return own;
  return make_top(ctx, scope, *ranking, left_over(ctx, *own, earlier), cover(scope.ast[row.condition].span, row.top->span));
}

template <typename Decl>
std::optional<Definition> check_choice(Context& ctx, const Scope& scope, const Decl& decl, DefinitionKind kind, Span span) {
  Definition definition = described(decl, kind);
  Choice choice;
  choice.last_wins = kind == DefinitionKind::kStages;
  std::optional<Type> type = type_of_rows(ctx, decl.name.text, names_of(decl, definition.value_titles), choice.last_wins);
  bool is_failed = !type;
  const std::uint32_t first = choice.last_wins && decl.otherwise ? 1 : 0;
  for (std::uint32_t i = 0; i < decl.rows.size(); ++i) {
    const std::optional<ExprId> condition = check_row(ctx, scope, decl.rows[i], choice.rows);
    is_failed = is_failed || !condition;
    if (condition) choice.rows.push_back({*condition, first + i});
  }
  if (is_failed) return std::nullopt;
  if (decl.otherwise) choice.otherwise = choice.last_wins ? 0 : static_cast<std::uint32_t>(decl.rows.size());
  type->optional = !decl.otherwise;
  definition.body = make(ctx, std::move(choice), *type, kAccountFrame, span).id;
  return definition;
}

}  // namespace

std::optional<Definition> check_tiers(Context& ctx, const Scope& scope, const ast::TiersDecl& tiers, Span span) {
  return check_choice(ctx, scope, tiers, DefinitionKind::kTiers, span);
}

std::optional<Definition> check_stages(Context& ctx, const Scope& scope, const ast::StagesDecl& stages, Span span) {
  bool has_top = false;
  for (const ast::Row& row : stages.rows) {
    if (!row.top) continue;
    has_top = true;
    report(ctx, DiagnosticKind::kMisplacedClause, row.top->span,
           fmt::format("{} does not belong in stages, where the last row that holds wins; rank in a segment, and name it in the row",
                       code(ctx, row.top->span)));
  }
  std::optional<Definition> definition = check_choice(ctx, scope, stages, DefinitionKind::kStages, span);
  return has_top ? std::nullopt : definition;
}

}  // namespace segue::checker
