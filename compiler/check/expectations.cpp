// The claims of a segment about the data: `expect size between 50 and 5_000`. `language.md`, "Expectations and tests".
#include <utility>

#include <fmt/format.h>

#include "compiler/check/definitions.h"
#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "stdlib/number.h"

namespace segue::checker {
namespace {

// A bound, and whether it is a part of all accounts rather than a count.
struct BoundValue {
  double value = 0;
  bool is_fraction = false;
};

void report_bound(Context& ctx, Span span, std::string message) {
  report(ctx, DiagnosticKind::kInvalidExpectation, span, std::move(message));
}

std::optional<BoundValue> check_bound(Context& ctx, const Scope& scope, ast::ExprId id) {
  const ast::Expr& expr = scope.ast[id];
  const Value value = check_expr(ctx, scope, id);
  if (value.is_failed) return std::nullopt;
  const auto* written = std::get_if<ast::NumberLiteral>(&expr.node);
  const bool is_percent = written != nullptr && written->suffix == ast::NumberSuffix::kPercent;
  if (value.number) {
    const Value number = settled_as(ctx, value, type_of_kind(Kind::kFloat), "`expect`");
    if (number.is_failed) return std::nullopt;
    return BoundValue{std::get<double>(std::get<Literal>(expr_of(ctx, number).node).value), is_percent || value.number->scale > 0};
  }
  const auto* constant = std::get_if<Literal>(&expr_of(ctx, value).node);
  if (constant == nullptr || !is_number(value.type)) {
    report_bound(ctx, expr.span,
                 fmt::format("`expect` takes a fixed number or a `param` here, and {} is {}", code(ctx, expr.span),
                             constant == nullptr ? "neither" : describe(ctx, value.type)));
    return std::nullopt;
  }
  if (const auto* number = std::get_if<double>(&constant->value)) return BoundValue{*number, true};
  return BoundValue{nearest_float(std::get<std::int64_t>(constant->value), value.type.scale), value.type.kind == Kind::kDecimal};
}

bool check_measure(Context& ctx, const ast::Expectation& expectation, const ast::MeasureExpectation& claim, const BoundValue& bound) {
  if (claim.measure == ast::Measure::kSize && bound.is_fraction) {
    report_bound(ctx, expectation.span,
                 fmt::format("`size` counts accounts, and {} asks for a part of them; write `share` instead of `size`",
                             code(ctx, expectation.span)));
    return false;
  }
  if (bound.value < 0 || (claim.measure == ast::Measure::kShare && bound.value > 1)) {
    const std::string_view limits = claim.measure == ast::Measure::kShare ? "a share lies between 0% and 100%" : "a count is never below 0";
    report_bound(ctx, expectation.span, fmt::format("{}, so {} means nothing; write another bound", limits, code(ctx, expectation.span)));
    return false;
  }
  return true;
}

void set_bounds(Expectation& made, ast::Bound bound, double low, std::optional<double> high) {
  switch (bound) {
    case ast::Bound::kBetween:
      made.low = low;
      made.high = high;
      return;
    case ast::Bound::kAbove: made.low_is_strict = true; [[fallthrough]];
    case ast::Bound::kAtLeast: made.low = low; return;
    case ast::Bound::kBelow: made.high_is_strict = true; [[fallthrough]];
    case ast::Bound::kAtMost: made.high = low; return;
  }
}

std::optional<Expectation> check_claim(Context& ctx, const Scope& scope, const ast::Expectation& expectation,
                                       const ast::MeasureExpectation& claim) {
  const std::optional<BoundValue> low = check_bound(ctx, scope, claim.low);
  std::optional<BoundValue> high;
  if (claim.high) high = check_bound(ctx, scope, *claim.high);
  if (!low || (claim.high && !high)) return std::nullopt;
  if (!check_measure(ctx, expectation, claim, *low) || (high && !check_measure(ctx, expectation, claim, *high))) return std::nullopt;
  if (high && low->value > high->value) {
    report_bound(ctx, expectation.span, fmt::format("{} can never hold; write the smaller number first", code(ctx, expectation.span)));
    return std::nullopt;
  }
  Expectation made;
  made.subject = claim.measure == ast::Measure::kSize    ? ExpectSubject::kSize
                 : claim.measure == ast::Measure::kShare ? ExpectSubject::kShare
                                                         : ExpectSubject::kUndetermined;
  made.is_fraction = claim.measure == ast::Measure::kShare ||
                     (claim.measure == ast::Measure::kUndetermined && (low->is_fraction || (high && high->is_fraction)));
  set_bounds(made, claim.bound, low->value, high ? std::optional(high->value) : std::nullopt);
  made.text = text_at(source_of(ctx.input.sources, expectation.span.source), expectation.span);
  made.span = expectation.span;
  return made;
}

// What a later version proves or compares; empty when this one can check it.
std::string_view later_claim(const ast::Expectation& expectation) {
  if (!std::holds_alternative<std::monostate>(expectation.subject)) return "an expectation about single values";
  if (std::holds_alternative<ast::DisjointExpectation>(expectation.claim)) return "`expect disjoint from`";
  if (std::holds_alternative<ast::SubsetExpectation>(expectation.claim)) return "`expect subset of`";
  if (std::holds_alternative<ast::NotEmptyExpectation>(expectation.claim)) return "`expect not empty`";
  return std::get<ast::MeasureExpectation>(expectation.claim).measure == ast::Measure::kMoved ? "`expect moved`" : "";
}

}  // namespace

std::vector<Expectation> check_expectations(Context& ctx, const Scope& scope, std::span<const ast::Expectation> expectations) {
  std::vector<Expectation> all;
  for (const ast::Expectation& expectation : expectations) {
    if (const std::string_view later = later_claim(expectation); !later.empty()) {
      refuse(ctx, expectation.span, later);
      continue;
    }
    std::optional<Expectation> made = check_claim(ctx, scope, expectation, std::get<ast::MeasureExpectation>(expectation.claim));
    if (made) all.push_back(std::move(*made));
  }
  return all;
}

void report_score_expectations(Context& ctx, const ast::ScoreDecl& score) {
  for (const ast::Expectation& expectation : score.expects) {
    if (const std::string_view later = later_claim(expectation); !later.empty()) {
      refuse(ctx, expectation.span, later);
      continue;
    }
    report_bound(ctx, expectation.span,
                 fmt::format("every account has a score, so {} says nothing of `{}`; write it into a segment", code(ctx, expectation.span),
                             score.name.text));
  }
}

}  // namespace segue::checker
