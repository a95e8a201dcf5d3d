// Arithmetic and `or else`. `language.md`, "Numbers", "Missing values", "Time".
#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/units.h"
#include "stdlib/number.h"

namespace segue::checker {
namespace {

ArithmeticOp arithmetic_op(ast::ArithmeticOp op) { return static_cast<ArithmeticOp>(op); }
static_assert(static_cast<int>(ast::ArithmeticOp::kDivide) == static_cast<int>(ArithmeticOp::kDivide));

bool is_time(const Type& type) { return type.kind == Kind::kDate || type.kind == Kind::kTimestamp; }

Value make_arithmetic(Context& ctx, ArithmeticOp op, const Value& left, const Value& right, Type type, Span span) {
  type.optional = type.optional || left.type.optional || right.type.optional;
  const FrameId frame = inner_frame(ctx, expr_of(ctx, left).frame, expr_of(ctx, right).frame);
  return make(ctx, Arithmetic{op, left.id, right.id}, type, frame, span);
}

Value as_float(Context& ctx, const Value& value) {
  if (value.type.kind == Kind::kFloat) return value;
  Type type = type_of_kind(Kind::kFloat, value.type.optional);
  type.unit = value.type.unit;
  return make(ctx, ToFloat{value.id}, type, expr_of(ctx, value).frame, value.span);
}

// Whether the right side of `/` is a constant, which then is not zero.
bool is_constant(const Context& ctx, const Value& value) { return std::holds_alternative<Literal>(expr_of(ctx, value).node); }

Type number_of(Kind kind, std::uint16_t unit, bool is_optional = false) {
  Type type = type_of_kind(kind, is_optional);
  type.unit = unit;
  return type;
}

std::optional<std::uint16_t> unit_of_result(Context& ctx, ArithmeticOp op, const Value& left, const Value& right, Span span) {
  if (op == ArithmeticOp::kAdd || op == ArithmeticOp::kSubtract) return common_unit(ctx, left, right, UnitUse::kAdded, span);
  return unit_of_product(ctx, left, right, op == ArithmeticOp::kDivide, span);
}

Value number_arithmetic(Context& ctx, ArithmeticOp op, Value left, Value right, Span span) {
  if (op == ArithmeticOp::kDivide && right.number && is_zero(*right.number)) {
    report(ctx, DiagnosticKind::kZeroDivisor, right.span,
           fmt::format("{} divides by zero, which has no result; divide by another number", code(ctx, span)));
    return {};
  }
  const Type left_type = left.type;
  left = settled_beside(ctx, std::move(left), right.type);
  right = settled_beside(ctx, std::move(right), left_type);
  if (left.is_failed || right.is_failed) return {};
  const std::optional<std::uint16_t> unit = unit_of_result(ctx, op, left, right, span);
  if (!unit) return {};
  if (op == ArithmeticOp::kDivide && !is_constant(ctx, right)) right.type.optional = true;  // it may be zero
  if (left.type.kind == Kind::kFloat || right.type.kind == Kind::kFloat) {
    const bool is_optional = left.type.optional || right.type.optional;
    return make_arithmetic(ctx, op, as_float(ctx, left), as_float(ctx, right), number_of(Kind::kFloat, *unit, is_optional), span);
  }
  if (op == ArithmeticOp::kDivide) return make_arithmetic(ctx, op, left, right, number_of(Kind::kFloat, *unit), span);
  if (left.type.kind == Kind::kInt && right.type.kind == Kind::kInt)
    return make_arithmetic(ctx, op, left, right, number_of(Kind::kInt, *unit), span);
  Type type = number_of(Kind::kDecimal, *unit);
  const int scale = op == ArithmeticOp::kMultiply ? left.type.scale + right.type.scale : std::max(left.type.scale, right.type.scale);
  if (scale > kMaxScale) {
    report(ctx, DiagnosticKind::kTooManyDigits, span,
           fmt::format("{} has {} digits after the point, and a decimal number holds {}; use numbers with fewer digits after the point",
                       code(ctx, span), scale, kMaxScale));
    return {};
  }
  type.scale = static_cast<std::uint8_t>(scale);
  return make_arithmetic(ctx, op, left, right, type, span);
}

Value report_operands(Context& ctx, const Value& left, const Value& right, Span span, std::string_view advice) {
  report(ctx, DiagnosticKind::kTypeMismatch, span,
         fmt::format("{} is {}, and {} is {}; {}", code(ctx, left.span), describe(ctx, left.type), code(ctx, right.span),
                     describe(ctx, right.type), advice));
  return {};
}

Value time_and_duration(Context& ctx, ArithmeticOp op, const Value& time, const Value& duration, const Value& left, const Value& right,
                        Span span) {
  if (time.type.kind == Kind::kDate && duration.type.kind == Kind::kSpan) {
    report(ctx, DiagnosticKind::kTypeMismatch, span,
           fmt::format("{} is a date and knows days only, and {} is {}; count in days, as in `1 day`", code(ctx, time.span),
                       code(ctx, duration.span), describe(ctx, duration.type)));
    return {};
  }
  return make_arithmetic(ctx, op, left, right, type_of_kind(time.type.kind), span);
}

Value time_difference(Context& ctx, const Value& left, const Value& right, Span span) {
  if (left.type.kind == right.type.kind) {
    return make_arithmetic(ctx, ArithmeticOp::kSubtract, left, right,
                           type_of_kind(left.type.kind == Kind::kDate ? Kind::kDays : Kind::kSpan), span);
  }
  const Value& exact = left.type.kind == Kind::kTimestamp ? left : right;
  const std::string day = fmt::format("date({})", words(ctx, exact.span));
  report(
      ctx, DiagnosticKind::kTypeMismatch, span,
      fmt::format("one of {} and {} is a date, the other a time; write `{}` for its day", code(ctx, left.span), code(ctx, right.span), day),
      fmt::format("write `{}`", day),
      Edit{exact.span, fmt::format("date({})", text_at(source_of(ctx.input.sources, exact.span.source), exact.span))});
  return {};
}

// A number beside a date or a duration, where units were forgotten.
Value report_bare_amount(Context& ctx, const Value& number, const Value& other, Span span) {
  const std::string message =
      fmt::format("{} is {}, and {} is a number without a unit", code(ctx, other.span), describe(ctx, other.type), code(ctx, number.span));
  if (!number.number || number.number->scale > 0)
    return report_operands(ctx, other, number, span, "only a duration such as `30 days` is added to it");
  const std::string right = fmt::format("{} {}", words(ctx, number.span), number.number->digits == "1" ? "day" : "days");
  report(ctx, DiagnosticKind::kTypeMismatch, number.span, fmt::format("{}; write `{}`", message, right), fmt::format("write `{}`", right),
         Edit{number.span, right});
  return {};
}

Value time_arithmetic(Context& ctx, ArithmeticOp op, const Value& left, const Value& right, Span span) {
  const bool is_sum = op == ArithmeticOp::kAdd;
  const bool is_difference = op == ArithmeticOp::kSubtract;
  if (is_time(left.type) && is_duration(right.type) && (is_sum || is_difference))
    return time_and_duration(ctx, op, left, right, left, right, span);
  if (is_duration(left.type) && is_time(right.type) && is_sum) return time_and_duration(ctx, op, right, left, left, right, span);
  if (is_time(left.type) && is_time(right.type) && is_difference) return time_difference(ctx, left, right, span);
  if (is_duration(left.type) && left.type.kind == right.type.kind && (is_sum || is_difference))
    return make_arithmetic(ctx, op, left, right, type_of_kind(left.type.kind), span);
  if (is_number(right.type) && (is_sum || is_difference)) return report_bare_amount(ctx, right, left, span);
  if (is_number(left.type) && is_sum) return report_bare_amount(ctx, left, right, span);
  if (is_time(left.type) && is_time(right.type))
    return report_operands(ctx, left, right, span, "dates are subtracted from each other, nothing else");
  if (is_duration(left.type) && is_duration(right.type))
    return report_operands(ctx, left, right, span, "only durations of one kind are added or subtracted");
  if (is_duration(left.type) && is_number(right.type))
    return report_operands(ctx, left, right, span, "write the duration itself, as in `14 days`, or count days with `days_since(…)`");
  return report_operands(ctx, left, right, span, "these two cannot be calculated with");
}

Value combine(Context& ctx, ArithmeticOp op, Value left, Value right, Span span) {
  if (left.is_failed || right.is_failed) return {};
  if (is_number(left.type) && is_number(right.type)) return number_arithmetic(ctx, op, std::move(left), std::move(right), span);
  const auto counts = [](const Type& type) { return is_number(type) || is_time(type) || is_duration(type); };
  if (counts(left.type) && counts(right.type)) return time_arithmetic(ctx, op, left, right, span);
  const Value& odd = counts(left.type) ? right : left;
  std::string_view advice = "calculate with numbers, dates and durations";
  if (odd.type.kind == Kind::kBool) advice = "to count what holds, write `count(… where …)`";
  report(ctx, DiagnosticKind::kTypeMismatch, odd.span,
         fmt::format("{} is {}, which cannot be calculated with; {}", code(ctx, odd.span), describe(ctx, odd.type), advice));
  return {};
}

// ---- or else

// The one type of all operands; nothing where that was reported.
std::optional<Type> common_number(const std::vector<Value>& operands) {
  Type type;
  bool is_open = true;  // only literals so far
  std::uint32_t literal_scale = 0;
  for (const Value& operand : operands) {
    if (operand.number) {
      literal_scale = std::max(literal_scale, operand.number->scale);
      continue;
    }
    if (!is_open && operand.type.kind != type.kind) return std::nullopt;
    type.scale = is_open ? operand.type.scale : std::max(type.scale, operand.type.scale);
    type.kind = operand.type.kind;
    is_open = false;
  }
  if (is_open) type.kind = literal_scale == 0 ? Kind::kInt : Kind::kDecimal;
  if (type.kind == Kind::kDecimal) type.scale = static_cast<std::uint8_t>(std::clamp<std::uint32_t>(literal_scale, type.scale, kMaxScale));
  return type;
}

// An operand of a number type as `type`.
Value as_number(Context& ctx, Value operand, const Type& type) {
  if (operand.number) return settled_as(ctx, std::move(operand), type, "the value before it");
  if (type.kind != Kind::kDecimal || operand.type.scale == type.scale) return operand;
  Type wider = type;
  wider.optional = operand.type.optional;
  wider.unit = operand.type.unit;
  return make(ctx, Rescale{operand.id}, wider, expr_of(ctx, operand).frame, operand.span);
}

bool are_same(const Type& first, const Type& second) {
  if (first.kind == Kind::kEnum) return second.kind == Kind::kEnum && first.enum_id == second.enum_id;
  if (first.kind == Kind::kList) {
    return second.kind == Kind::kList && first.element == second.element && first.scale == second.scale &&
           first.enum_id == second.enum_id && first.folded == second.folded;
  }
  return first.kind == second.kind;
}

// Brings the operands to one type; false where that was reported.
bool unify(Context& ctx, std::vector<Value>& operands) {
  const bool are_numbers = std::ranges::all_of(operands, [](const Value& value) { return is_number(value.type); });
  if (are_numbers) {
    if (const std::optional<Type> type = common_number(operands)) {
      for (Value& operand : operands) operand = as_number(ctx, std::move(operand), *type);
      return std::ranges::none_of(operands, &Value::is_failed);
    }
  }
  for (std::size_t i = 1; i < operands.size(); ++i) {
    if (are_same(operands[0].type, operands[i].type) && !operands[i].number) continue;
    const std::string expected = describe(ctx, operands[0].type);
    report(ctx, DiagnosticKind::kTypeMismatch, operands[i].span,
           fmt::format("{} is {}, so the value that stands in for it must be too, and {} is {}", code(ctx, operands[0].span), expected,
                       code(ctx, operands[i].span), describe(ctx, operands[i].type)));
    return false;
  }
  return true;
}

}  // namespace

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Negation& node) {
  Value operand = check_expr(ctx, scope, node.operand);
  if (operand.is_failed) return {};
  if (operand.number) {
    operand.number->is_negative = !operand.number->is_negative;
    return pending_number(*operand.number, expr.span);
  }
  if (is_number(operand.type) || is_duration(operand.type))
    return make(ctx, Negate{operand.id}, operand.type, expr_of(ctx, operand).frame, expr.span);
  if (const auto* moment = std::get_if<ast::RelativeTime>(&scope.ast[node.operand].node)) {
    report(
        ctx, DiagnosticKind::kTypeMismatch, expr.span,
        fmt::format("{} is a moment and has no sign; write it with `{}`", code(ctx, operand.span), moment->is_future ? "ago" : "from now"));
    return {};
  }
  report(ctx, DiagnosticKind::kTypeMismatch, expr.span,
         fmt::format("{} is {}, which a minus sign cannot turn round", code(ctx, operand.span), describe(ctx, operand.type)));
  return {};
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Arithmetic& node) {
  Value result = check_expr(ctx, scope, node.operands.front());
  for (std::size_t i = 1; i < node.operands.size(); ++i) {
    Value right = check_expr(ctx, scope, node.operands[i]);
    const Span span =
        i + 1 == node.operands.size() ? expr.span : cover(scope.ast[node.operands.front()].span, scope.ast[node.operands[i]].span);
    result = combine(ctx, arithmetic_op(node.ops[i - 1]), std::move(result), std::move(right), span);
  }
  return result;
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::OrElse& node, EnumTypeId expected) {
  std::vector<Value> operands;
  bool is_failed = false;
  for (const ast::ExprId id : node.operands) {
    if (!operands.empty() && operands.back().type.kind == Kind::kText && !operands.back().is_failed && report_unquoted_text(ctx, scope, id))
      return {};
    operands.push_back(check_expr(ctx, scope, id, expected));
    is_failed = is_failed || operands.back().is_failed;
    if (expected == kNoEnum) expected = enum_of(operands.back());
    if (operands.size() == 1 && is_failed) return {};  // what it would lend its meaning to is not known
  }
  if (is_failed || !unify(ctx, operands)) return {};
  const std::optional<std::uint16_t> unit = common_unit(ctx, operands, UnitUse::kReplaced, expr.span);
  if (!unit) return {};
  Value result = operands.front();
  for (std::size_t i = 1; i < operands.size(); ++i) {
    Type type = result.type;
    type.optional = result.type.optional && operands[i].type.optional;
    type.folded = result.type.folded || operands[i].type.folded;
    type.unit = *unit;
    const FrameId frame = inner_frame(ctx, expr_of(ctx, result).frame, expr_of(ctx, operands[i]).frame);
    const Span span = i + 1 == operands.size() ? expr.span : cover(operands.front().span, operands[i].span);
    result = make(ctx, OrElse{result.id, operands[i].id}, type, frame, span);
  }
  return result;
}

}  // namespace segue::checker
