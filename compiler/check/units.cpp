// Units of measure: what columns state, and the rules for numbers that have one. `language.md`, "Units and money".
#include "compiler/check/units.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace segue::checker {
namespace {

using Parts = std::vector<std::pair<std::string, int>>;

std::optional<std::uint16_t> intern_unit(Context& ctx, Parts parts) {
  if (parts.empty()) return 0;
  const auto next = ctx.program.units.size();
  const auto [place, is_new] = ctx.unit_ids.try_emplace(std::move(parts), static_cast<std::uint16_t>(next));
  if (!is_new) return place->second;
  if (next > std::numeric_limits<std::uint16_t>::max()) {
    ctx.unit_ids.erase(place);
    return std::nullopt;
  }
  ctx.program.units.push_back(UnitOfMeasure{place->first});
  return place->second;
}

// `EUR`, `EUR²` as `EUR^2`.
std::string power_words(const std::string& name, int exponent) { return exponent == 1 ? name : fmt::format("{}^{}", name, exponent); }

// The operands of a number that is calculated; nothing for anything else than arithmetic.
std::vector<ExprId> arithmetic_operands(const Node& node) {
  if (const auto* negate = std::get_if<Negate>(&node)) return {negate->operand};
  if (const auto* rounded = std::get_if<ToFloat>(&node)) return {rounded->operand};
  if (const auto* rescaled = std::get_if<Rescale>(&node)) return {rescaled->operand};
  if (const auto* arithmetic = std::get_if<Arithmetic>(&node)) return {arithmetic->left, arithmetic->right};
  if (const auto* either = std::get_if<OrElse>(&node)) return {either->operand, either->fallback};
  return {};
}

// Constants have no unit of their own.
bool is_free(const Context& ctx, const Value& value) {
  return value.number.has_value() || (value.type.unit == 0 && is_constant_number(ctx, value.id));
}

// `in EUR`, or what a number without a unit is said to be.
std::string in_unit(const Context& ctx, const Value& value) {
  const std::string unit = unit_words(ctx.program, value.type.unit);
  if (unit.empty()) return "has no unit";
  return unit.starts_with("per ") ? fmt::format("is {}", unit) : fmt::format("is in {}", unit);
}

bool reads_column(const Node& node) { return std::holds_alternative<ColumnRead>(node) || std::holds_alternative<ReferenceRead>(node); }

bool is_column(const Context& ctx, const Value& value) { return reads_column(expr_of(ctx, value).node); }

// The column whose unit a value has: itself, or of `sum(opportunities: amount)` the amount; its place in the text.
std::optional<Span> column_behind(const Context& ctx, const Value& value) {
  if (is_column(ctx, value)) return value.span;
  const auto* aggregate = std::get_if<Aggregate>(&expr_of(ctx, value).node);
  const bool keeps_unit = aggregate != nullptr && aggregate->value && aggregate->fn != AggregateFn::kDistinct;
  if (!keeps_unit || !reads_column(ctx.program.expr(*aggregate->value).node)) return std::nullopt;
  return ctx.program.expr(*aggregate->value).span;
}

bool is_plain_unit(const Context& ctx, std::uint16_t unit) {
  const Parts& parts = ctx.program.units[unit].parts;
  return parts.size() == 1 && parts.front().second == 1;
}

// What to do where one of two has no unit.
std::string advice_without(const Context& ctx, const Value& with, const Value& without) {
  const std::string unit = unit_words(ctx.program, with.type.unit);
  if (const std::optional<Span> column = column_behind(ctx, without); column && is_plain_unit(ctx, with.type.unit))
    return fmt::format("if {} counts {} too, write `unit: {}` at its column in the schema", code(ctx, *column), unit, unit);
  if (is_column(ctx, with)) {
    return fmt::format(
        "numbers that are counted or calculated without a unit go with others of that kind; take `unit` from the column {} in the schema "
        "if it is only a count",
        code(ctx, with.span));
  }
  return fmt::format("a fixed number fits any unit, anything else must be {} too",
                     unit.starts_with("per ") ? unit : fmt::format("in {}", unit));
}

void report_units(Context& ctx, const Value& left, const Value& right, UnitUse use, Span span) {
  const std::string message =
      fmt::format("{} {}, and {} {}", code(ctx, left.span), in_unit(ctx, left), code(ctx, right.span), in_unit(ctx, right));
  std::string advice;
  if (left.type.unit == 0) advice = advice_without(ctx, right, left);
  else if (right.type.unit == 0) advice = advice_without(ctx, left, right);
  else if (use == UnitUse::kCompared)
    advice = "only numbers in one unit are compared; compare with a fixed number, or with one in the same unit";
  else if (use == UnitUse::kAdded)
    advice = "only numbers in one unit are added or subtracted; for how much of one comes on the other, divide";
  else advice = "what stands in for a missing number has its unit; write a fixed number, or one in the same unit";
  report(ctx, DiagnosticKind::kUnitMismatch, span, fmt::format("{}; {}", message, advice));
}

}  // namespace

void set_units_of_columns(Context& ctx) {
  ctx.program.units.emplace_back();
  for (SchemaTable& table : ctx.program.schema.tables) {
    for (SchemaColumn& column : table.columns) {
      const std::string& name = column.form == ColumnForm::kMoney ? ctx.input.project.currency : column.unit;
      if (!name.empty()) column.type.unit = intern_unit(ctx, {{name, 1}}).value_or(0);
    }
  }
}

std::string unit_words(const CheckedProgram& program, std::uint16_t unit) {
  std::string over;
  std::string under;
  for (const auto& [name, exponent] : program.units[unit].parts) {
    std::string& side = exponent > 0 ? over : under;
    side += fmt::format("{}{}", side.empty() ? "" : exponent > 0 ? " times " : " and ", power_words(name, std::abs(exponent)));
  }
  if (under.empty()) return over;
  return over.empty() ? fmt::format("per {}", under) : fmt::format("{} per {}", over, under);
}

bool is_constant_number(const Context& ctx, ExprId id) {
  constexpr int kMostSteps = 10'000;  // what is calculated of so many numbers counts as no constant
  std::vector<ExprId> open = {id};
  for (int step = 0; !open.empty(); ++step) {
    if (step == kMostSteps) return false;
    const Node& node = ctx.program.expr(open.back()).node;
    open.pop_back();
    if (std::holds_alternative<Literal>(node)) continue;
    if (const auto* read = std::get_if<DefinitionRead>(&node)) {
      open.push_back(ctx.program.definition(read->definition).body);
      continue;
    }
    const std::vector<ExprId> operands = arithmetic_operands(node);
    if (operands.empty()) return false;
    open.insert(open.end(), operands.begin(), operands.end());
  }
  return true;
}

std::optional<std::uint16_t> common_unit(Context& ctx, std::span<const Value> values, UnitUse use, Span span) {
  const Value* first = nullptr;
  for (const Value& value : values) {
    if (!is_number(value.type) || is_free(ctx, value)) continue;
    if (first == nullptr) first = &value;
    if (value.type.unit == first->type.unit) continue;
    report_units(ctx, *first, value, use, span);
    return std::nullopt;
  }
  return first == nullptr ? 0 : first->type.unit;
}

std::optional<std::uint16_t> common_unit(Context& ctx, const Value& left, const Value& right, UnitUse use, Span span) {
  if (left.type.unit == right.type.unit) return left.type.unit;
  const Value both[] = {left, right};
  return common_unit(ctx, both, use, span);
}

std::optional<std::uint16_t> unit_of_product(Context& ctx, const Value& left, const Value& right, bool is_quotient, Span span) {
  if (right.type.unit == 0) return left.type.unit;
  Parts parts = ctx.program.units[left.type.unit].parts;
  for (const auto& [name, exponent] : ctx.program.units[right.type.unit].parts) {
    const auto place = std::ranges::lower_bound(parts, name, {}, &std::pair<std::string, int>::first);
    const int change = is_quotient ? -exponent : exponent;
    if (place == parts.end() || place->first != name) parts.insert(place, {name, change});
    else place->second += change;
  }
  std::erase_if(parts, [](const auto& part) { return part.second == 0; });
  const std::optional<std::uint16_t> unit = intern_unit(ctx, std::move(parts));
  if (!unit) {
    report(ctx, DiagnosticKind::kUnitMismatch, span,
           fmt::format("{} has yet another unit, and these rules have too many different ones; leave units out of the schema",
                       code(ctx, span)));
  }
  return unit;
}

}  // namespace segue::checker
