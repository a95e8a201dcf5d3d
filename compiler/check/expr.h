// This file's external interface is `check_expr`: one expression of the tree, typed and without sugar, in the rows of its scope. The constructs
// lie in files of their own; each has a `check_node` here.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/check/context.h"

namespace segue::checker {

// Checks an expression. Where `expected` names an enum, a bare name or text that is one of its values is that value, whatever else bears
// the name.
[[nodiscard]] Value check_expr(Context& ctx, const Scope& scope, ast::ExprId id, EnumTypeId expected = kNoEnum);

// What a name means as a value, where no enum is expected.
[[nodiscard]] Value check_name(Context& ctx, const Scope& scope, const ast::Path& path);

// The same for a place that needs a condition: reports anything else.
[[nodiscard]] std::optional<ExprId> check_predicate(Context& ctx, const Scope& scope, ast::ExprId id);

// Reports that a value stands where a condition is needed, and how to make one of it.
void report_not_a_condition(Context& ctx, const Value& value);

// Two sides that may lend each other the meaning of a bare enum value.
[[nodiscard]] std::pair<Value, Value> check_sides(Context& ctx, const Scope& scope, ast::ExprId left, ast::ExprId right);

// Reports a bare name beside text that means nothing at all, as text that lacks its quotes; false where it may mean something.
[[nodiscard]] bool report_unquoted_text(Context& ctx, const Scope& scope, ast::ExprId id);

// Whether an expression is the bare word `missing`, or a word for it, that names nothing.
[[nodiscard]] bool is_bare_missing(const Context& ctx, const Scope& scope, ast::ExprId id);

// The enum of a value, kNoEnum when it has none: what the other side may expect.
[[nodiscard]] EnumTypeId enum_of(const Value& value);

// Brings both sides to one kind: numbers settle, times turn into days beside a date. Gives whether they compare folded; nothing where they do not
// compare (reported). `is_ordered`: for `<` and `between`.
[[nodiscard]] std::optional<bool> harmonise(Context& ctx, Value& left, Value& right, bool is_ordered);

// The local day of a timestamp.
[[nodiscard]] Value local_day(Context& ctx, const Value& timestamp);

// A window as the clock knows it; nothing where that was reported. `operand` is what lies in it.
[[nodiscard]] std::optional<WindowId> check_window(Context& ctx, const Scope& scope, const ast::Window& window, const Value& operand);

// Reports that `what` stands over a relation without a time.
void report_no_time_column(Context& ctx, const SchemaTable& table, Span span, std::string_view what);

// The condition that a row lies in the window behind its relation's name; nothing where that was reported.
[[nodiscard]] std::optional<ExprId> check_rows_within(Context& ctx, const Scope& scope, FrameId rows, const ast::Window& window);

// A duration or a moment's amount.
[[nodiscard]] Value check_duration(Context& ctx, const Scope& scope, const ast::DurationLiteral& duration, Span span);

Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::DurationLiteral& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::RelativeTime& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Call& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Aggregate& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Sequence& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Percentile& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Negation& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Arithmetic& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::OrElse& node, EnumTypeId expected);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Comparison& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Between& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Membership& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Has& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::TextMatch& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::State& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::WithinWindow& node);
Value check_node(Context& ctx, const Scope& scope, const ast::Expr& expr, const ast::Near& node);

// A predicate, or with `is_negated` its complement over the same text.
[[nodiscard]] Value make_predicate(Context& ctx, Node node, FrameId frame, Span span, bool is_negated = false);

}  // namespace segue::checker
