// Conditions that stand by themselves: bodies, rows, terms, and those of related rows inside them.
#include "bindings/cpp/prove/claims.h"

#include <algorithm>
#include <set>

#include "compiler/check/walk.h"

namespace segue {
namespace {

struct ConditionFinder {
  const CheckedProgram& program;
  std::vector<StandingCondition>& found;

  void add(StandingCondition condition) { found.push_back(std::move(condition)); }

  // The condition that a `top` ranks under; of a row of tiers what it says itself, without the rows before it.
  [[nodiscard]] ExprId candidates(ExprId expr, std::size_t rows_before) const {
    const auto* top = std::get_if<TopOf>(&program.expr(expr).node);
    if (top == nullptr) return expr;
    const ExprId body = program.definition(top->candidates).body;
    const auto* all = std::get_if<And>(&program.expr(body).node);
    const bool is_left_over = rows_before > 0 && all != nullptr && all->operands.size() == rows_before + 1 &&
                              program.expr(all->operands.front()).span == program.expr(body).span;
    return is_left_over ? all->operands.front() : body;
  }

  void add_body(DefinitionId id, ExprId body) {
    add({.definition = id,
         .role = ConditionRole::kBody,
         .expr = candidates(body, 0),
         .frame = program.definition(id).frame,
         .given = {},
         .row = 0});
  }

  void add_rows(DefinitionId id, const Choice& choice) {
    for (std::uint32_t i = 0; i < choice.rows.size(); ++i) {
      add({.definition = id,
           .role = ConditionRole::kRow,
           .expr = candidates(choice.rows[i].condition, i),
           .frame = program.definition(id).frame,
           .given = {},
           .row = i});
    }
  }

  void add_terms(DefinitionId id, const ScoreSum& score) {
    for (const ScoreTerm& term : score.terms) {
      if (!term.when) continue;
      add({.definition = id,
           .role = ConditionRole::kTerm,
           .expr = *term.when,
           .frame = program.definition(id).frame,
           .given = {},
           .row = 0});
    }
  }

  void add_outer(DefinitionId id) {
    const ExprId body = program.definition(id).body;
    const Expr& expr = program.expr(body);
    if (const auto* choice = std::get_if<Choice>(&expr.node)) return add_rows(id, *choice);
    if (const auto* score = std::get_if<ScoreSum>(&expr.node)) return add_terms(id, *score);
    const auto* grid = std::get_if<GridCell>(&expr.node);
    const auto* split = std::get_if<SplitPart>(&expr.node);
    if (grid != nullptr && grid->where) {
      add({.definition = id, .role = ConditionRole::kGrid, .expr = *grid->where, .frame = expr.frame, .given = {}, .row = 0});
    } else if (split != nullptr && split->population) {
      add_body(id, *split->population);
    } else if (expr.type.kind == Kind::kBool) {
      add_body(id, body);
    }
  }

  void add_related(DefinitionId id, const Aggregate& aggregate) {
    if (!aggregate.where) return;
    const bool is_tested = aggregate.fn == AggregateFn::kEvery || aggregate.fn == AggregateFn::kShare;
    StandingCondition condition{.definition = id,
                                .role = is_tested ? ConditionRole::kEveryRow : ConditionRole::kRows,
                                .expr = *aggregate.where,
                                .frame = aggregate.rows,
                                .given = {},
                                .row = 0};
    if (aggregate.within) condition.given.push_back({*aggregate.within, true});
    add(std::move(condition));
  }

  // All aggregates and sequences below the body, however deep.
  void add_inner(DefinitionId id) {
    std::vector<ExprId> open = {program.definition(id).body};
    if (const auto* top = std::get_if<TopOf>(&program.expr(open.front()).node)) open = {program.definition(top->candidates).body};
    std::set<ExprId> is_seen;
    while (!open.empty()) {
      const ExprId next = open.back();
      open.pop_back();
      if (!is_seen.insert(next).second) continue;
      const Node& node = program.expr(next).node;
      if (const auto* aggregate = std::get_if<Aggregate>(&node)) add_related(id, *aggregate);
      if (const auto* sequence = std::get_if<Sequence>(&node)) {
        for (const ExprId step : sequence->steps)
          add({.definition = id, .role = ConditionRole::kStep, .expr = step, .frame = sequence->rows, .given = {}, .row = 0});
      }
      for_each_operand(node, [&](ExprId operand) { open.push_back(operand); });
    }
  }
};

}  // namespace

std::vector<StandingCondition> standing_conditions(const CheckedProgram& program, std::span<const DefinitionId> definitions) {
  std::vector<StandingCondition> found;
  ConditionFinder finder{program, found};
  for (const DefinitionId id : definitions) {
    finder.add_outer(id);
    finder.add_inner(id);
  }
  return found;
}

Claim never_holds(const StandingCondition& condition) {
  Claim claim{.frame = condition.frame, .assertions = condition.given, .differ = {}};
  claim.assertions.push_back({condition.expr, true});
  return claim;
}

Claim always_holds(const StandingCondition& condition) {
  Claim claim = never_holds(condition);
  claim.assertions.back().holds = false;
  return claim;
}

std::vector<DefinitionId> named_definitions(const CheckedProgram& program, std::span<const SourceId> prelude) {
  std::vector<DefinitionId> named;
  for (std::uint32_t i = 0; i < program.definitions.size(); ++i) {
    const Definition& definition = program.definitions[i];
    const bool is_of_prelude = std::ranges::find(prelude, definition.name_span.source) != prelude.end();
    if (!definition.name.empty() && !is_of_prelude) named.push_back(static_cast<DefinitionId>(i));
  }
  return named;
}

}  // namespace segue
