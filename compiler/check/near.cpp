// Points and `near`. `language.md`, "Predicates".
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/points.h"
#include "compiler/syntax/parse.h"
#include "stdlib/distance.h"
#include "stdlib/number.h"

namespace segue::checker {
namespace {

const SchemaColumn& column_of(const Context& ctx, const Resolution& found) {
  return ctx.program.schema.tables[found.table].columns[found.column];
}

// Whether some table has a point of that name: what is worth a closer look.
bool is_point_name(const Context& ctx, std::string_view name) {
  return std::ranges::any_of(ctx.program.schema.tables, [&](const SchemaTable& table) {
    const std::optional<ColumnId> column = find_column(table, name);
    return column && table.columns[*column].form == ColumnForm::kPoint;
  });
}

Value read_coordinate(Context& ctx, const Resolution& found, ColumnId column, Span span) {
  Type type = ctx.program.schema.tables[found.table].columns[column].type;
  if (found.references.empty()) return make(ctx, ColumnRead{column}, type, found.frame, span);
  type.optional = true;  // missing where the reference leads nowhere
  return make(ctx, ReferenceRead{found.references, column}, type, found.frame, span);
}

// ---- the centre and the distance

// What a number that the text fixes is for.
struct Place {
  std::string_view what;  // `a latitude`
  std::string_view range;
  double least = 0;
  double most = 0;
};
constexpr Place kLatitude{"a latitude", "lies between -90 and 90", -90, 90};
constexpr Place kLongitude{"a longitude", "lies between -180 and 180", -180, 180};

double as_double(const Constant& constant, const Type& type) {
  if (const auto* number = std::get_if<double>(&constant)) return *number;
  return nearest_float(std::get<std::int64_t>(constant), type.scale);
}

// The value of a literal, a `param` or one of these with a minus sign, as the double nearest to it times `factor`; nothing where that was reported.
std::optional<double> fixed_number(Context& ctx, const Scope& scope, ast::ExprId id, std::string_view what) {
  const Value written = check_expr(ctx, scope, id);
  const Value value = settled_beside(ctx, written, type_of_kind(Kind::kFloat));
  if (value.is_failed) return std::nullopt;
  if (!is_number(value.type)) {
    report(ctx, DiagnosticKind::kTypeMismatch, value.span,
           fmt::format("{} is a number, and {} is {}", what, code(ctx, value.span), describe(ctx, value.type)));
    return std::nullopt;
  }
  const Expr* expr = &expr_of(ctx, value);
  const auto* negate = std::get_if<Negate>(&expr->node);
  if (negate != nullptr) expr = &ctx.program.expr(negate->operand);
  if (const auto* constant = std::get_if<Literal>(&expr->node)) {
    const double number = as_double(constant->value, expr->type);
    return negate == nullptr ? number : -number;
  }
  report(ctx, DiagnosticKind::kNotConstant, value.span,
         fmt::format("{} is not the same for every row; {} is a fixed number or the name of a `param`", code(ctx, value.span), what));
  return std::nullopt;
}

std::optional<double> coordinate(Context& ctx, const Scope& scope, ast::ExprId id, const Place& place) {
  const std::optional<double> number = fixed_number(ctx, scope, id, place.what);
  if (!number || (*number >= place.least && *number <= place.most)) return number;
  report(ctx, DiagnosticKind::kInvalidLiteral, scope.ast[id].span,
         fmt::format("{} {}, and {} does not; write latitude first, then longitude, in degrees", place.what, place.range,
                     code(ctx, scope.ast[id].span)));
  return std::nullopt;
}

// 1.609344 of a literal, exactly, then the nearest double.
std::optional<double> miles_as_kilometres(const ast::NumberLiteral& miles) {
  ast::ExactNumber number = ast::exact_number(miles);
  constexpr std::int64_t kMillionthsPerMile = 1'609'344;
  const std::expected<Constant, std::string> whole = constant_of_number({number.is_negative, number.digits, 0}, type_of_kind(Kind::kInt));
  if (!whole) return std::nullopt;
  const KnownInt product = multiply_int(std::get<std::int64_t>(*whole), kMillionthsPerMile);
  if (!product.known) return std::nullopt;
  return nearest_float_of_text(fmt::format("{}e-{}", product.value, number.scale + 6));
}

std::optional<double> distance_of(Context& ctx, const Scope& scope, const ast::Near& node) {
  const std::optional<double> number = fixed_number(ctx, scope, node.distance, "a distance");
  if (!number) return std::nullopt;
  if (!(*number > 0)) {
    report(ctx, DiagnosticKind::kInvalidLiteral, scope.ast[node.distance].span,
           fmt::format("a distance is above 0, and {} is not", code(ctx, scope.ast[node.distance].span)));
    return std::nullopt;
  }
  if (node.unit == ast::DistanceUnit::kKilometre) return number;
  const auto* written = std::get_if<ast::NumberLiteral>(&scope.ast[node.distance].node);
  const std::optional<double> exact = written == nullptr ? std::nullopt : miles_as_kilometres(*written);
  return exact ? exact : *number * kKilometresPerMile;
}

Value report_no_point(Context& ctx, const Scope& scope, ast::ExprId id) {
  const Value operand = settled(ctx, check_expr(ctx, scope, id));
  if (operand.is_failed) return {};
  report(ctx, DiagnosticKind::kTypeMismatch, operand.span,
         fmt::format("`near` is asked of a column of type `point`, and {} is {}; declare one in the schema, as in `location: {{type: "
                     "point, lat: latitude, lon: longitude}}`",
                     code(ctx, operand.span), describe(ctx, operand.type)));
  return {};
}

}  // namespace

void report_bare_point(Context& ctx, const SchemaColumn& column, Span span) {
  report(ctx, DiagnosticKind::kTypeMismatch, span,
         fmt::format("`{0}` is a point on the map, of which one asks how near it is, or whether it is there; write `{1} near (52.5, 13.4) "
                     "within 50 km`, `{1} is known` or "
                     "`{1} is missing`",
                     column.name, words(ctx, span)));
}

std::optional<PointRead> read_point(Context& ctx, const Scope& scope, ast::ExprId id, bool& is_failed) {
  const ast::Expr& expr = scope.ast[id];
  const auto* path = std::get_if<ast::PathExpr>(&expr.node);
  if (path == nullptr || !is_point_name(ctx, path->path.parts.back().text)) return std::nullopt;
  const std::optional<Resolution> found = resolve(ctx, scope, path->path);
  is_failed = !found;
  if (!found || found->kind != Resolution::Kind::kColumn || column_of(ctx, *found).form != ColumnForm::kPoint) return std::nullopt;
  const SchemaColumn column = column_of(ctx, *found);
  return PointRead{read_coordinate(ctx, *found, *column.latitude, expr.span), read_coordinate(ctx, *found, *column.longitude, expr.span)};
}

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Near& node) {
  bool is_failed = false;
  const std::optional<PointRead> point = read_point(ctx, scope, node.operand, is_failed);
  if (is_failed) return {};
  if (!point) return report_no_point(ctx, scope, node.operand);
  const std::optional<double> latitude = coordinate(ctx, scope, node.latitude, kLatitude);
  const std::optional<double> longitude = coordinate(ctx, scope, node.longitude, kLongitude);
  const std::optional<double> kilometres = distance_of(ctx, scope, node);
  if (!latitude || !longitude || !kilometres) return {};
  const Near made{point->latitude.id, point->longitude.id, *latitude, *longitude, *kilometres};
  return make_predicate(ctx, made, expr_of(ctx, point->latitude).frame, expr.span, node.is_negated);
}

}  // namespace segue::checker
