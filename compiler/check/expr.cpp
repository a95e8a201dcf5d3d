// One expression of the tree: names, literals, `and`, `or`, `not`; everything else is handed on.
#include "compiler/check/expr.h"

#include <cassert>

#include <fmt/format.h>

#include "compiler/check/definitions.h"
#include "compiler/check/literals.h"
#include "compiler/check/name_errors.h"
#include "compiler/check/names.h"
#include "compiler/check/points.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/parse.h"

namespace segue::checker {
namespace {

// ---- names

Value read_column(Context& ctx, const Resolution& found, Span span) {
  const SchemaColumn& column = ctx.program.schema.tables[found.table].columns[found.column];
  if (column.form == ColumnForm::kPoint) {
    report_bare_point(ctx, column, span);
    return {};
  }
  if (found.references.empty()) return make(ctx, ColumnRead{found.column}, column.type, found.frame, span);
  Type type = column.type;
  type.optional = true;  // missing where the reference leads nowhere
  return make(ctx, ReferenceRead{found.references, found.column}, type, found.frame, span);
}

Value read_binding(Context& ctx, const Binding& binding, Span span) {
  const Expr& bound = ctx.program.expr(binding.value);
  if (!binding.is_constant) return Value{.is_failed = false, .number = {}, .id = binding.value, .type = binding.type, .span = span};
  return literal(ctx, std::get<Literal>(bound.node).value, binding.type, span);
}

Value read_name(Context& ctx, const Scope& scope, const Resolution& found, Span span) {
  switch (found.kind) {
    case Resolution::Kind::kParameter: return read_binding(ctx, *found.parameter, span);
    case Resolution::Kind::kColumn: return read_column(ctx, found, span);
    case Resolution::Kind::kDefinition: return read_definition(ctx, scope, found.declaration, found.frame, {}, span);
    case Resolution::Kind::kNow: return make(ctx, Now{}, type_of_kind(Kind::kTimestamp), kAccountFrame, span);
    case Resolution::Kind::kToday: return make(ctx, Today{}, type_of_kind(Kind::kDate), kAccountFrame, span);
    case Resolution::Kind::kNothing: break;
  }
  assert(false && "resolve gives a meaning or reports");
  return {};
}

Value enum_literal(Context& ctx, EnumTypeId type_id, std::int64_t index, Span span) {
  Type type = type_of_kind(Kind::kEnum);
  type.enum_id = type_id;
  return literal(ctx, index, type, span);
}

bool is_word_for_missing(std::string_view name) { return name == "missing" || name == "unknown" || name == "nothing" || name == "none"; }

Value check_path(Context& ctx, const Scope& scope, const ast::Path& path, EnumTypeId expected) {
  const ast::Name& first = path.parts.front();
  if (expected != kNoEnum && path.parts.size() == 1) {
    if (const auto index = enum_index(ctx.program.enums[expected], first.text)) return enum_literal(ctx, expected, *index, path.span);
    const bool is_nothing = find_bare(ctx, scope, first.text).kind == Resolution::Kind::kNothing && !is_word_for_missing(first.text);
    const bool is_slip = is_nothing && (!means_elsewhere(ctx, first.text) || nearest_name(first.text, ctx.program.enums[expected].values));
    if (is_slip) {
      report_unknown_value(ctx, path.span, first.text, expected);
      return {};
    }
  }
  if (path.parts.size() == 1 && is_word_for_missing(first.text) && find_bare(ctx, scope, first.text).kind == Resolution::Kind::kNothing) {
    report(ctx, DiagnosticKind::kMisplacedName, path.span,
           fmt::format("`{}` is not a value; to ask whether `x` has one, write `x is missing` or `x is known`", first.text));
    return {};
  }
  const std::optional<Resolution> found = resolve(ctx, scope, path);
  return found ? read_name(ctx, scope, *found, path.span) : Value{};
}

// ---- literals

Value check_text(Context& ctx, const ast::TextLiteral& text, Span span, EnumTypeId expected) {
  if (expected == kNoEnum) return literal(ctx, text.text, type_of_kind(Kind::kText), span);
  if (const auto index = enum_index(ctx.program.enums[expected], text.text)) return enum_literal(ctx, expected, *index, span);
  report_unknown_value(ctx, span, text.text, expected);
  return {};
}

Value check_bool(Context& ctx, const ast::BoolLiteral& word, Span span, EnumTypeId expected) {
  const auto index = expected == kNoEnum ? std::nullopt : enum_index(ctx.program.enums[expected], word.value ? "true" : "false");
  return index ? enum_literal(ctx, expected, *index, span) : literal(ctx, word.value, type_of_kind(Kind::kBool), span);
}

Value check_timestamp(Context& ctx, const ast::TimestampLiteral& timestamp, Span span) {
  if (const auto instant = instant_of(ctx, timestamp)) return literal(ctx, *instant, type_of_kind(Kind::kTimestamp), span);
  report(ctx, DiagnosticKind::kInvalidLiteral, span,
         fmt::format("{} lies outside the years 1 to 9999 in the project's time zone", code(ctx, span)));
  return {};
}

// ---- logic

Value check_logical(Context& ctx, const Scope& scope, const ast::Logical& logical, Span span) {
  std::vector<ExprId> operands;
  FrameId frame = kAccountFrame;
  bool is_failed = false;
  for (const ast::ExprId id : logical.operands) {
    const std::optional<ExprId> operand = check_predicate(ctx, scope, id);
    is_failed = is_failed || !operand;
    if (!operand) continue;
    operands.push_back(*operand);
    frame = inner_frame(ctx, frame, ctx.program.expr(*operand).frame);
  }
  if (is_failed) return {};
  if (logical.op == ast::LogicalOp::kAnd) return make_predicate(ctx, And{std::move(operands)}, frame, span);
  return make_predicate(ctx, Or{std::move(operands)}, frame, span);
}

Value check_not(Context& ctx, const Scope& scope, const ast::Not& node, Span span) {
  const std::optional<ExprId> operand = check_predicate(ctx, scope, node.operand);
  return operand ? make_predicate(ctx, Not{*operand}, ctx.program.expr(*operand).frame, span) : Value{};
}

// The construct of an expression; only delegates.
struct Dispatch {
  Context& ctx;
  const Scope& scope;
  const ast::Expr& expr;
  EnumTypeId expected;

  Value operator()(const ast::NumberLiteral& node) const { return pending_number(ast::exact_number(node), expr.span); }
  Value operator()(const ast::TextLiteral& node) const { return check_text(ctx, node, expr.span, expected); }
  Value operator()(const ast::BoolLiteral& node) const { return check_bool(ctx, node, expr.span, expected); }
  Value operator()(const ast::DateLiteral& node) const { return literal(ctx, day_of(node), type_of_kind(Kind::kDate), expr.span); }
  Value operator()(const ast::TimestampLiteral& node) const { return check_timestamp(ctx, node, expr.span); }
  Value operator()(const ast::PathExpr& node) const { return check_path(ctx, scope, node.path, expected); }
  Value operator()(const ast::OrElse& node) const { return check_node(ctx, scope, expr, node, expected); }
  Value operator()(const ast::Not& node) const { return check_not(ctx, scope, node, expr.span); }
  Value operator()(const ast::Logical& node) const { return check_logical(ctx, scope, node, expr.span); }
  Value operator()(const ast::ListLiteral&) const {
    return misplaced("a list in brackets is not a value by itself; it stands after `in` or `has`");
  }
  Value operator()(const ast::MissingLiteral&) const { return misplaced("`missing` is not a value here; write `x is missing`"); }
  Value operator()(const ast::RecordLiteral&) const { return misplaced("a row in braces stands in a `test` only"); }
  template <typename Construct>
  Value operator()(const Construct& node) const {
    return check_node(ctx, scope, expr, node);
  }

  Value misplaced(std::string message) const {
    report(ctx, DiagnosticKind::kTypeMismatch, expr.span, std::move(message));
    return {};
  }
};

// A bare name or text in quotes: what may turn out to be an enum's value once the other side is known.
bool is_flexible(const ast::Expr& expr) {
  if (std::holds_alternative<ast::TextLiteral>(expr.node)) return true;
  const auto* path = std::get_if<ast::PathExpr>(&expr.node);
  return path != nullptr && path->path.parts.size() == 1;
}

// Whether a flexible expression is of an enum type by itself.
bool names_enum(Context& ctx, const Scope& scope, const ast::Expr& expr) {
  const auto* path = std::get_if<ast::PathExpr>(&expr.node);
  if (path == nullptr) return false;
  const Resolution found = find_bare(ctx, scope, path->path.parts.front().text);
  switch (found.kind) {
    case Resolution::Kind::kParameter: return found.parameter->type.kind == Kind::kEnum;
    case Resolution::Kind::kColumn: return ctx.program.schema.tables[found.table].columns[found.column].type.kind == Kind::kEnum;
    case Resolution::Kind::kDefinition: return type_of_definition(ctx, found.declaration).kind == Kind::kEnum;
    default: return false;
  }
}

// `employees`, to build a message's example on.
std::string example_name(const Context& ctx, Span span) {
  const std::string text = words(ctx, span);
  return text.size() <= 40 ? text : "x";
}

}  // namespace

// `remote-first` beside an enum: a value that is no name, without its quotes, reads as a subtraction.
static bool report_unquoted_value(Context& ctx, const ast::Expr& expr, EnumTypeId expected) {
  if (expected == kNoEnum || !std::holds_alternative<ast::Arithmetic>(expr.node)) return false;
  const std::string_view text = text_at(source_of(ctx.input.sources, expr.span.source), expr.span);
  if (!enum_index(ctx.program.enums[expected], text)) return false;
  const std::string quoted = fmt::format("\"{}\"", text);
  report(ctx, DiagnosticKind::kUnknownEnumValue, expr.span,
         fmt::format("`{}` is not a plain name; write the value in quotes, as {}", text, quoted), fmt::format("write `{}`", quoted),
         Edit{expr.span, quoted});
  return true;
}

Value check_expr(Context& ctx, const Scope& scope, ast::ExprId id, EnumTypeId expected) {
  Value value;
  const ast::Expr& expr = scope.ast[id];
  if (report_unquoted_value(ctx, expr, expected)) return value;
  deep_call(ctx.stack, [&] { value = std::visit(Dispatch{ctx, scope, expr, expected}, expr.node); });
  return value;
}

Value check_name(Context& ctx, const Scope& scope, const ast::Path& path) { return check_path(ctx, scope, path, kNoEnum); }

Value make_predicate(Context& ctx, Node node, FrameId frame, Span span, bool is_negated) {
  const Value value = make(ctx, std::move(node), type_of_kind(Kind::kBool), frame, span);
  return is_negated ? make(ctx, Not{value.id}, type_of_kind(Kind::kBool), frame, span) : value;
}

void report_not_a_condition(Context& ctx, const Value& value) {
  const std::string x = example_name(ctx, value.span);
  std::string advice;
  switch (value.type.kind) {
    case Kind::kText: advice = fmt::format("compare it, as in `{} = \"…\"`", x); break;
    case Kind::kEnum:
      advice = fmt::format("compare it, as in `{} = {}`", x, written_name(ctx.program.enums[value.type.enum_id].values.front()));
      break;
    case Kind::kDate:
    case Kind::kTimestamp: advice = fmt::format("say when, as in `{} within last 30 days`", x); break;
    case Kind::kList: advice = fmt::format("ask what is in it, as in `{} has any [\"…\"]`", x); break;
    default: advice = fmt::format("compare it, as in `{} > 0`", x); break;
  }
  report(ctx, DiagnosticKind::kNotACondition, value.span,
         fmt::format("{} is {}, not a condition; {}", code(ctx, value.span), describe(ctx, value.type), advice));
}

std::optional<ExprId> check_predicate(Context& ctx, const Scope& scope, ast::ExprId id) {
  const Value value = check_expr(ctx, scope, id);
  if (value.is_failed) return std::nullopt;
  if (value.type.kind == Kind::kBool) return value.id;
  report_not_a_condition(ctx, value);
  return std::nullopt;
}

EnumTypeId enum_of(const Value& value) { return !value.is_failed && value.type.kind == Kind::kEnum ? value.type.enum_id : kNoEnum; }

bool is_bare_missing(const Context& ctx, const Scope& scope, ast::ExprId id) {
  const auto* path = std::get_if<ast::PathExpr>(&scope.ast[id].node);
  if (path == nullptr || path->path.parts.size() != 1) return false;
  const std::string& name = path->path.parts.front().text;
  return is_word_for_missing(name) && find_bare(ctx, scope, name).kind == Resolution::Kind::kNothing;
}

bool report_unquoted_text(Context& ctx, const Scope& scope, ast::ExprId id) {
  const auto* path = std::get_if<ast::PathExpr>(&scope.ast[id].node);
  if (path == nullptr || path->path.parts.size() != 1) return false;
  const ast::Name& name = path->path.parts.front();
  if (find_bare(ctx, scope, name.text).kind != Resolution::Kind::kNothing || is_word_for_missing(name.text)) return false;
  if (means_elsewhere(ctx, name.text) || has_near_name(ctx, scope, name.text)) return false;
  const std::string quoted = fmt::format("\"{}\"", name.text);
  report(ctx, DiagnosticKind::kUnknownName, name.span,
         fmt::format("nothing is called `{}` here; if it is text, write `{}`", name.text, quoted), fmt::format("write `{}`", quoted),
         Edit{name.span, quoted});
  return true;
}

std::pair<Value, Value> check_sides(Context& ctx, const Scope& scope, ast::ExprId left, ast::ExprId right) {
  const auto is_open = [&](ast::ExprId id) { return is_flexible(scope.ast[id]) && !names_enum(ctx, scope, scope.ast[id]); };
  if (is_open(left) && !is_open(right)) {
    Value second = check_expr(ctx, scope, right);
    if (!second.is_failed) ctx.beside = second.span;
    Value first = second.is_failed ? Value{} : check_expr(ctx, scope, left, enum_of(second));
    ctx.beside.reset();
    return {std::move(first), std::move(second)};
  }
  Value first = check_expr(ctx, scope, left);
  // Beside something in error a bare name may be the value of an enum that is not known: nothing to say about it.
  if (first.is_failed && is_flexible(scope.ast[right]) && !names_enum(ctx, scope, scope.ast[right])) return {std::move(first), Value{}};
  if (!first.is_failed && first.type.kind == Kind::kText && report_unquoted_text(ctx, scope, right)) return {std::move(first), Value{}};
  if (!first.is_failed && is_flexible(scope.ast[right])) ctx.beside = first.span;
  Value second = check_expr(ctx, scope, right, enum_of(first));
  ctx.beside.reset();
  return {std::move(first), std::move(second)};
}

}  // namespace segue::checker
