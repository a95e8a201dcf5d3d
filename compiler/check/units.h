// This file's external interface is units: what numbers count, and what becomes of that when they are compared and calculated with. `language.md`, "Units and money".
// A constant (a literal, a `param`, what is calculated of such) has no unit of its own and takes that of what stands beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "compiler/check/context.h"

namespace segue::checker {

// Gives the columns of the program's schema their units: those that the schema states, and the project's currency for money.
void set_units_of_columns(Context& ctx);

// `EUR per seats`, `EUR`; empty for a number without a unit.
[[nodiscard]] std::string unit_words(const CheckedProgram& program, std::uint16_t unit);

// What is done with numbers that need to have one unit.
enum class UnitUse : std::uint8_t { kCompared, kAdded, kReplaced };

// The one unit of numbers beside each other (settled, or all of them literals); nothing where they differ, which is reported over `span`. Of values other than numbers it is 0.
[[nodiscard]] std::optional<std::uint16_t> common_unit(Context& ctx, std::span<const Value> values, UnitUse use, Span span);
[[nodiscard]] std::optional<std::uint16_t> common_unit(Context& ctx, const Value& left, const Value& right, UnitUse use, Span span);

// The unit of a product or quotient; nothing where a program has more units than can be counted (reported).
[[nodiscard]] std::optional<std::uint16_t> unit_of_product(Context& ctx, const Value& left, const Value& right, bool is_quotient,
                                                           Span span);

// Whether a value is the same for every row, whatever the data and the clock: a literal, a `param`, and what is calculated of such.
[[nodiscard]] bool is_constant_number(const Context& ctx, ExprId id);

}  // namespace segue::checker
