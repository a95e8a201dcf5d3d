// Grids: every combination of the values of some axes is a cell.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/bodies.h"
#include "compiler/check/expr.h"
#include "compiler/check/lists.h"

namespace segue::checker {
namespace {

constexpr std::uint64_t kMostCells = 100'000;

// An axis with the names of its places.
struct Axis {
  GridAxis axis;
  std::vector<std::string> names;
  bool is_total = false;  // every account has a place on it
};

void report_grid(Context& ctx, Span span, std::string message) { report(ctx, DiagnosticKind::kInvalidGrid, span, std::move(message)); }

// What stands on an axis: an enum or something that is true or false.
bool check_axis_type(Context& ctx, const Value& operand) {
  if (operand.type.kind == Kind::kEnum || operand.type.kind == Kind::kBool) return true;
  std::string advice = "name a column with fixed values, a condition, tiers or stages";
  if (operand.type.kind == Kind::kText) advice = "declare its values in the schema, as in `{type: enum, values: [..]}`";
  if (is_number(operand.type)) advice = "sort it into bands with `tiers` first, and name these here";
  report_grid(ctx, operand.span,
              fmt::format("the values of an axis are known beforehand, and {} is {}; {}", code(ctx, operand.span),
                          describe(ctx, operand.type), advice));
  return false;
}

// The enum values that stand on the axis, in the order of its places.
std::optional<std::vector<std::int64_t>> enum_places(Context& ctx, const Scope& scope, const ast::GridAxis& axis, const Value& operand) {
  const std::size_t count = ctx.program.enums[operand.type.enum_id].values.size();
  std::vector<std::int64_t> values;
  if (!axis.values) {
    for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<std::int64_t>(i));
    return values;
  }
  bool are_days = false;
  const std::optional<SetId> set = check_set(ctx, scope, *axis.values, Tested{operand.type, words(ctx, operand.span)}, are_days);
  if (!set) return std::nullopt;
  for (const Constant& value : ctx.program.sets[index_of(*set)].values) values.push_back(std::get<std::int64_t>(value));
  if (!values.empty()) return values;
  report_grid(ctx, scope.ast[*axis.values].span,
              fmt::format("none of {} is a value of {}, so this axis has no places", code(ctx, scope.ast[*axis.values].span),
                          code(ctx, operand.span)));
  return std::nullopt;
}

// The places of false and true: `true` first, unless they are listed.
std::optional<std::vector<bool>> bool_places(Context& ctx, const Scope& scope, const ast::GridAxis& axis, const Value& operand) {
  if (!axis.values) return std::vector<bool>{true, false};
  const Span span = scope.ast[*axis.values].span;
  const auto* list = std::get_if<ast::ListLiteral>(&scope.ast[*axis.values].node);
  std::vector<bool> values;
  for (const ast::ExprId id : list == nullptr ? std::vector<ast::ExprId>() : list->elements) {
    const auto* word = std::get_if<ast::BoolLiteral>(&scope.ast[id].node);
    if (word == nullptr) {
      report_grid(ctx, scope.ast[id].span,
                  fmt::format("{} is true or false, and {} is neither; write `by {}` for both", code(ctx, operand.span),
                              code(ctx, scope.ast[id].span), words(ctx, operand.span)));
      return std::nullopt;
    }
    if (std::ranges::count(values, word->value) == 0) {
      values.push_back(word->value);
      continue;
    }
    report(ctx, DiagnosticKind::kRepeatedValue, scope.ast[id].span,
           fmt::format("{} stands in this list already; leave it out", code(ctx, scope.ast[id].span)));
    return std::nullopt;
  }
  if (!values.empty()) return values;
  report_grid(ctx, span,
              fmt::format("{0} is true or false; write `by {1}` for both, or `by {1} in [true]`", code(ctx, operand.span),
                          words(ctx, operand.span)));
  return std::nullopt;
}

std::optional<Axis> check_axis(Context& ctx, const Scope& scope, const ast::GridAxis& axis) {
  const Value operand = check_name(ctx, scope, axis.column);
  if (operand.is_failed || !check_axis_type(ctx, operand)) return std::nullopt;
  Axis made;
  made.axis.operand = operand.id;
  if (operand.type.kind == Kind::kBool) {
    const std::optional<std::vector<bool>> values = bool_places(ctx, scope, axis, operand);
    if (!values) return std::nullopt;
    made.axis.places = {-1, -1};
    for (const bool value : *values) {
      made.axis.places[value ? 1 : 0] = static_cast<std::int32_t>(made.names.size());
      made.names.emplace_back(value ? "true" : "false");
    }
  } else {
    const std::optional<std::vector<std::int64_t>> values = enum_places(ctx, scope, axis, operand);
    if (!values) return std::nullopt;
    const std::vector<std::string>& all = ctx.program.enums[operand.type.enum_id].values;
    made.axis.places.assign(all.size(), -1);
    for (const std::int64_t value : *values) {
      made.axis.places[static_cast<std::size_t>(value)] = static_cast<std::int32_t>(made.names.size());
      made.names.push_back(all[static_cast<std::size_t>(value)]);
    }
  }
  made.axis.size = static_cast<std::uint32_t>(made.names.size());
  made.is_total = !operand.type.optional && std::ranges::count(made.axis.places, -1) == 0;
  return made;
}

// One column on two axes: most cells would be empty for ever.
bool check_repeated_axes(Context& ctx, const ast::GridDecl& grid) {
  std::set<std::string> seen;
  for (const ast::GridAxis& axis : grid.axes) {
    if (seen.insert(words(ctx, axis.column.span)).second) continue;
    report(ctx, DiagnosticKind::kRepeatedValue, axis.column.span,
           fmt::format("{} is an axis of this grid already; leave it out", code(ctx, axis.column.span)));
    return false;
  }
  return true;
}

// The names of the cells, the first axis varying last.
std::vector<std::string> cell_names(const std::vector<Axis>& axes) {
  std::vector<std::string> names = {""};
  for (const Axis& axis : axes) {
    std::vector<std::string> longer;
    longer.reserve(names.size() * axis.names.size());
    for (const std::string& name : names) {
      for (const std::string& value : axis.names) longer.push_back(name.empty() ? value : fmt::format("{}/{}", name, value));
    }
    names = std::move(longer);
  }
  return names;
}

// The enum of the cells; nothing where there are too many, or two bear one name.
std::optional<Type> type_of_cells(Context& ctx, const ast::GridDecl& grid, const std::vector<Axis>& axes) {
  std::uint64_t count = 1;
  for (const Axis& axis : axes) count = std::min(count * axis.axis.size, kMostCells + 1);
  if (count > kMostCells) {
    report_grid(ctx, grid.name.span,
                fmt::format("`{}` has more than {} cells; leave an axis out, or list the values that matter with `in [..]`", grid.name.text,
                            kMostCells));
    return std::nullopt;
  }
  EnumType cells;
  cells.name = grid.name.text;
  cells.values = cell_names(axes);
  std::set<std::string_view> seen;
  for (const std::string& name : cells.values) {
    if (seen.insert(name).second) continue;
    report_grid(
        ctx, grid.name.span,
        fmt::format("two cells of `{}` would both be called `{}`, because values of its axes hold a `/`; leave one of these values out",
                    grid.name.text, name));
    return std::nullopt;
  }
  Type type = type_of_kind(Kind::kEnum);
  type.enum_id = intern_enum(ctx.program.enums, std::move(cells));
  return type;
}

}  // namespace

std::optional<Definition> check_grid(Context& ctx, const Scope& scope, const ast::GridDecl& grid, Span span) {
  Definition definition = described(grid, DefinitionKind::kGrid);
  GridCell cell;
  bool is_failed = !check_repeated_axes(ctx, grid);
  if (grid.where || !grid.except.empty()) {
    cell.where = check_conditions(ctx, scope, grid.where, grid.except);
    is_failed = is_failed || !cell.where;
  }
  std::vector<Axis> axes;
  for (const ast::GridAxis& axis : grid.axes) {
    std::optional<Axis> made = check_axis(ctx, scope, axis);
    is_failed = is_failed || !made;
    if (made) axes.push_back(std::move(*made));
  }
  if (is_failed) return std::nullopt;
  std::optional<Type> type = type_of_cells(ctx, grid, axes);
  if (!type) return std::nullopt;
  type->optional = cell.where.has_value() || !std::ranges::all_of(axes, &Axis::is_total);
  for (Axis& axis : axes) cell.axes.push_back(std::move(axis.axis));
  definition.body = make(ctx, std::move(cell), *type, kAccountFrame, span).id;
  return definition;
}

}  // namespace segue::checker
