// Which `not`s stand in the text, and which are only meant.
#include "compiler/interpret/condition_text.h"

#include <optional>
#include <string_view>

#include "compiler/interpret/written_text.h"

namespace segue {
namespace {

template <typename Node>
const Node* node_of(const Expr& expr) {
  return std::get_if<Node>(&expr.node);
}

// The operand whose end the negating word of `x not in s` follows.
std::optional<ExprId> tested_operand(const Expr& expr) {
  if (const auto* node = node_of<Between>(expr)) return node->operand;
  if (const auto* node = node_of<InSet>(expr)) return node->operand;
  if (const auto* node = node_of<TextTest>(expr)) return node->operand;
  if (const auto* node = node_of<Matches>(expr)) return node->operand;
  if (const auto* node = node_of<Within>(expr)) return node->operand;
  if (const auto* node = node_of<IsKnown>(expr)) return node->operand;
  return std::nullopt;
}

// For an operand that does not stand in the condition's own text.
bool has_negating_word(std::string_view text) { return text.ends_with(" is missing") || text.find(" not ") != std::string_view::npos; }

bool is_written_negated(const CheckedProgram& program, const SourceMap& sources, ExprId id) {
  const Expr& expr = program.expr(id);
  const std::optional<ExprId> operand = tested_operand(expr);
  if (!operand) return false;
  Span rest = expr.span;
  const Span& before = program.expr(*operand).span;
  if (before.source != rest.source || before.end < rest.begin || before.end > rest.end)
    return has_negating_word(written_text(sources, rest));
  rest.begin = before.end;
  const std::string text = written_text(sources, rest);
  return node_of<IsKnown>(expr) ? text.ends_with("missing") : next_word_is(text, 0, "not");
}

}  // namespace

PeeledCondition peel_condition(const CheckedProgram& program, const SourceMap& sources, ExprId id) {
  PeeledCondition peeled{.inner = id};
  const Span span = program.expr(id).span;
  for (const auto* negation = node_of<Not>(program.expr(id)); negation && program.expr(negation->operand).span == span;
       negation = node_of<Not>(program.expr(peeled.inner))) {
    peeled.is_negated = !peeled.is_negated;
    peeled.inner = negation->operand;
  }
  peeled.adds_not = peeled.is_negated != is_written_negated(program, sources, peeled.inner);
  return peeled;
}

bool is_compound_condition(const Expr& expr) {
  return node_of<And>(expr) || node_of<Or>(expr) || node_of<Not>(expr) || node_of<Aggregate>(expr) || node_of<DefinitionRead>(expr) ||
         node_of<Percentile>(expr) || node_of<Sequence>(expr) || node_of<TopOf>(expr);
}

std::string condition_text(const CheckedProgram& program, const SourceMap& sources, ExprId id) {
  const PeeledCondition peeled = peel_condition(program, sources, id);
  const Expr& inner = program.expr(peeled.inner);
  std::string text = written_text(sources, inner.span);
  if (!peeled.adds_not) return text;
  const bool needs_brackets = node_of<And>(inner) || node_of<Or>(inner);
  return needs_brackets ? "not (" + text + ")" : "not " + text;
}

}  // namespace segue
