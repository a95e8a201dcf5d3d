// How literals take their type from their neighbour.
#include "compiler/check/literals.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/names.h"
#include "compiler/syntax/parse.h"
#include "stdlib/calendar.h"
#include "stdlib/clock.h"
#include "stdlib/number.h"
#include "stdlib/text.h"

namespace segue::checker {
namespace {

constexpr std::size_t kDecimalDigits = 18;

std::string digits_with_sign(const ast::ExactNumber& number) { return fmt::format("{}{}", number.is_negative ? "-" : "", number.digits); }

std::optional<std::int64_t> int64_of(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::expected<Constant, std::string> int_constant(const ast::ExactNumber& number) {
  if (number.scale > 0) return std::unexpected("is not a whole number");
  const std::optional<std::int64_t> value = int64_of(digits_with_sign(number));
  if (!value) return std::unexpected("is too large for a whole number, which goes up to 9,223,372,036,854,775,807");
  return Constant{*value};
}

std::expected<Constant, std::string> decimal_constant(const ast::ExactNumber& number, std::uint32_t scale) {
  if (number.scale > scale)
    return std::unexpected(scale == 0 ? "is not a whole number" : fmt::format("has more than {} digits after the point", scale));
  std::string digits = digits_with_sign(number);
  if (!is_zero(number)) digits.append(scale - number.scale, '0');
  const std::size_t count = digits.size() - (number.is_negative ? 1 : 0);
  if (count > kDecimalDigits)
    return std::unexpected(fmt::format("has more digits than a decimal number can hold ({} in all)", kDecimalDigits));
  return Constant{*int64_of(digits)};
}

std::expected<Constant, std::string> float_constant(const ast::ExactNumber& number) {
  const double value = nearest_float_of_text(fmt::format("{}e-{}", digits_with_sign(number), number.scale));
  if (std::isinf(value)) return std::unexpected("is larger than any number that can be stored");
  return Constant{value};
}

Value settled_with(Context& ctx, const Value& value, const Type& type, std::string_view hint) {
  std::expected<Constant, std::string> constant = constant_of_number(*value.number, type);
  if (constant) return literal(ctx, std::move(*constant), type, value.span);
  report(ctx, DiagnosticKind::kInvalidLiteral, value.span, fmt::format("{} {}{}", code(ctx, value.span), constant.error(), hint));
  return {};
}

std::optional<Count> count_of_number(Context& ctx, const ast::NumberLiteral& written, Span span) {
  const ast::ExactNumber number = ast::exact_number(written);
  const std::expected<Constant, std::string> constant = int_constant(number);
  if (constant) return Count{std::get<std::int64_t>(*constant), true};
  report(ctx, DiagnosticKind::kInvalidLiteral, span,
         fmt::format("{} {}; a count is a whole number such as `30`", code(ctx, span), constant.error()));
  return std::nullopt;
}

std::optional<Count> count_of_binding(Context& ctx, const Binding& binding, Span span) {
  if (binding.type.kind != Kind::kInt) {
    report(ctx, DiagnosticKind::kTypeMismatch, span,
           fmt::format("{} is {}; a count is a whole number, so declare it as `int`", code(ctx, span), describe(ctx, binding.type)));
    return std::nullopt;
  }
  if (!binding.is_constant) {
    report(ctx, DiagnosticKind::kNotConstant, span,
           fmt::format("`{}` is a count here, so it must be given as a fixed number or a `param`, not as a value that differs "
                       "from row to row",
                       binding.name));
    return std::nullopt;
  }
  return Count{std::get<std::int64_t>(std::get<Literal>(ctx.program.expr(binding.value).node).value), false};
}

}  // namespace

Value pending_number(const ast::ExactNumber& number, Span span) {
  return Value{.is_failed = false, .number = number, .id = {}, .type = own_type(number), .span = span};
}

bool is_zero(const ast::ExactNumber& number) { return number.digits == "0" || number.digits.empty(); }

Type own_type(const ast::ExactNumber& number) {
  Type type = type_of_kind(number.scale == 0 ? Kind::kInt : Kind::kDecimal);
  type.scale = static_cast<std::uint8_t>(std::min<std::uint32_t>(number.scale, kMaxScale));
  return type;
}

std::expected<Constant, std::string> constant_of_number(const ast::ExactNumber& number, const Type& type) {
  switch (type.kind) {
    case Kind::kInt: return int_constant(number);
    case Kind::kDecimal: return decimal_constant(number, type.scale);
    default: return float_constant(number);
  }
}

Value settled(Context& ctx, Value value) {
  if (value.is_failed || !value.number) return value;
  return settled_with(ctx, value, own_type(*value.number), "; write one with fewer digits");
}

Value settled_beside(Context& ctx, Value value, const Type& other) {
  if (value.is_failed || !value.number || other.kind != Kind::kFloat) return settled(ctx, std::move(value));
  return settled_with(ctx, value, type_of_kind(Kind::kFloat), "");
}

Value settled_as(Context& ctx, Value value, const Type& type, std::string_view whose) {
  if (value.is_failed || !value.number) return value;
  Type plain = type_of_kind(type.kind);
  plain.scale = type.scale;
  return settled_with(ctx, value, plain, fmt::format("; {} takes {}", whose, describe(ctx, type)));
}

std::optional<ast::ExactNumber> parse_number(std::string_view text) {
  ast::NumberLiteral number;
  if (text.starts_with('-')) {
    number.is_negative = true;
    text.remove_prefix(1);
  }
  constexpr std::pair<std::string_view, ast::NumberSuffix> kSuffixes[] = {{"k", ast::NumberSuffix::kThousand},
                                                                          {"M", ast::NumberSuffix::kMillion},
                                                                          {"bn", ast::NumberSuffix::kBillion},
                                                                          {"%", ast::NumberSuffix::kPercent}};
  for (const auto& [suffix, meaning] : kSuffixes) {
    if (!text.ends_with(suffix)) continue;
    number.suffix = meaning;
    text.remove_suffix(suffix.size());
    break;
  }
  bool is_after_point = false;
  bool was_digit = false;
  for (const char character : text) {
    const bool is_digit = character >= '0' && character <= '9';
    if (is_digit) {
      number.digits += character;
      number.scale += is_after_point ? 1 : 0;
    } else if (!was_digit || (character != '_' && (character != '.' || is_after_point))) {
      return std::nullopt;
    }
    is_after_point = is_after_point || character == '.';
    was_digit = is_digit;
  }
  if (!was_digit) return std::nullopt;
  return ast::exact_number(number);
}

std::string number_text(const ast::ExactNumber& number) {
  const std::string_view sign = number.is_negative ? "-" : "";
  if (number.scale == 0) return fmt::format("{}{}", sign, number.digits);
  const std::string padded = fmt::format("{:0>{}}", number.digits, std::size_t{number.scale} + 1);
  const std::size_t point = padded.size() - number.scale;
  return fmt::format("{}{}.{}", sign, std::string_view(padded).substr(0, point), std::string_view(padded).substr(point));
}

std::int64_t day_of(const ast::DateLiteral& date) {
  return day_of_civil(CivilDate{date.year, static_cast<int>(date.month), static_cast<int>(date.day)});
}

std::optional<std::int64_t> instant_of(Context& ctx, const ast::TimestampLiteral& timestamp) {
  const std::int64_t local = day_of(timestamp.date) * kMicrosPerDay + timestamp.microseconds;
  const TimeZone& zone = project_zone(ctx);
  const std::int64_t instant =
      timestamp.offset_minutes ? local - *timestamp.offset_minutes * kMicrosPerMinute : instant_of_local(zone, local);
  if (!is_instant(zone, instant)) return std::nullopt;
  return instant;
}

std::optional<std::int64_t> enum_index(const EnumType& type, std::string_view value) {
  const auto exact = std::ranges::find(type.values, value);
  if (exact != type.values.end()) return exact - type.values.begin();
  if (!type.folded) return std::nullopt;
  const std::string folded = fold(value);
  const auto found = std::ranges::find_if(type.values, [&](const std::string& each) { return fold(each) == folded; });
  if (found == type.values.end()) return std::nullopt;
  return found - type.values.begin();
}

void report_unknown_value(Context& ctx, Span span, std::string_view name, EnumTypeId type, std::string_view owner) {
  constexpr std::size_t kShown = 8;
  const EnumType& values = ctx.program.enums[type];
  const std::string of = !owner.empty() ? std::string(owner) : ctx.beside ? words(ctx, *ctx.beside) : values.name;
  std::string shown;
  for (std::size_t i = 0; i < std::min(kShown, values.values.size()); ++i)
    shown += fmt::format("{}`{}`", i == 0 ? "" : ", ", values.values[i]);
  const std::string all = fmt::format("; write one of {}{}", shown, values.values.size() > kShown ? ", …" : "");
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kUnknownEnumValue, span, fmt::format("`{}` is not one of the values of `{}`", name, of));
  suggest(ctx, diagnostic, span, name, values.values, all);
}

std::optional<Count> constant_count(Context& ctx, const Scope& scope, ast::ExprId id) {
  const ast::Expr& expr = scope.ast[id];
  if (const auto* number = std::get_if<ast::NumberLiteral>(&expr.node)) return count_of_number(ctx, *number, expr.span);
  const auto* path = std::get_if<ast::PathExpr>(&expr.node);
  if (path == nullptr) {
    report(ctx, DiagnosticKind::kNotConstant, expr.span,
           fmt::format("{} is not a fixed number; write a whole number or the name of a `param`", code(ctx, expr.span)));
    return std::nullopt;
  }
  const std::optional<Resolution> found = resolve(ctx, scope, path->path);
  if (!found) return std::nullopt;
  if (found->kind == Resolution::Kind::kParameter) return count_of_binding(ctx, *found->parameter, expr.span);
  if (found->kind == Resolution::Kind::kDefinition) {
    const Declared& declared = ctx.declared[found->declaration];
    if (scope.declaration != kNoDecl) ctx.declared[scope.declaration].uses.push_back(found->declaration);
    if (declared.state == Declared::State::kFailed) return std::nullopt;
    if (declared.param) return count_of_binding(ctx, *declared.param, expr.span);
  }
  report(ctx, DiagnosticKind::kNotConstant, expr.span,
         fmt::format("{} differs from row to row; write a whole number or the name of a `param`", code(ctx, expr.span)));
  return std::nullopt;
}

}  // namespace segue::checker
