// Windows, durations and moments. `language.md`, "Time".
#include <array>
#include <limits>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "stdlib/clock.h"

namespace segue::checker {
namespace {

TimeUnit time_unit(ast::TimeUnit unit) { return static_cast<TimeUnit>(unit); }
static_assert(static_cast<int>(ast::TimeUnit::kFiscalYear) == static_cast<int>(TimeUnit::kFiscalYear));
static_assert(static_cast<int>(ast::TimeUnit::kDay) == static_cast<int>(TimeUnit::kDay));

WindowKind window_kind(ast::WindowKind kind) {
  constexpr std::array kKinds = {WindowKind::kLast, WindowKind::kNext, WindowKind::kThis, WindowKind::kPrevious, WindowKind::kFollowing};
  return kKinds[static_cast<std::size_t>(kind)];
}

// The kind of the duration that a unit makes.
Kind duration_kind(TimeUnit unit) {
  if (is_exact(unit)) return Kind::kSpan;
  return unit == TimeUnit::kDay || unit == TimeUnit::kWeek ? Kind::kDays : Kind::kMonths;
}

KnownInt duration_value(TimeAmount amount) {
  switch (duration_kind(amount.unit)) {
    case Kind::kSpan: return micros_of(amount);
    case Kind::kDays: return days_of(amount);
    default: return months_of(amount);
  }
}

std::optional<TimeAmount> moment_amount(Context& ctx, const Scope& scope, const ast::RelativeTime& node) {
  const std::optional<Count> count = constant_count(ctx, scope, node.count);
  if (!count) return std::nullopt;
  if (count->is_literal && count->value < 0) {
    const std::string plain = words(ctx, scope.ast[node.count].span).substr(1);
    report(ctx, DiagnosticKind::kInvalidLiteral, scope.ast[node.count].span,
           fmt::format("a moment is counted with a plain number; write `{} {}s {}`", plain, ast::unit_name(node.unit),
                       node.is_future ? "ago" : "from now"));
    return std::nullopt;
  }
  const std::int64_t back = subtract_int(0, count->value).known ? -count->value : std::numeric_limits<std::int64_t>::max();
  return TimeAmount{node.is_future ? count->value : back, time_unit(node.unit)};
}

// What may lie in a window.
bool report_no_time(Context& ctx, const Value& operand) {
  if (operand.type.kind == Kind::kDate || operand.type.kind == Kind::kTimestamp) return false;
  report(ctx, DiagnosticKind::kTypeMismatch, operand.span,
         fmt::format("`within` asks when something was, and {} is {}; name a date or a time", code(ctx, operand.span),
                     describe(ctx, operand.type)));
  return true;
}

bool report_exact_unit(Context& ctx, const ast::Window& window, const Value& operand) {
  if (operand.type.kind != Kind::kDate || !is_exact(time_unit(window.unit))) return false;
  report(ctx, DiagnosticKind::kInvalidWindow, window.span,
         fmt::format("{} is a date and knows days only, so `{}` cannot be told; write days, as in `last 1 day`", code(ctx, operand.span),
                     words(ctx, window.span)));
  return true;
}

}  // namespace

std::optional<WindowId> check_window(Context& ctx, const Scope& scope, const ast::Window& window, const Value& operand) {
  if (report_no_time(ctx, operand) || report_exact_unit(ctx, window, operand)) return std::nullopt;
  Window made;
  made.kind = window_kind(window.kind);
  made.unit = time_unit(window.unit);
  if (window.count) {
    const std::optional<Count> count = constant_count(ctx, scope, *window.count);
    if (!count) return std::nullopt;
    if (count->is_literal && count->value < 1) {
      report(ctx, DiagnosticKind::kInvalidWindow, window.span,
             fmt::format("`{}` covers nothing; write a number of at least 1", words(ctx, window.span)));
      return std::nullopt;
    }
    made.count = count->value;
  }
  if (window.as_of) {
    made.as_of = moment_amount(ctx, scope, *window.as_of);
    if (!made.as_of) return std::nullopt;
  }
  ctx.program.windows.push_back(made);
  return static_cast<WindowId>(ctx.program.windows.size() - 1);
}

Value check_duration(Context& ctx, const Scope& scope, const ast::DurationLiteral& duration, Span span) {
  const std::optional<Count> count = constant_count(ctx, scope, duration.count);
  if (!count) return {};
  const TimeUnit unit = time_unit(duration.unit);
  const KnownInt value = duration_value(TimeAmount{count->value, unit});
  if (value.known) return literal(ctx, value.value, type_of_kind(duration_kind(unit)), span);
  report(ctx, DiagnosticKind::kInvalidLiteral, span,
         fmt::format("{} is longer than any time that can be counted; write a smaller number", code(ctx, span)));
  return {};
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::DurationLiteral& node) {
  return check_duration(ctx, scope, node, expr.span);
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::RelativeTime& node) {
  const std::optional<TimeAmount> amount = moment_amount(ctx, scope, node);
  if (!amount) return {};
  const Kind kind = is_exact(amount->unit) ? Kind::kTimestamp : Kind::kDate;
  return make(ctx, FromNow{amount->count, amount->unit}, type_of_kind(kind), kAccountFrame, expr.span);
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::WithinWindow& node) {
  const Value operand = settled(ctx, check_expr(ctx, scope, node.operand));
  if (operand.is_failed) return {};
  const std::optional<WindowId> window = check_window(ctx, scope, node.window, operand);
  if (!window) return {};
  return make_predicate(ctx, Within{operand.id, *window}, expr_of(ctx, operand).frame, expr.span, node.is_negated);
}

}  // namespace segue::checker
