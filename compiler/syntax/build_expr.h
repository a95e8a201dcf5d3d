// This file's external interface is `ExprBuilder`: the expressions, names and windows of a declaration's tree. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/build.h"
#include "compiler/syntax/cursor.h"

namespace segue {

class ExprBuilder {
 public:
  using P = antlr::SegueParser;

  explicit ExprBuilder(BuildContext& context) : context_(context) {}

  // An expression, and the text that it takes with the parentheses around it.
  struct Built {
    ast::ExprId id{};
    Span outer;
  };

  Built condition(P::ConditionContext& tree);
  Built value(P::ValueContext& tree);
  ast::ExprId record(P::RecordContext& tree);

  [[nodiscard]] ast::Name name(P::NameContext& tree) const;
  [[nodiscard]] ast::Path path(P::PathContext& tree) const;
  [[nodiscard]] ast::TextValue text(std::size_t token) const;
  [[nodiscard]] ast::NumberLiteral number(std::size_t token) const;

  // A number or a name that counts: of windows, durations and `top`.
  ast::ExprId count(Cursor& cursor);

  // Reports windows of the form that only sequences have; call once, when all of a declaration is built.
  void finish();

  [[nodiscard]] Span span(std::size_t token) const { return context_.reporter.span(context_.tokens[token]); }
  [[nodiscard]] Span span(const antlr4::ParserRuleContext& tree) const;
  [[nodiscard]] const ast::Expr& expr(ast::ExprId id) const { return context_.ast[id]; }
  [[nodiscard]] std::string source_text(Span at) const { return std::string(text_at(context_.reporter.source(), at)); }
  Reporter& reporter() { return context_.reporter; }
  void break_declaration() { context_.is_broken = true; }
  // Reports an error that leaves open what was meant.
  void fail(DiagnosticKind kind, Span at, std::string message);

 private:
  // The parts of one argument of a call, in the order in which they are written.
  struct Argument {
    ast::ExprId first{};
    std::optional<ast::Path> by;
    std::vector<ast::ExprId> steps;  // behind the colon
    std::optional<ast::ExprId> where;
    std::optional<ast::ExprId> among;
    Span span;

    [[nodiscard]] bool is_plain() const { return !by && steps.empty() && !where && !among; }
  };
  // A window of a sequence's limit, until a sequence takes it.
  struct BareWindow {
    ast::ExprId owner{};
    ast::DurationLiteral duration;
    Span span;
  };

  ast::ExprId add(ast::ExprNode node, Span at);

  Built predicate(P::PredicateContext& tree);
  ast::ExprId tail(P::TailContext& tree, Built operand);
  ast::ExprId comparison_tail(Cursor& cursor, Built operand, Span whole);
  ast::ExprId text_tail(Cursor& cursor, Built operand, bool is_negated, Span whole);
  ast::ExprId has_tail(Cursor& cursor, Built operand, std::optional<std::size_t> not_token, Span whole);
  ast::ExprId state_tail(Cursor& cursor, Built operand, Span whole);
  ast::ExprId within_tail(Cursor& cursor, Built operand, bool is_negated, Span whole);
  ast::ExprId near_tail(Cursor& cursor, Built operand, bool is_negated, Span whole);
  ast::ExprId negated_state(ast::StateKind kind, Built operand, Span not_span, Span state_span, Span whole);

  Built logical(std::vector<Built> operands, ast::LogicalOp op);
  Built mixed_logical(const std::vector<Built>& operands, const std::vector<std::size_t>& connectors);
  Built chain(std::vector<Built>& operands, const std::vector<ast::ArithmeticOp>& ops, std::size_t begin, std::size_t end);
  Built products(const std::vector<Built>& operands, const std::vector<ast::ArithmeticOp>& ops, std::size_t begin, std::size_t end);
  Built arithmetic(std::vector<Built> operands, std::vector<ast::ArithmeticOp> ops);
  Built or_else(const std::vector<Built>& operands);
  Built signed_atom(const std::vector<std::size_t>& signs, P::AtomContext& tree);
  Built atom(P::AtomContext& tree);
  ast::ExprId literal(std::size_t token);
  ast::ExprId duration(Cursor& cursor, Span whole);
  ast::ExprId list(Cursor& cursor, Span whole);
  ast::ExprId field_value(P::FieldValueContext& tree);

  std::vector<Argument> arguments(Cursor& cursor);
  Argument argument(P::ArgumentContext& tree);
  ast::ExprId call(ast::Path callee, std::vector<Argument> arguments, Span whole);
  std::optional<ast::ExprId> aggregate(const ast::Path& callee, const std::vector<Argument>& arguments, Span whole);
  std::optional<ast::ExprId> sequence(const ast::Path& callee, const std::vector<Argument>& arguments, Span whole);
  // The relation and window that an argument opens with; no value when it opens otherwise.
  struct Relation {
    ast::Path path;
    std::optional<ast::Window> window;
  };
  [[nodiscard]] std::optional<Relation> relation_of(const Argument& argument) const;

  ast::Window window(P::WindowContext& tree, std::optional<ast::DurationLiteral>& bare);
  void counted_window(Cursor& cursor, ast::Window& window);
  void period_window(std::size_t first, bool is_fiscal, std::size_t unit_token, ast::Window& window);
  void as_of(P::AsOfContext& tree, ast::Window& window);
  ast::TimeUnit unit(std::size_t token) const;
  void check_unit_number(std::size_t unit_token, ast::ExprId count);
  void check_count(ast::ExprId count);

  BuildContext& context_;
  std::vector<BareWindow> bare_windows_;
};

}  // namespace segue
