// Calls: the functions of the language, and definitions with parameters.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/definitions.h"
#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/name_errors.h"
#include "compiler/check/names.h"
#include "compiler/syntax/parse.h"
#include "stdlib/builtins.h"
#include "stdlib/parse_value.h"

namespace segue::checker {
namespace {

// What authors know from elsewhere, and how it is said here.
struct Habit {
  std::string_view name;
  std::string_view advice;
};
constexpr std::array kHabits = {
    Habit{"coalesce", "write `x or else y`"},
    Habit{"ifnull", "write `x or else y`"},
    Habit{"nvl", "write `x or else y`"},
    Habit{"isnull", "write `x is missing`"},
    Habit{"isblank", "write `x is missing`"},
    Habit{"lower", "give the column `case: insensitive` in the schema"},
    Habit{"upper", "give the column `case: insensitive` in the schema"},
    Habit{"len", "write `count(…)` for rows"},
    Habit{"length", "write `count(…)` for rows"},
    Habit{"average", "write `avg(…)`"},
    Habit{"mean", "write `avg(…)`"},
    Habit{"exists", "write `any(…)`"},
    Habit{"all", "write `every(…)`"},
    Habit{"last", "write `latest(…)`"},
    Habit{"first", "write `earliest(…)`"},
    Habit{"datediff", "subtract one date from the other, or write `days_since(…)`"},
    Habit{"contains", "write `x contains \"…\"`"},
    Habit{"distance", "write `place near (52.5, 13.4) within 50 km`"},
    Habit{"geo_distance", "write `place near (52.5, 13.4) within 50 km`"},
    Habit{"half_life", "write `decay(t, 14 days)`"},
    Habit{"convert", "declare the column as `money` in the schema"},
};

bool is_aggregate_word(std::string_view name) { return is_builtin(Form::kAggregate, name); }

std::vector<std::string> callable_names(const Context& ctx) {
  std::vector<std::string> names;
  for (const Builtin& each : builtins()) {
    if (each.form == Form::kFunction || each.form == Form::kAggregate) names.emplace_back(each.name);
  }
  for (const Declared& declared : ctx.declared) {
    if (!declared.parameters.empty()) names.push_back(declared.name->text);
  }
  return names;
}

Value report_unknown_call(Context& ctx, const ast::Expr& expr, const ast::Name& name) {
  if (is_aggregate_word(name.text)) {
    report(ctx, DiagnosticKind::kWrongArguments, expr.span,
           fmt::format("`{0}` looks at the rows of a related table; name the table first, as in `{0}(contacts …)`", name.text));
    return {};
  }
  const auto* habit = std::ranges::find(kHabits, name.text, &Habit::name);
  if (habit == kHabits.end() && ctx.has_lost_names) return {};
  Diagnostic& diagnostic = report(ctx, DiagnosticKind::kUnknownFunction, name.span, fmt::format("unknown function `{}`", name.text));
  if (habit != kHabits.end()) {
    diagnostic.message += fmt::format("; {}", habit->advice);
  } else {
    suggest(ctx, diagnostic, name.span, name.text, callable_names(ctx));
  }
  return {};
}

Value report_superfluous_call(Context& ctx, Span span, const ast::Path& callee) {
  const std::string right(text_at(source_of(ctx.input.sources, callee.span.source), callee.span));
  report(ctx, DiagnosticKind::kWrongArguments, span, fmt::format("`{0}` is not called; write `{0}`", right),
         fmt::format("write `{}`", right), Edit{span, right});
  return {};
}

// ---- functions

void report_function_argument(Context& ctx, std::string_view name, const Value& argument) {
  std::string accepted;
  for (const Builtin& each : builtins()) {
    if (each.form != Form::kFunction || each.name != name) continue;
    const std::string text(describe(each.parameters[0]));
    if (accepted.find(text) == std::string::npos) accepted += fmt::format("{}{}", accepted.empty() ? "" : " or ", text);
  }
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kTypeMismatch, argument.span,
             fmt::format("`{}` is taken of {}, and {} is {}", name, accepted, code(ctx, argument.span), describe(ctx, argument.type)));
  const auto* constant = std::get_if<Literal>(&expr_of(ctx, argument).node);
  const auto* text = constant == nullptr ? nullptr : std::get_if<std::string>(&constant->value);
  if (text == nullptr || !parse_date(*text).known) return;
  diagnostic.message += fmt::format("; write `{}`", *text);
  diagnostic.fix = Fix{fmt::format("write `{}`", *text), {Edit{argument.span, *text}}};
}

Type function_type(const Context& ctx, const Builtin& builtin, const std::vector<Type>& arguments) {
  const bool is_optional = std::ranges::any_of(arguments, &Type::optional);
  switch (builtin.result) {
    case Shape::kDate: return type_of_kind(Kind::kDate, is_optional);
    case Shape::kTimestamp: return type_of_kind(Kind::kTimestamp, is_optional);
    case Shape::kFloat: return type_of_kind(Kind::kFloat, true);  // `decay` of the future
    case Shape::kSame: return arguments.front();
    case Shape::kWeekday: {
      Type type = type_of_kind(Kind::kEnum, is_optional);
      type.enum_id = ctx.weekday_enum;
      return type;
    }
    default: return type_of_kind(Kind::kInt, is_optional);
  }
}

// The half-life of `decay`: what cannot be one, beyond what the table says.
bool report_half_life(Context& ctx, const Scope& scope, const ast::Call& call, const std::vector<Value>& arguments) {
  const Value& time = arguments[0];
  const Value& half_life = arguments[1];
  if (half_life.type.kind == Kind::kMonths) {
    report(ctx, DiagnosticKind::kTypeMismatch, half_life.span,
           fmt::format("months differ in length, so {} is no half-life; write days, as in `30 days`", code(ctx, half_life.span)));
    return true;
  }
  if (time.type.kind == Kind::kDate && half_life.type.kind == Kind::kSpan) {
    report(ctx, DiagnosticKind::kTypeMismatch, half_life.span,
           fmt::format("{} is a date and knows days only, and {} is {}; count in days, as in `1 day`", code(ctx, time.span),
                       code(ctx, half_life.span), describe(ctx, half_life.type)));
    return true;
  }
  const auto* negation = std::get_if<ast::Negation>(&scope.ast[call.arguments[1]].node);
  const ast::ExprId written = negation == nullptr ? call.arguments[1] : negation->operand;
  const auto* duration = std::get_if<ast::DurationLiteral>(&scope.ast[written].node);
  if (duration == nullptr || !std::holds_alternative<ast::NumberLiteral>(scope.ast[duration->count].node)) return false;
  const auto* constant = std::get_if<Literal>(&expr_of(ctx, half_life).node);
  if (constant != nullptr && std::get<std::int64_t>(constant->value) > 0) return false;
  report(ctx, DiagnosticKind::kInvalidLiteral, half_life.span,
         fmt::format("a half-life is above 0, and {} is not; write a number of at least 1", code(ctx, half_life.span)));
  return true;
}

bool is_time_kind(Kind kind) { return kind == Kind::kDate || kind == Kind::kTimestamp; }

// What `decay` is given in the place of a time or of a half-life.
bool report_decay(Context& ctx, const Scope& scope, const ast::Call& call, const std::vector<Value>& arguments) {
  if (arguments.size() != 2 || !is_time_kind(arguments[0].type.kind)) return false;
  if (is_duration(arguments[1].type)) return report_half_life(ctx, scope, call, arguments);
  const Value& half_life = arguments[1];
  const bool is_count = std::holds_alternative<ast::NumberLiteral>(scope.ast[call.arguments[1]].node);
  report(ctx, DiagnosticKind::kTypeMismatch, half_life.span,
         fmt::format("`decay` is given the time in which a weight halves, and {} is {}; write {}", code(ctx, half_life.span),
                     describe(ctx, half_life.type),
                     is_count ? fmt::format("`{} days`", words(ctx, half_life.span)) : "a duration, as in `14 days`"));
  return true;
}

Value check_function(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Call& call, std::string_view name) {
  std::vector<Value> arguments;
  for (const ast::ExprId id : call.arguments) arguments.push_back(settled(ctx, check_expr(ctx, scope, id)));
  if (std::ranges::any_of(arguments, &Value::is_failed)) return {};
  std::vector<Type> types;
  for (const Value& argument : arguments) types.push_back(argument.type);
  if (name == "decay" && report_decay(ctx, scope, call, arguments)) return {};
  const Builtin* builtin = find_builtin(Form::kFunction, name, types);
  if (builtin == nullptr) {
    const auto same =
        std::ranges::find_if(builtins(), [&](const Builtin& each) { return each.form == Form::kFunction && each.name == name; });
    if (same->arity() == arguments.size()) report_function_argument(ctx, name, arguments.front());
    else
      report(ctx, DiagnosticKind::kWrongArguments, expr.span,
             fmt::format("`{}` takes {} value{} and has {}; an example is `{}`", name, same->arity(), same->arity() == 1 ? "" : "s",
                         arguments.size(), same->example));
    return {};
  }
  FrameId frame = kAccountFrame;
  std::vector<ExprId> ids;
  for (const Value& argument : arguments) {
    frame = inner_frame(ctx, frame, expr_of(ctx, argument).frame);
    ids.push_back(argument.id);
  }
  return make(ctx, Call{builtin->id, std::move(ids)}, function_type(ctx, *builtin, types), frame, expr.span);
}

// ---- definitions

Value check_definition_call(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Call& call, const Resolution& found) {
  if (call.arguments.empty() && ctx.declared[found.declaration].parameters.empty()) {
    note_use(ctx, scope, found.declaration);
    return ctx.declared[found.declaration].state == Declared::State::kFailed ? Value{}
                                                                             : report_superfluous_call(ctx, expr.span, call.callee);
  }
  std::vector<Value> arguments;
  for (const ast::ExprId id : call.arguments) arguments.push_back(check_expr(ctx, scope, id));
  return read_definition(ctx, scope, found.declaration, found.frame, arguments, expr.span);
}

// The definition of that name where it has parameters and is about the account as far as its declaration tells.
std::optional<DeclId> callable(const Context& ctx, const Scope& scope, std::string_view name) {
  const bool is_prelude = scope.declaration != kNoDecl && ctx.declared[scope.declaration].is_prelude;
  const auto& names = is_prelude ? ctx.prelude_by_name : ctx.by_name;
  const auto found = names.find(name);
  if (found == names.end()) return std::nullopt;
  const Declared& declared = ctx.declared[found->second];
  if (declared.parameters.empty() || is_for_relation(declared)) return std::nullopt;
  return found->second;
}

// A call of what speaks of its parameters only: it stands in the rows of its arguments. Nothing where it speaks of the account too.
std::optional<Value> check_free_call(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Call& call) {
  const std::optional<DeclId> id = callable(ctx, scope, call.callee.parts.front().text);
  if (!id) return std::nullopt;
  if (!ensure_checked(ctx, *id, expr.span)) {
    note_use(ctx, scope, *id);
    return Value{};
  }
  if (!is_about_no_table(ctx, *id)) return std::nullopt;
  std::vector<Value> arguments;
  FrameId frame = kAccountFrame;
  for (const ast::ExprId argument : call.arguments) {
    arguments.push_back(check_expr(ctx, scope, argument));
    const Value& last = arguments.back();
    if (!last.is_failed && !last.number) frame = inner_frame(ctx, frame, expr_of(ctx, last).frame);
  }
  return read_definition(ctx, scope, *id, frame, arguments, expr.span);
}

Value check_bare_call(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Call& call) {
  const ast::Name& name = call.callee.parts.front();
  if (std::optional<Value> free = check_free_call(ctx, scope, expr, call)) return std::move(*free);
  const Resolution found = find_bare(ctx, scope, name.text);
  const bool is_function = is_builtin(Form::kFunction, name.text);
  if (found.kind == Resolution::Kind::kDefinition && (!is_function || !ctx.declared[found.declaration].parameters.empty())) {
    return check_definition_call(ctx, scope, expr, call, found);
  }
  if (is_function) return check_function(ctx, scope, expr, call, name.text);
  if (found.kind != Resolution::Kind::kNothing && call.arguments.empty()) return report_superfluous_call(ctx, expr.span, call.callee);
  if (found.kind != Resolution::Kind::kNothing) {
    report(ctx, DiagnosticKind::kUnknownFunction, name.span,
           fmt::format("`{0}` is not a function; write `{0}` by itself, and compare it with a value", name.text));
    return {};
  }
  if (ctx.by_name.contains(name.text)) {
    report_unknown_bare(ctx, scope, name);
    return {};
  }
  return report_unknown_call(ctx, expr, name);
}

}  // namespace

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Call& node) {
  if (node.callee.parts.size() == 1) return check_bare_call(ctx, scope, expr, node);
  const std::optional<Resolution> found = resolve(ctx, scope, node.callee);
  if (!found) return {};
  if (found->kind == Resolution::Kind::kDefinition) return check_definition_call(ctx, scope, expr, node, *found);
  report(ctx, DiagnosticKind::kUnknownFunction, node.callee.span,
         fmt::format("{} is not a function; write it by itself", code(ctx, node.callee.span)));
  return {};
}

}  // namespace segue::checker
