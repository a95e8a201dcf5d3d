// Operands of `and` and `or` at any depth, each with what else decides where it stands.
#include <algorithm>
#include <utility>

#include "bindings/cpp/prove/claims.h"

namespace segue {
namespace {

const std::vector<ExprId>* junction_operands(const Node& node) {
  if (const auto* all = std::get_if<And>(&node)) return &all->operands;
  if (const auto* any = std::get_if<Or>(&node)) return &any->operands;
  return nullptr;
}

// The operands with those of the same kind inside them, in the order of the text.
std::vector<ExprId> flat_clauses(const CheckedProgram& program, ExprId id) {
  const std::size_t kind = program.expr(id).node.index();
  std::vector<ExprId> open = {id};
  std::vector<ExprId> flat;
  while (!open.empty()) {
    const ExprId next = open.back();
    open.pop_back();
    const Node& node = program.expr(next).node;
    if (node.index() != kind) {
      flat.push_back(next);
      continue;
    }
    const std::vector<ExprId>& operands = *junction_operands(node);
    open.insert(open.end(), operands.rbegin(), operands.rend());
  }
  return flat;
}

// Of longer chains no clause is looked at, and of what stands around a clause no more: to leave out the rest only makes a claim harder to prove.
constexpr std::size_t kMostOperands = 128;
constexpr std::size_t kMostAround = 512;

// `x is known`, `x is missing`: they answer the warning about values that may be missing, and say what is meant even where the rest implies it.
bool asks_for_presence(const CheckedProgram& program, ExprId id) {
  const Node& node = program.expr(id).node;
  const auto* negated = std::get_if<Not>(&node);
  return std::holds_alternative<IsKnown>(negated == nullptr ? node : program.expr(negated->operand).node);
}

// A part of a condition that is still to be looked at.
struct OpenPart {
  ExprId expr{};
  std::vector<Assertion> around;
  std::vector<ExprId> enclosing;
};

void add_clauses(const CheckedProgram& program, std::size_t condition, OpenPart part, std::vector<OpenPart>& open,
                 std::vector<ClauseInside>& found) {
  if (const auto* negated = std::get_if<Not>(&program.expr(part.expr).node)) {
    part.expr = negated->operand;
    open.push_back(std::move(part));
    return;
  }
  if (junction_operands(program.expr(part.expr).node) == nullptr) return;
  const bool is_and = std::holds_alternative<And>(program.expr(part.expr).node);
  const std::vector<ExprId> operands = flat_clauses(program, part.expr);
  if (operands.size() > kMostOperands) return;
  for (const ExprId clause : operands) {
    std::vector<Assertion> around = part.around;
    for (const ExprId sibling : operands) {
      if (sibling != clause && around.size() < kMostAround) around.push_back({sibling, is_and});
    }
    std::vector<ExprId> enclosing = part.enclosing;
    enclosing.push_back(clause);
    open.push_back({clause, around, std::move(enclosing)});
    if (asks_for_presence(program, clause)) continue;
    found.push_back({.condition = condition,
                     .expr = clause,
                     .junction = part.expr,
                     .is_in_and = is_and,
                     .around = std::move(around),
                     .enclosing = part.enclosing});
  }
}

}  // namespace

std::vector<ClauseInside> clauses_inside(const CheckedProgram& program, std::span<const StandingCondition> conditions) {
  std::vector<ClauseInside> found;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    std::vector<OpenPart> open = {{conditions[i].expr, conditions[i].given, {}}};
    while (!open.empty()) {
      OpenPart part = std::move(open.back());
      open.pop_back();
      add_clauses(program, i, std::move(part), open, found);
    }
  }
  return found;
}

Claim never_matters(std::span<const StandingCondition> conditions, const ClauseInside& clause, std::span<const ExprId> left_out) {
  Claim claim{.frame = conditions[clause.condition].frame, .assertions = {}, .differ = {}, .wants_example = false};
  for (const Assertion& assertion : clause.around) {
    if (std::ranges::find(left_out, assertion.predicate) == left_out.end()) claim.assertions.push_back(assertion);
  }
  claim.assertions.push_back({clause.expr, !clause.is_in_and});
  return claim;
}

}  // namespace segue
