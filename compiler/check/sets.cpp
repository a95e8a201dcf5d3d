// `in`, `has` and the predicates on text and state. `language.md`, "Predicates".
#include <utility>

#include <fmt/format.h>

#include "compiler/check/definitions.h"
#include "compiler/check/expr.h"
#include "compiler/check/lists.h"
#include "compiler/check/literals.h"
#include "compiler/check/names.h"
#include "compiler/check/points.h"
#include "compiler/syntax/parse.h"
#include "stdlib/text.h"

namespace segue::checker {
namespace {

std::string_view has_words(ast::HasKind kind) {
  switch (kind) {
    case ast::HasKind::kAny: return "has any";
    case ast::HasKind::kAll: return "has all";
    case ast::HasKind::kNone: return "has none";
  }
  return "has";
}

std::string_view match_words(ast::TextMatchKind kind) {
  switch (kind) {
    case ast::TextMatchKind::kContains: return "contains";
    case ast::TextMatchKind::kStartsWith: return "starts with";
    case ast::TextMatchKind::kEndsWith: return "ends with";
    case ast::TextMatchKind::kMatches: return "matches";
  }
  return "contains";
}

Type element_type(const Type& list) {
  Type type;
  type.kind = list.element;
  type.scale = list.scale;
  type.folded = list.folded;
  type.enum_id = list.enum_id;
  return type;
}

void report_fixed(Context& ctx, Span span, const std::string& message, const std::string& right) {
  report(ctx, DiagnosticKind::kTypeMismatch, span, fmt::format("{}; write `{}`", message, right), fmt::format("write `{}`", right),
         Edit{span, right});
}

std::string whole_text(const Context& ctx, Span span) { return std::string(text_at(source_of(ctx.input.sources, span.source), span)); }

Value report_list_in(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Membership& node, const Value& operand) {
  report_fixed(ctx, expr.span, fmt::format("{} is a list and may hold many values", code(ctx, operand.span)),
               fmt::format("{} {} {}", whole_text(ctx, operand.span), node.is_negated ? "has none" : "has any",
                           whole_text(ctx, scope.ast[node.set].span)));
  return {};
}

Value report_no_list_column(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Has& node, const Value& operand) {
  const std::string message = fmt::format("{} is {}, not a list; `{}` asks what a list holds", code(ctx, operand.span),
                                          describe(ctx, operand.type), has_words(node.kind));
  if (node.kind == ast::HasKind::kAll || operand.type.kind == Kind::kBool) {
    report(ctx, DiagnosticKind::kTypeMismatch, expr.span, message + "; compare the value instead");
  } else {
    report_fixed(ctx, expr.span, message,
                 fmt::format("{} {} {}", whole_text(ctx, operand.span), node.kind == ast::HasKind::kNone ? "not in" : "in",
                             whole_text(ctx, scope.ast[node.set].span)));
  }
  return {};
}

// ---- text

Value report_no_text(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::TextMatch& node, const Value& operand) {
  const std::string message =
      fmt::format("`{}` looks into text, and {} is {}", match_words(node.kind), code(ctx, operand.span), describe(ctx, operand.type));
  const Span pattern = scope.ast[node.pattern].span;
  if (operand.type.kind == Kind::kList && node.kind == ast::TextMatchKind::kContains) {
    report_fixed(
        ctx, expr.span, message,
        fmt::format("{} {} [{}]", whole_text(ctx, operand.span), node.is_negated ? "has none" : "has any", whole_text(ctx, pattern)));
  } else if (operand.type.kind == Kind::kEnum) {
    report(ctx, DiagnosticKind::kTypeMismatch, expr.span,
           fmt::format("{0}; name its values, as in `{1} in [..]`", message, words(ctx, operand.span)));
  } else {
    report(ctx, DiagnosticKind::kTypeMismatch, expr.span, message + "; compare it with `=`, `<` or `between`");
  }
  return {};
}

const std::string* constant_text(const Context& ctx, const Value& value) {
  const auto* node = std::get_if<Literal>(&expr_of(ctx, value).node);
  return node == nullptr ? nullptr : std::get_if<std::string>(&node->value);
}

Value check_matches(Context& ctx, const ast::Expr& expr, const ast::TextMatch& node, const Value& operand, const Value& pattern) {
  const std::string* text = constant_text(ctx, pattern);
  if (text == nullptr) {
    report(ctx, DiagnosticKind::kNotConstant, pattern.span,
           fmt::format("`matches` takes a fixed pattern in quotes or a `param`; {} differs from row to row", code(ctx, pattern.span)));
    return {};
  }
  const std::expected<Pattern, std::string> compiled = Pattern::compile(*text);
  if (!compiled) {
    report(ctx, DiagnosticKind::kInvalidPattern, pattern.span,
           fmt::format("the pattern {} cannot be read: {}", code(ctx, pattern.span), compiled.error()));
    return {};
  }
  return make_predicate(ctx, Matches{operand.id, *text}, expr_of(ctx, operand).frame, expr.span, node.is_negated);
}

TextOp text_op(ast::TextMatchKind kind) {
  if (kind == ast::TextMatchKind::kContains) return TextOp::kContains;
  return kind == ast::TextMatchKind::kStartsWith ? TextOp::kStartsWith : TextOp::kEndsWith;
}

// `contacts is empty`: a relation where a list is meant.
bool report_empty_relation(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::State& node) {
  const auto* path = std::get_if<ast::PathExpr>(&scope.ast[node.operand].node);
  if (path == nullptr || path->path.parts.size() != 1) return false;
  const ast::Name& name = path->path.parts.front();
  const std::optional<TableId> table = find_table(ctx.program.schema, name.text);
  if (!table || *table == kAccountTable || find_bare(ctx, scope, name.text).kind != Resolution::Kind::kNothing) return false;
  const std::string_view aggregate = node.kind == ast::StateKind::kKnown ? "any" : "none";
  const std::string right = fmt::format("{}({})", aggregate, written_name(name.text));
  report(ctx, DiagnosticKind::kMisplacedName, expr.span, fmt::format("`{}` is a related table; write `{}`", name.text, right),
         fmt::format("write `{}`", right), Edit{expr.span, right});
  return true;
}

// The coordinates of a point are known or missing together, so one stands for both.
Value check_known_point(Context& ctx, const PointRead& point, Span span, bool is_missing) {
  return make_predicate(ctx, IsKnown{point.latitude.id}, expr_of(ctx, point.latitude).frame, span, is_missing);
}

}  // namespace

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Membership& node) {
  Value operand = settled(ctx, check_expr(ctx, scope, node.operand));
  if (operand.is_failed) return {};
  if (operand.type.kind == Kind::kList) return report_list_in(ctx, scope, expr, node, operand);
  if (operand.type.kind == Kind::kBool || operand.type.kind == Kind::kMonths) {
    report(ctx, DiagnosticKind::kTypeMismatch, expr.span,
           fmt::format("{} is {} and is not looked up in a list", code(ctx, operand.span), describe(ctx, operand.type)));
    return {};
  }
  bool are_days = false;
  const std::optional<SetId> set = check_set(ctx, scope, node.set, Tested{operand.type, words(ctx, operand.span)}, are_days);
  if (!set) return {};
  if (are_days) operand = local_day(ctx, operand);
  return make_predicate(ctx, InSet{operand.id, *set}, expr_of(ctx, operand).frame, expr.span, node.is_negated);
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Has& node) {
  const Value operand = settled(ctx, check_expr(ctx, scope, node.operand));
  if (operand.is_failed) return {};
  if (operand.type.kind != Kind::kList) return report_no_list_column(ctx, scope, expr, node, operand);
  bool are_days = false;
  const std::optional<SetId> set = check_set(ctx, scope, node.set, Tested{element_type(operand.type), words(ctx, operand.span)}, are_days);
  if (!set) return {};
  if (are_days) {
    report(ctx, DiagnosticKind::kTypeMismatch, expr.span,
           fmt::format("{} holds times; write the values as times, such as `2026-03-01T09:30:00`", code(ctx, operand.span)));
    return {};
  }
  constexpr HasOp kOps[] = {HasOp::kAny, HasOp::kAll, HasOp::kNone};
  return make_predicate(ctx, Has{kOps[static_cast<std::size_t>(node.kind)], operand.id, *set}, expr_of(ctx, operand).frame, expr.span);
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::TextMatch& node) {
  const Value operand = settled(ctx, check_expr(ctx, scope, node.operand));
  if (operand.is_failed) return {};
  if (operand.type.kind != Kind::kText) return report_no_text(ctx, scope, expr, node, operand);
  if (report_unquoted_text(ctx, scope, node.pattern)) return {};
  const Value pattern = settled(ctx, check_expr(ctx, scope, node.pattern));
  if (pattern.is_failed) return {};
  if (pattern.type.kind != Kind::kText) {
    report(ctx, DiagnosticKind::kTypeMismatch, pattern.span,
           fmt::format("`{}` takes text in quotes, and {} is {}", match_words(node.kind), code(ctx, pattern.span),
                       describe(ctx, pattern.type)));
    return {};
  }
  if (node.kind == ast::TextMatchKind::kMatches) return check_matches(ctx, expr, node, operand, pattern);
  const bool is_folded = operand.type.folded || pattern.type.folded;
  const FrameId frame = inner_frame(ctx, expr_of(ctx, operand).frame, expr_of(ctx, pattern).frame);
  return make_predicate(ctx, TextTest{text_op(node.kind), operand.id, pattern.id, is_folded}, frame, expr.span, node.is_negated);
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::State& node) {
  if (report_empty_relation(ctx, scope, expr, node)) return {};
  bool is_failed = false;
  const std::optional<PointRead> point =
      node.kind == ast::StateKind::kEmpty ? std::nullopt : read_point(ctx, scope, node.operand, is_failed);
  if (is_failed) return {};
  if (point) return check_known_point(ctx, *point, expr.span, node.kind == ast::StateKind::kMissing);
  const Value operand = settled(ctx, check_expr(ctx, scope, node.operand));
  if (operand.is_failed) return {};
  const FrameId frame = expr_of(ctx, operand).frame;
  if (node.kind != ast::StateKind::kEmpty)
    return make_predicate(ctx, IsKnown{operand.id}, frame, expr.span, node.kind == ast::StateKind::kMissing);
  if (operand.type.kind == Kind::kList) return make_predicate(ctx, IsEmpty{operand.id}, frame, expr.span);
  const std::string message = fmt::format("{} is {}, and only a list can be empty", code(ctx, operand.span), describe(ctx, operand.type));
  const std::string_view right = operand.type.kind == Kind::kText && !operand.type.optional ? "= \"\"" : "is missing";
  report_fixed(ctx, expr.span, message, fmt::format("{} {}", whole_text(ctx, operand.span), right));
  return {};
}

}  // namespace segue::checker
