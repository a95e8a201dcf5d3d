// This file's external interface is how literals take their type from their neighbour. `language.md`, "Lexical rules": a number is an int where
// it is whole, else an exact decimal; beside a float it is the nearest double.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/check/context.h"

namespace segue::checker {

// A number that waits for its neighbour.
[[nodiscard]] Value pending_number(const ast::ExactNumber& number, Span span);

// The number as a constant of `type` (int, decimal of its scale, float); the error says in plain words why it does not fit.
[[nodiscard]] std::expected<Constant, std::string> constant_of_number(const ast::ExactNumber& number, const Type& type);

// A pending number becomes the literal that it is by itself, or beside a value of type `other`; anything else stays.
[[nodiscard]] Value settled(Context& ctx, Value value);
[[nodiscard]] Value settled_beside(Context& ctx, Value value, const Type& other);

// A pending number becomes a literal of exactly that number type; anything else stays. `whose` is for the message: what wants it.
[[nodiscard]] Value settled_as(Context& ctx, Value value, const Type& type, std::string_view whose);

[[nodiscard]] bool is_zero(const ast::ExactNumber& number);

// A number as text: `5_000`, `2.5k`, `10%`, `-3`. For `--param` and text in quotes that should be a number.
[[nodiscard]] std::optional<ast::ExactNumber> parse_number(std::string_view text);

// Digits as rules would write the number.
[[nodiscard]] std::string number_text(const ast::ExactNumber& number);

// The type of a pending number by itself.
[[nodiscard]] Type own_type(const ast::ExactNumber& number);

[[nodiscard]] std::int64_t day_of(const ast::DateLiteral& date);
// Missing where its local day lies outside the years 1 to 9999.
[[nodiscard]] std::optional<std::int64_t> instant_of(Context& ctx, const ast::TimestampLiteral& timestamp);

// The index of an enum's value; under its folding where it has one.
[[nodiscard]] std::optional<std::int64_t> enum_index(const EnumType& type, std::string_view value);

// Reports that `name` is no value of the enum; with a fix where a value is near. `owner` is what has these values, where that is known.
void report_unknown_value(Context& ctx, Span span, std::string_view name, EnumTypeId type, std::string_view owner = {});

// The whole number that a count is (`last 30 days`, `last n days`); nothing where that was reported. `is_literal`: written as a number.
struct Count {
  std::int64_t value = 0;
  bool is_literal = false;
};
[[nodiscard]] std::optional<Count> constant_count(Context& ctx, const Scope& scope, ast::ExprId id);

}  // namespace segue::checker
