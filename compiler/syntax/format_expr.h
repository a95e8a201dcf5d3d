// This file's external interface is `ExprFormatter`: expressions as documents, with the comments that stand in them. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/syntax/ast.h"
#include "compiler/syntax/layout.h"

namespace segue {

// The comments of a stretch of text, in order, each taken once.
class CommentQueue {
 public:
  CommentQueue(const Source& source, std::vector<ast::Comment> comments) : source_(source), comments_(std::move(comments)) {}

  // Those that begin before an offset.
  std::vector<ast::Comment> take_before(std::uint32_t offset);
  // Those that begin before an offset and on the line on which `end` lies.
  std::vector<ast::Comment> take_on_line_of(std::uint32_t end, std::uint32_t offset);
  // The text of one, without blanks at its end.
  [[nodiscard]] std::string text(const ast::Comment& comment) const;
  [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const;

 private:
  const Source& source_;
  std::vector<ast::Comment> comments_;
  std::size_t next_ = 0;
};

// How tightly an expression binds; what stands in a looser place than it needs has no parentheses.
enum class Binding : std::uint8_t { kCondition, kPredicate, kOrElse, kSum, kProduct, kAtom };

class ExprFormatter {
 public:
  ExprFormatter(const Ast& ast, const Source& source, Documents& documents) : ast_(ast), source_(source), docs_(documents) {}

  // The comments that the following expressions may hold.
  void set_comments(CommentQueue* comments) { comments_ = comments; }

  // An expression in a place that asks for at least this binding.
  DocId expr(ast::ExprId id, Binding at_least = Binding::kCondition);
  // A chain of `and` or `or` without a group of its own: it breaks with what stands around it. Other expressions as expr().
  DocId open_condition(ast::ExprId id);
  DocId record(const ast::RecordLiteral& record, Span span);
  DocId window(const ast::Window& window);
  DocId path(const ast::Path& path) { return docs_.text(written(path)); }

  [[nodiscard]] std::string written(const ast::Name& name) const;
  [[nodiscard]] std::string written(const ast::Path& path) const;
  [[nodiscard]] std::string source_text(Span span) const { return std::string(text_at(source_, span)); }
  // A number, name or other leaf that counts something.
  [[nodiscard]] std::string leaf(ast::ExprId id) const;

  // Own lines for comments: each ends with a break.
  DocId comment_lines(const std::vector<ast::Comment>& comments);
  // Comments at the end of a line.
  DocId trailing_comments(const std::vector<ast::Comment>& comments);
  DocId concat(std::vector<DocId> parts) { return docs_.concat(std::move(parts)); }
  DocId text(std::string text) { return docs_.text(std::move(text)); }

 private:
  [[nodiscard]] Binding binding_of(const ast::ExprNode& node) const;
  DocId bare(ast::ExprId id);
  DocId logical(const ast::Logical& node);
  DocId node(const ast::Logical& node, Span) { return docs_.group(logical(node)); }
  DocId node(const ast::NumberLiteral& node, Span span);
  DocId node(const ast::TextLiteral& node, Span span);
  DocId node(const ast::BoolLiteral& node, Span span);
  DocId node(const ast::DateLiteral& node, Span span);
  DocId node(const ast::TimestampLiteral& node, Span span);
  DocId node(const ast::DurationLiteral& node, Span span);
  DocId node(const ast::RelativeTime& node, Span span);
  DocId node(const ast::ListLiteral& node, Span span);
  DocId node(const ast::PathExpr& node, Span span);
  DocId node(const ast::Call& node, Span span);
  DocId node(const ast::Aggregate& node, Span span);
  DocId node(const ast::Percentile& node, Span span);
  DocId node(const ast::Sequence& node, Span span);
  DocId node(const ast::Negation& node, Span span);
  DocId node(const ast::Arithmetic& node, Span span);
  DocId node(const ast::OrElse& node, Span span);
  DocId node(const ast::Comparison& node, Span span);
  DocId node(const ast::Between& node, Span span);
  DocId node(const ast::Membership& node, Span span);
  DocId node(const ast::TextMatch& node, Span span);
  DocId node(const ast::Has& node, Span span);
  DocId node(const ast::State& node, Span span);
  DocId node(const ast::WithinWindow& node, Span span);
  DocId node(const ast::Near& node, Span span);
  DocId node(const ast::Not& node, Span span);
  DocId node(const ast::MissingLiteral& node, Span span);
  DocId node(const ast::RecordLiteral& node, Span span) { return record(node, span); }

  DocId tail(ast::ExprId operand, bool is_negated, const std::string& word, DocId rest);
  std::string duration(ast::ExprId count, ast::TimeUnit unit) const;
  std::string moment(const ast::RelativeTime& time) const;
  DocId rows(const ast::Path& relation, const std::optional<ast::Window>& window);
  [[nodiscard]] bool opens_with_minus(ast::ExprId id) const;
  std::vector<ast::Comment> take_before(std::uint32_t offset);
  std::vector<ast::Comment> take_on_line_of(std::uint32_t end, std::uint32_t offset);
  const Ast& ast_;
  const Source& source_;
  Documents& docs_;
  CommentQueue* comments_ = nullptr;
};

}  // namespace segue
