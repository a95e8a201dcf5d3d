// Comparisons and `between`. `language.md`, "Predicates", "Numbers", "Time".
#include <array>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/units.h"
#include "compiler/syntax/parse.h"
#include "stdlib/builtins.h"
#include "stdlib/parse_value.h"
#include "stdlib/text.h"

namespace segue::checker {
namespace {

CompareOp compare_op(ast::ComparisonOp op) {
  constexpr std::array kOps = {CompareOp::kEq, CompareOp::kNe, CompareOp::kLt, CompareOp::kLe, CompareOp::kGt, CompareOp::kGe};
  return kOps[static_cast<std::size_t>(op)];
}

// The value's text where it is a text literal.
const std::string* literal_text(const Context& ctx, const Value& value) {
  if (value.is_failed || value.number || value.type.kind != Kind::kText) return nullptr;
  const auto* node = std::get_if<Literal>(&expr_of(ctx, value).node);
  return node == nullptr ? nullptr : std::get_if<std::string>(&node->value);
}

void report_with_fix(Context& ctx, DiagnosticKind kind, Span span, const std::string& message, Span edited, const std::string& text) {
  report(ctx, kind, span, fmt::format("{}; write `{}`", message, text), fmt::format("write `{}`", text), Edit{edited, text});
}

// Text in quotes that should be a number, a date or a time; `other` is what stands beside it.
bool report_quoted_value(Context& ctx, const Value& quoted, const Value& other) {
  const std::string* text = literal_text(ctx, quoted);
  if (text == nullptr) return false;
  const std::string message =
      fmt::format("{} is {}, and {} is text", code(ctx, other.span), describe(ctx, other.type), code(ctx, quoted.span));
  const bool is_time = other.type.kind == Kind::kDate || other.type.kind == Kind::kTimestamp;
  std::string right;
  if (is_number(other.type)) {
    const auto number = parse_number(*text);
    if (number) right = number_text(*number);
  } else if (is_time && (parse_date(*text).known || parse_timestamp(*text, project_zone(ctx)).known)) {
    right = *text;
    if (right.size() > 10 && right[10] == ' ') right[10] = 'T';
  }
  if (right.empty()) return false;
  report_with_fix(ctx, DiagnosticKind::kTypeMismatch, quoted.span, message, quoted.span, right);
  return true;
}

// A number beside text, a date or a duration.
bool report_bare_number(Context& ctx, const Value& number, const Value& other) {
  if (!number.number) return false;
  const std::string message =
      fmt::format("{} is {}, and {} is a number", code(ctx, other.span), describe(ctx, other.type), code(ctx, number.span));
  const std::string written = words(ctx, number.span);
  const bool is_value = other.type.kind == Kind::kEnum && enum_index(ctx.program.enums[other.type.enum_id], written);
  if (other.type.kind == Kind::kText || is_value) {
    report_with_fix(ctx, DiagnosticKind::kTypeMismatch, number.span, message, number.span, fmt::format("\"{}\"", written));
  } else if (is_duration(other.type)) {
    const std::string_view unit = other.type.kind == Kind::kSpan ? "hour" : other.type.kind == Kind::kMonths ? "month" : "day";
    report_with_fix(ctx, DiagnosticKind::kTypeMismatch, number.span, message, number.span,
                    fmt::format("{} {}{}", written, unit, written == "1" ? "" : "s"));
  } else if (other.type.kind == Kind::kDate || other.type.kind == Kind::kTimestamp) {
    report(ctx, DiagnosticKind::kTypeMismatch, number.span,
           fmt::format("{0}; write a date such as `2026-03-01`, a moment such as `{1} days ago`, or `days_since({2})`", message, written,
                       words(ctx, other.span)));
  } else {
    return false;
  }
  return true;
}

bool report_list(Context& ctx, const Value& list, const Value& other) {
  if (list.type.kind != Kind::kList) return false;
  const Span whole = cover(list.span, other.span);
  const std::string right = fmt::format("{} has any [{}]", words(ctx, list.span), words(ctx, other.span));
  const std::string message = fmt::format("{} is a list and may hold many values", code(ctx, list.span));
  if (other.type.kind == Kind::kList || list.span == other.span) {
    report(ctx, DiagnosticKind::kTypeMismatch, whole,
           message + "; ask what is in it with `has any [..]`, `has all [..]` or `has none [..]`");
  } else {
    report_with_fix(ctx, DiagnosticKind::kTypeMismatch, whole, message, whole, right);
  }
  return true;
}

void report_unlike(Context& ctx, const Value& left, const Value& right) {
  if (report_list(ctx, left, right) || report_list(ctx, right, left)) return;
  if (report_quoted_value(ctx, left, right) || report_quoted_value(ctx, right, left)) return;
  if (report_bare_number(ctx, left, right) || report_bare_number(ctx, right, left)) return;
  std::string advice = "compare values of one kind";
  if (is_duration(left.type) && is_duration(right.type)) {
    advice = "months differ in length; compare with days, as in `90 days`, or compare dates, as in `x > 3 months ago`";
  } else if (left.type.kind == Kind::kEnum && right.type.kind == Kind::kEnum) {
    advice = "their values differ, so they are never compared with each other";
  }
  report(ctx, DiagnosticKind::kTypeMismatch, cover(left.span, right.span),
         fmt::format("{} is {}, and {} is {}; {}", code(ctx, left.span), describe(ctx, left.type), code(ctx, right.span),
                     describe(ctx, right.type), advice));
}

// What a literal says in the place of true or false: `true`, `1`, `"yes"`.
std::optional<bool> truth_of(const ast::Expr& expr) {
  if (const auto* word = std::get_if<ast::BoolLiteral>(&expr.node)) return word->value;
  std::string text;
  if (const auto* quoted = std::get_if<ast::TextLiteral>(&expr.node)) text = fold(quoted->text);
  if (const auto* number = std::get_if<ast::NumberLiteral>(&expr.node)) text = number_text(ast::exact_number(*number));
  if (text == "true" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "no" || text == "0") return false;
  return std::nullopt;
}

// `customer = true` and the like.
Value report_compared_bool(Context& ctx, Span span, const ast::Comparison& node, const Value& left, const Value& right,
                           const Scope& scope) {
  const std::optional<bool> left_word = truth_of(scope.ast[node.left]);
  const std::optional<bool> right_word = truth_of(scope.ast[node.right]);
  const bool is_equality = node.op == ast::ComparisonOp::kEqual || node.op == ast::ComparisonOp::kNotEqual;
  const std::optional<bool> word = right_word ? right_word : left_word;
  const Value& subject = right_word ? left : right;
  if (word && is_equality && subject.type.kind == Kind::kBool) {
    const bool is_plain = std::holds_alternative<ast::PathExpr>(scope.ast[right_word ? node.left : node.right].node);
    const bool is_positive = *word == (node.op == ast::ComparisonOp::kEqual);
    const std::string text(text_at(source_of(ctx.input.sources, subject.span.source), subject.span));
    const std::string bare =
        is_plain ? fmt::format("{}{}", is_positive ? "" : "not ", text) : fmt::format("{}({})", is_positive ? "" : "not ", text);
    const std::string shown = is_plain ? bare : is_positive ? "it without the comparison" : "`not (…)`";
    const std::string message = fmt::format("{} is true or false by itself", code(ctx, subject.span));
    report(ctx, DiagnosticKind::kComparedBool, span,
           is_plain ? fmt::format("{}; write `{}`", message, bare) : fmt::format("{}; write {}", message, shown),
           fmt::format("write `{}`", is_plain ? bare : words(ctx, subject.span)), Edit{span, bare});
    return {};
  }
  if (left.type.kind == Kind::kBool && right.type.kind == Kind::kBool) {
    report(ctx, DiagnosticKind::kComparedBool, span,
           fmt::format("{0} and {1} are true or false by themselves and are not compared; write `({2} and {3}) or (not {2} and not {3})` "
                       "where both must be the same",
                       code(ctx, left.span), code(ctx, right.span), words(ctx, left.span), words(ctx, right.span)));
    return {};
  }
  const Value& condition = left.type.kind == Kind::kBool ? left : right;
  const Value& other = left.type.kind == Kind::kBool ? right : left;
  report(ctx, DiagnosticKind::kTypeMismatch, span,
         fmt::format("{} is true or false, and {} is {}; use the condition by itself, joined with `and`", code(ctx, condition.span),
                     code(ctx, other.span), describe(ctx, other.type)));
  return {};
}

bool is_ordered_type(const Context& ctx, const Type& type) { return type.kind != Kind::kEnum || ctx.program.enums[type.enum_id].ordered; }

void report_unordered(Context& ctx, const Value& left, const Value& right) {
  const std::string name = words(ctx, left.span);
  const std::string_view advice = is_declared_by_rules(ctx, left.type.enum_id) ? "" : ", or give it `ordered: true` in the schema";
  report(ctx, DiagnosticKind::kNotOrdered, cover(left.span, right.span),
         fmt::format("the values of `{0}` have no order; write `{0} in [..]`{1}", name, advice));
}

bool is_date_or_timestamp(const Type& type) { return type.kind == Kind::kDate || type.kind == Kind::kTimestamp; }

// Whether values of both kinds compare once times have turned into days.
bool are_alike(const Type& left, const Type& right) {
  if (is_number(left) && is_number(right)) return true;
  if (is_duration(left) && is_duration(right)) return (left.kind == Kind::kMonths) == (right.kind == Kind::kMonths);
  if (left.kind == Kind::kEnum && right.kind == Kind::kEnum) return left.enum_id == right.enum_id;
  return left.kind == right.kind && left.kind != Kind::kBool && left.kind != Kind::kList;
}

// `employees = missing`.
bool report_compared_missing(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Comparison& node) {
  if (node.op != ast::ComparisonOp::kEqual && node.op != ast::ComparisonOp::kNotEqual) return false;
  const bool is_missing =
      std::holds_alternative<ast::MissingLiteral>(scope.ast[node.right].node) || is_bare_missing(ctx, scope, node.right);
  if (!is_missing) return false;
  const std::string_view state = node.op == ast::ComparisonOp::kEqual ? "missing" : "known";
  const Span left = scope.ast[node.left].span;
  const std::string right = fmt::format("{} is {}", text_at(source_of(ctx.input.sources, left.source), left), state);
  report_with_fix(ctx, DiagnosticKind::kMisplacedName, expr.span, "`missing` is not a value that something can equal", expr.span, right);
  return true;
}

}  // namespace

Value local_day(Context& ctx, const Value& timestamp) {
  const Type operand[] = {timestamp.type};
  const Builtin* date = find_builtin(Form::kFunction, "date", operand);
  assert(date != nullptr);
  return make(ctx, Call{date->id, {timestamp.id}}, type_of_kind(Kind::kDate, timestamp.type.optional), expr_of(ctx, timestamp).frame,
              timestamp.span);
}

std::optional<bool> harmonise(Context& ctx, Value& left, Value& right, bool is_ordered) {
  if (left.is_failed || right.is_failed) return std::nullopt;
  if (is_date_or_timestamp(left.type) && is_date_or_timestamp(right.type) && left.type.kind != right.type.kind) {
    Value& exact = left.type.kind == Kind::kTimestamp ? left : right;
    exact = local_day(ctx, exact);
  }
  if (!are_alike(left.type, right.type)) {
    report_unlike(ctx, left, right);
    return std::nullopt;
  }
  if (is_ordered && !is_ordered_type(ctx, left.type)) {
    report_unordered(ctx, left, right);
    return std::nullopt;
  }
  const Type left_type = left.number ? own_type(*left.number) : left.type;
  left = settled_beside(ctx, std::move(left), right.type);
  right = settled_beside(ctx, std::move(right), left_type);
  if (left.is_failed || right.is_failed) return std::nullopt;
  if (!common_unit(ctx, left, right, UnitUse::kCompared, cover(left.span, right.span))) return std::nullopt;
  return left.type.kind == Kind::kText && (left.type.folded || right.type.folded);
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Comparison& node) {
  if (report_compared_missing(ctx, scope, expr, node)) return {};
  auto [left, right] = check_sides(ctx, scope, node.left, node.right);
  if (left.is_failed || right.is_failed) return {};
  if (left.type.kind == Kind::kBool || right.type.kind == Kind::kBool)
    return report_compared_bool(ctx, expr.span, node, left, right, scope);
  const bool is_ordered = node.op != ast::ComparisonOp::kEqual && node.op != ast::ComparisonOp::kNotEqual;
  const std::optional<bool> is_folded = harmonise(ctx, left, right, is_ordered);
  if (!is_folded) return {};
  const FrameId frame = inner_frame(ctx, expr_of(ctx, left).frame, expr_of(ctx, right).frame);
  return make_predicate(ctx, Compare{compare_op(node.op), left.id, right.id, *is_folded}, frame, expr.span);
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Between& node) {
  auto [operand, low] = check_sides(ctx, scope, node.operand, node.low);
  Value high = check_expr(ctx, scope, node.high, enum_of(operand));
  if (operand.is_failed || low.is_failed || high.is_failed) return {};
  if (operand.type.kind == Kind::kBool) {
    report(ctx, DiagnosticKind::kComparedBool, expr.span,
           fmt::format("{} is true or false by itself; it lies between nothing", code(ctx, operand.span)));
    return {};
  }
  Value low_operand = operand;
  Value high_operand = operand;
  // A literal operand is the float beside either bound.
  if (operand.number) {
    const bool is_beside_float = low.type.kind == Kind::kFloat || high.type.kind == Kind::kFloat;
    low_operand = high_operand = is_beside_float ? settled_beside(ctx, operand, type_of_kind(Kind::kFloat)) : settled(ctx, operand);
    if (low_operand.is_failed) return {};
  }
  const std::optional<bool> low_folded = harmonise(ctx, low_operand, low, true);
  if (!low_folded) return {};
  const bool is_cut = low_operand.id != high_operand.id && low_operand.type.kind == Kind::kDate && high.type.kind == Kind::kDate;
  if (is_cut) high_operand = low_operand;
  const std::optional<bool> high_folded = harmonise(ctx, high_operand, high, true);
  if (!high_folded) return {};
  FrameId frame = inner_frame(ctx, expr_of(ctx, low_operand).frame, expr_of(ctx, low).frame);
  frame = inner_frame(ctx, frame, expr_of(ctx, high).frame);
  if (low_operand.id == high_operand.id && *low_folded == *high_folded) {
    return make_predicate(ctx, Between{low_operand.id, low.id, high.id, *low_folded}, frame, expr.span, node.is_negated);
  }
  // One bound is a day and the other a moment, or one compares folded: each side by its own rule.
  const Value above = make_predicate(ctx, Compare{CompareOp::kGe, low_operand.id, low.id, *low_folded}, frame, expr.span);
  const Value below = make_predicate(ctx, Compare{CompareOp::kLe, high_operand.id, high.id, *high_folded}, frame, expr.span);
  return make_predicate(ctx, And{{above.id, below.id}}, frame, expr.span, node.is_negated);
}

}  // namespace segue::checker
