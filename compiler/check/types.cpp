// The types that rules write out, and the values of params.
#include "compiler/check/types.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/names.h"
#include "compiler/diagnostics/suggest.h"
#include "stdlib/clock.h"
#include "stdlib/parse_value.h"

namespace segue::checker {
namespace {

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> kNames = {"bool", "int", "decimal", "float", "text", "date", "timestamp", "duration", "list"};
  return kNames;
}

std::optional<Kind> kind_named(std::string_view name) {
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"bool", Kind::kBool},           {"int", Kind::kInt},       {"decimal", Kind::kDecimal},
      {"float", Kind::kFloat},         {"text", Kind::kText},     {"date", Kind::kDate},
      {"timestamp", Kind::kTimestamp}, {"duration", Kind::kDays}, {"list", Kind::kList}};
  const auto* found = std::ranges::find(kKinds, name, &std::pair<std::string_view, Kind>::first);
  if (found == std::end(kKinds)) return std::nullopt;
  return found->second;
}

void report_unknown_type(Context& ctx, const ast::Name& name) {
  if (name.text == "money" || name.text == "point") {
    const std::string_view advice = name.text == "money"
                                        ? "an amount is a `decimal(2)`, in the currency of the project"
                                        : "write the two numbers of a place where they are needed, as in `near (52.5, 13.4) within 50 km`";
    report(ctx, DiagnosticKind::kUnknownType, name.span, fmt::format("`{}` is a type of columns only; {}", name.text, advice));
    return;
  }
  Diagnostic& diagnostic = report(ctx, DiagnosticKind::kUnknownType, name.span, fmt::format("unknown type `{}`", name.text));
  constexpr std::pair<std::string_view, std::string_view> kHabits[] = {
      {"string", "text"},  {"str", "text"},     {"number", "decimal(2)"},  {"integer", "int"},
      {"boolean", "bool"}, {"double", "float"}, {"datetime", "timestamp"}, {"enum", "text"}};
  const auto* habit = std::ranges::find(kHabits, name.text, &std::pair<std::string_view, std::string_view>::first);
  if (habit == std::end(kHabits)) {
    suggest(ctx, diagnostic, name.span, name.text, type_names(),
            "; the types are `bool`, `int`, `decimal(2)`, `float`, `text`, `date`, `timestamp`, `duration` and `list<text>`");
  } else {
    diagnostic.message += fmt::format("; write `{}`", habit->second);
    diagnostic.fix = Fix{fmt::format("write `{}`", habit->second), {Edit{name.span, std::string(habit->second)}}};
  }
}

std::optional<Type> invalid_type(Context& ctx, Span span, std::string message) {
  report(ctx, DiagnosticKind::kInvalidParam, span, std::move(message));
  return std::nullopt;
}

std::optional<std::uint8_t> check_scale(Context& ctx, const ast::TypeName& name) {
  if (!name.argument) {
    invalid_type(ctx, name.span, "`decimal` needs its number of digits after the point; write `decimal(2)`");
    return std::nullopt;
  }
  const std::expected<Constant, std::string> scale = constant_of_number(ast::exact_number(*name.argument), type_of_kind(Kind::kInt));
  if (scale && std::get<std::int64_t>(*scale) >= 0 && std::get<std::int64_t>(*scale) <= kMaxScale)
    return static_cast<std::uint8_t>(std::get<std::int64_t>(*scale));
  invalid_type(ctx, name.span, fmt::format("a decimal number has 0 to {} digits after the point; write `decimal(2)`", kMaxScale));
  return std::nullopt;
}

std::optional<Type> check_list_type(Context& ctx, const ast::TypeName& name) {
  if (name.element.size() != 1) return invalid_type(ctx, name.span, "`list` needs the type of its values; write `list<text>`");
  const std::optional<Type> element = check_type_name(ctx, name.element.front());
  if (!element) return std::nullopt;
  if (element->kind == Kind::kList || element->optional)
    return invalid_type(ctx, name.span, "a list holds single values that are known; write `list<text>`");
  Type type = type_of_kind(Kind::kList, name.is_optional);
  type.element = element->kind;
  type.scale = element->scale;
  return type;
}

// ---- values of params

Binding bind(Context& ctx, const ast::Name& name, Type type, Constant value, Span span, bool is_placeholder) {
  type.optional = false;
  const Value made = literal(ctx, std::move(value), type, span);
  return Binding{name.text, type, made.id, true, is_placeholder};
}

// A constant from text that stands outside the rules, and its type where the declared one leaves it open.
std::optional<std::pair<Constant, Type>> constant_of_text(Context& ctx, std::string_view text, const Type& type) {
  const auto made = [&](KnownInt value) -> std::optional<std::pair<Constant, Type>> {
    if (!value.known) return std::nullopt;
    return std::pair(Constant{value.value}, type);
  };
  switch (type.kind) {
    case Kind::kText: return std::pair(Constant{std::string(text)}, type);
    case Kind::kDate: return made(parse_date(text));
    case Kind::kTimestamp: return made(parse_timestamp(text, project_zone(ctx)));
    case Kind::kBool: {
      const std::optional<bool> value = parse_bool(text);
      if (!value) return std::nullopt;
      return std::pair(Constant{*value}, type);
    }
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kFloat: {
      const std::optional<ast::ExactNumber> number = parse_number(text);
      if (number) {
        std::expected<Constant, std::string> constant = constant_of_number(*number, type);
        if (!constant) return std::nullopt;
        return std::pair(std::move(*constant), type);
      }
      const ParsedFloat parsed = type.kind == Kind::kFloat ? parse_float(text) : ParsedFloat{};
      if (parsed.state != ParseState::kValue) return std::nullopt;
      return std::pair(Constant{parsed.value}, type);
    }
    default: return std::nullopt;
  }
}

// `30 days`.
std::optional<std::pair<Constant, Type>> duration_of_text(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::optional<ast::ExactNumber> number = parse_number(text.substr(0, blank));
  if (!number) return std::nullopt;
  const std::expected<Constant, std::string> count = constant_of_number(*number, type_of_kind(Kind::kInt));
  std::string_view unit = text.substr(blank + 1);
  if (unit.ends_with('s')) unit.remove_suffix(1);
  if (!count) return std::nullopt;
  for (int i = 0; i <= static_cast<int>(TimeUnit::kYear); ++i) {
    if (ast::unit_name(static_cast<ast::TimeUnit>(i)) != unit) continue;
    const TimeAmount amount{std::get<std::int64_t>(*count), static_cast<TimeUnit>(i)};
    const bool is_days = amount.unit == TimeUnit::kDay || amount.unit == TimeUnit::kWeek;
    const KnownInt value = is_exact(amount.unit) ? micros_of(amount) : is_days ? days_of(amount) : months_of(amount);
    if (!value.known) return std::nullopt;
    return std::pair(Constant{value.value}, type_of_kind(is_exact(amount.unit) ? Kind::kSpan : is_days ? Kind::kDays : Kind::kMonths));
  }
  return std::nullopt;
}

const ParamValue* given_value(const Context& ctx, std::string_view name) {
  const ParamValue* found = nullptr;  // the last one counts
  for (const ParamValue& param : ctx.input.params) found = param.name == name ? &param : found;
  return found;
}

std::optional<Binding> binding_from_call(Context& ctx, const ast::ParamDecl& param, const Type& type, const ParamValue& given) {
  const auto constant = type.kind == Kind::kDays ? duration_of_text(given.text) : constant_of_text(ctx, given.text, type);
  if (constant) return bind(ctx, param.name, constant->second, constant->first, param.name.span, false);
  ctx.call_errors.push_back({CallError::Kind::kBadValue,
                             fmt::format("`--param {}={}`: `{}` is {}, and `{}` is not one", given.name, given.text, given.name,
                                         type.kind == Kind::kDays ? "a duration such as `30 days`" : describe(ctx, type), given.text)});
  return std::nullopt;
}

std::optional<Binding> binding_from_rules(Context& ctx, const Declared& declared, const ast::ParamDecl& param, const Type& type) {
  const Scope scope{*declared.ast, kAccountFrame, {}, static_cast<DeclId>(&declared - ctx.declared.data())};
  const Span span = (*declared.ast)[*param.value].span;
  if (std::holds_alternative<ast::PathExpr>((*declared.ast)[*param.value].node)) {
    report(ctx, DiagnosticKind::kNotConstant, span,
           fmt::format("a `param` has a fixed value; {} is a name, so write the value itself{}", code(ctx, span),
                       type.kind == Kind::kText ? " in quotes" : ""));
    return std::nullopt;
  }
  Value value = check_expr(ctx, scope, *param.value);
  if (value.is_failed) return std::nullopt;
  if (value.number && is_number(type)) value = settled_as(ctx, std::move(value), type, fmt::format("`{}`", param.name.text));
  value = settled(ctx, std::move(value));
  if (value.is_failed) return std::nullopt;
  const auto* constant = std::get_if<Literal>(&expr_of(ctx, value).node);
  if (constant == nullptr) {
    report(ctx, DiagnosticKind::kNotConstant, span,
           fmt::format("a `param` has a fixed value, such as a number, text in quotes or a date; {} is none", code(ctx, span)));
    return std::nullopt;
  }
  if (!is_acceptable(type, value.type)) {
    report(ctx, DiagnosticKind::kInvalidParam, span,
           fmt::format("`{}` is declared as {}, and {} is {}", param.name.text, describe(ctx, type), code(ctx, span),
                       describe(ctx, value.type)));
    return std::nullopt;
  }
  return bind(ctx, param.name, value.type, constant->value, span, false);
}

}  // namespace

std::optional<Type> check_type_name(Context& ctx, const ast::TypeName& name) {
  const std::optional<Kind> kind = kind_named(name.name.text);
  if (!kind) {
    report_unknown_type(ctx, name.name);
    return std::nullopt;
  }
  if (*kind == Kind::kList) return check_list_type(ctx, name);
  if (!name.element.empty() || (name.argument && *kind != Kind::kDecimal))
    return invalid_type(ctx, name.span, fmt::format("`{0}` takes nothing behind it; write `{0}`", name.name.text));
  Type type = type_of_kind(*kind, name.is_optional);
  if (*kind != Kind::kDecimal) return type;
  const std::optional<std::uint8_t> scale = check_scale(ctx, name);
  if (!scale) return std::nullopt;
  type.scale = *scale;
  return type;
}

std::string type_name(const Type& type) {
  if (type.kind == Kind::kDecimal) return fmt::format("`decimal({})`", type.scale);
  return type.kind == Kind::kInt ? "`int`" : "`float`";
}

bool is_acceptable(const Type& declared, const Type& given) {
  if (declared.kind == Kind::kDays) return is_duration(given);
  if (declared.kind == Kind::kDecimal) return given.kind == Kind::kDecimal && given.scale <= declared.scale;
  if (declared.kind == Kind::kList) return given.kind == Kind::kList && given.element == declared.element && given.scale == declared.scale;
  return declared.kind == given.kind;
}

Constant placeholder_of(const Type& type) {
  switch (type.kind) {
    case Kind::kBool: return false;
    case Kind::kFloat: return 1.0;
    case Kind::kText: return std::string();
    default: return std::int64_t{1};
  }
}

void check_param(Context& ctx, DeclId id) {
  Declared& declared = ctx.declared[id];
  const auto& param = std::get<ast::ParamDecl>(declared.declaration->node);
  declared.state = Declared::State::kFailed;
  const std::optional<Type> type = check_type_name(ctx, param.type);
  if (!type) return;
  if (type->kind == Kind::kList) {
    report(ctx, DiagnosticKind::kInvalidParam, param.type.span,
           fmt::format("a `param` is a single value; for several write `list {} = [..]`", param.name.text));
    return;
  }
  if (type->optional) {
    const std::string plain = words(ctx, param.type.name.span);
    report(ctx, DiagnosticKind::kInvalidParam, param.type.span,
           fmt::format("a `param` always has a value, so its type has no `?`; write `{}`", plain));
    return;
  }
  std::optional<Binding> binding;
  if (param.value) binding = binding_from_rules(ctx, declared, param, *type);
  if (param.value && !binding) return;
  if (const ParamValue* given = given_value(ctx, param.name.text)) {
    binding = binding_from_call(ctx, param, *type, *given);
    if (!binding) binding = bind(ctx, param.name, *type, placeholder_of(*type), param.name.span, true);
  } else if (!param.value) {
    ctx.call_errors.push_back(
        {CallError::Kind::kLacksValue, fmt::format("the param `{0}` has no value; give it with `--param {0}=…`", param.name.text)});
    binding = bind(ctx, param.name, *type, placeholder_of(*type), param.name.span, true);
  }
  declared.param = binding;
  declared.state = Declared::State::kDone;
}

void check_param_names(Context& ctx) {
  std::vector<std::string> names;
  for (const Declared& declared : ctx.declared) {
    if (std::holds_alternative<ast::ParamDecl>(declared.declaration->node)) names.push_back(declared.name->text);
  }
  for (const ParamValue& given : ctx.input.params) {
    if (std::ranges::find(names, given.name) != names.end()) continue;
    ctx.call_errors.push_back(
        {CallError::Kind::kUnknownParam, fmt::format("there is no param `{}`{}", given.name, did_you_mean(given.name, names))});
  }
}

}  // namespace segue::checker
