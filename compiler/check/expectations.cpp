// The claims of a definition about the data: `expect size between 50 and 5_000`. `language.md`, "Expectations and tests".
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/definitions.h"
#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/names.h"
#include "compiler/check/population.h"
#include "compiler/syntax/parse.h"
#include "stdlib/number.h"

namespace segue::checker {
namespace {

// A bound, and whether it is a part of all accounts rather than a count.
struct BoundValue {
  double value = 0;
  bool is_fraction = false;
};

// Whose claims are checked.
struct Claimant {
  const Declared& declared;
  Scope scope;

  std::string_view word() const { return declaration_word(*declared.declaration); }
  const std::string& name() const { return declared.name->text; }
  bool is_audience() const { return std::holds_alternative<ast::AudienceDecl>(declared.declaration->node); }
  bool is_score() const { return std::holds_alternative<ast::ScoreDecl>(declared.declaration->node); }
  bool has_members() const { return is_audience() || std::holds_alternative<ast::SegmentDecl>(declared.declaration->node); }
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

bool is_part(const ast::MeasureExpectation& claim, const BoundValue& bound) {
  return claim.measure == ast::Measure::kShare || (claim.measure != ast::Measure::kSize && bound.is_fraction);
}

bool check_measure(Context& ctx, const Claimant& all, const ast::Expectation& expectation, const ast::MeasureExpectation& claim,
                   const BoundValue& bound) {
  if (claim.measure == ast::Measure::kSize && bound.is_fraction) {
    report_bound(ctx, expectation.span,
                 fmt::format("`size` counts {}, and {} asks for a part of them; write `share` instead of `size`",
                             all.is_audience() ? "rows" : "accounts", code(ctx, expectation.span)));
    return false;
  }
  const bool is_fraction = is_part(claim, bound);
  if (bound.value < 0 || (is_fraction && bound.value > 1)) {
    const std::string_view limits = is_fraction ? "a share lies between 0% and 100%" : "a count is never below 0";
    report_bound(ctx, expectation.span, fmt::format("{}, so {} means nothing; write another bound", limits, code(ctx, expectation.span)));
    return false;
  }
  const bool is_never =
      (claim.bound == ast::Bound::kBelow && bound.value == 0) || (claim.bound == ast::Bound::kAbove && is_fraction && bound.value == 1);
  if (is_never) report_bound(ctx, expectation.span, fmt::format("{} can never hold; write another bound", code(ctx, expectation.span)));
  return !is_never;
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

ExpectSubject subject_of(ast::Measure measure) {
  switch (measure) {
    case ast::Measure::kSize: return ExpectSubject::kSize;
    case ast::Measure::kShare: return ExpectSubject::kShare;
    case ast::Measure::kUndetermined: return ExpectSubject::kUndetermined;
    case ast::Measure::kMoved: return ExpectSubject::kMoved;
  }
  return ExpectSubject::kSize;
}

bool check_bounds(Context& ctx, const Claimant& all, const ast::Expectation& expectation, const ast::MeasureExpectation& claim,
                  Expectation& made) {
  const std::optional<BoundValue> low = check_bound(ctx, all.scope, claim.low);
  std::optional<BoundValue> high;
  if (claim.high) high = check_bound(ctx, all.scope, *claim.high);
  if (!low || (claim.high && !high)) return false;
  if (!check_measure(ctx, all, expectation, claim, *low) || (high && !check_measure(ctx, all, expectation, claim, *high))) return false;
  if (high && low->value > high->value) {
    report_bound(ctx, expectation.span, fmt::format("{} can never hold; write the smaller number first", code(ctx, expectation.span)));
    return false;
  }
  made.subject = subject_of(claim.measure);
  made.is_fraction = is_part(claim, *low) || (high && is_part(claim, *high));
  set_bounds(made, claim.bound, low->value, high ? std::optional(high->value) : std::nullopt);
  return true;
}

// ---- whom a claim is about: the definition, each of its values, or one

// A claim of a segment or an audience about values, which they have not.
bool report_values_of_members(Context& ctx, const Claimant& all, const ast::Expectation& expectation) {
  const auto* each = std::get_if<ast::EachValue>(&expectation.subject);
  const auto* name = std::get_if<ast::Name>(&expectation.subject);
  if (each == nullptr && name == nullptr) return false;
  const Span span = each != nullptr ? each->span : name->span;
  report_bound(
      ctx, span,
      fmt::format("{} {} has no values to speak of; leave {} out", all.word() == "audience" ? "an" : "a", all.word(), code(ctx, span)));
  return true;
}

// Whether tiers, stages, a grid or a split may claim that of itself, or of its values; reports where not.
bool check_subject_of_values(Context& ctx, const Claimant& all, const ast::Expectation& expectation, const ast::MeasureExpectation& claim) {
  const bool is_of_values = claim.measure == ast::Measure::kSize || claim.measure == ast::Measure::kShare;
  const bool names_values = !std::holds_alternative<std::monostate>(expectation.subject);
  if (is_of_values == names_values) return true;
  const std::string text = words(ctx, expectation.span);
  const std::string message =
      is_of_values
          ? fmt::format("`{}` has a size for each of its values; write `each {}`, or the name of a value before it", all.name(), text)
          : fmt::format("{} speaks of `{}` as a whole; leave the value out", code(ctx, expectation.span), all.name());
  report_bound(ctx, expectation.span, message);
  return false;
}

bool set_value(Context& ctx, const Claimant& all, const ast::Expectation& expectation, Expectation& made) {
  made.each = std::holds_alternative<ast::EachValue>(expectation.subject);
  const auto* name = std::get_if<ast::Name>(&expectation.subject);
  if (name == nullptr) return true;
  const EnumTypeId values = ctx.program.expr(ctx.program.definition(*all.declared.definition).body).type.enum_id;
  const std::optional<std::int64_t> index = enum_index(ctx.program.enums[values], name->text);
  if (!index) {
    report_unknown_value(ctx, name->span, name->text, values, all.name());
    return false;
  }
  made.value = static_cast<std::uint32_t>(*index);
  return true;
}

bool check_claim(Context& ctx, const Claimant& all, const ast::Expectation& expectation, const ast::MeasureExpectation& claim,
                 Expectation& made) {
  if (all.has_members()) {
    if (report_values_of_members(ctx, all, expectation)) return false;
  } else if (!check_subject_of_values(ctx, all, expectation, claim) || !set_value(ctx, all, expectation, made)) {
    return false;
  }
  return check_bounds(ctx, all, expectation, claim, made);
}

// ---- claims about other definitions

// The definition of the members that are compared; nothing where it was reported. `verb` is `disjoint from` or `subset of`.
std::optional<DefinitionId> check_other(Context& ctx, const Claimant& all, const ast::Expectation& expectation, const ast::Path& other,
                                        std::string_view verb) {
  const Value value = check_name(ctx, all.scope, other);
  if (value.is_failed) return std::nullopt;
  if (value.type.kind != Kind::kBool) {
    report_not_a_condition(ctx, value);
    return std::nullopt;
  }
  const Expr read = expr_of(ctx, value);
  const auto* definition = std::get_if<DefinitionRead>(&read.node);
  if (read.frame != all.scope.frame) {
    report_bound(ctx, other.span,
                 fmt::format("`{}` is about rows of `{}`, and {} about rows of `{}`; name what is about the same rows", all.name(),
                             table_of(ctx, all.scope.frame).name, code(ctx, other.span), table_of(ctx, read.frame).name));
    return std::nullopt;
  }
  if (definition == nullptr) return add_hidden(ctx, value.id, read.frame, other.span);
  if (definition->definition != all.declared.definition) return definition->definition;
  report_bound(ctx, expectation.span, fmt::format("`{}` is not {} itself; name another definition", all.name(), verb));
  return std::nullopt;
}

// What tiers and the like say in another way.
bool report_members_of_values(Context& ctx, const Claimant& all, const ast::Expectation& expectation) {
  if (all.has_members()) return false;
  const bool is_size = std::holds_alternative<ast::NotEmptyExpectation>(expectation.claim);
  report_bound(ctx, expectation.span,
               is_size
                   ? fmt::format("`{}` has a size for each of its values; write `each size at least 1`", all.name())
                   : fmt::format("`{}` is no set of accounts, so {} says nothing; write it into a segment, such as one with `where {} is "
                                 "known`",
                                 all.name(), code(ctx, expectation.span), written_name(all.name())));
  return true;
}

bool check_relation_to(Context& ctx, const Claimant& all, const ast::Expectation& expectation, Expectation& made) {
  if (report_members_of_values(ctx, all, expectation)) return false;
  made.subject = ExpectSubject::kNotEmpty;
  if (const auto* disjoint = std::get_if<ast::DisjointExpectation>(&expectation.claim)) {
    made.subject = ExpectSubject::kDisjoint;
    made.other = check_other(ctx, all, expectation, disjoint->other, "disjoint from");
  }
  if (const auto* subset = std::get_if<ast::SubsetExpectation>(&expectation.claim)) {
    made.subject = ExpectSubject::kSubset;
    made.other = check_other(ctx, all, expectation, subset->other, "a subset of");
  }
  return made.subject == ExpectSubject::kNotEmpty || made.other;
}

std::optional<Expectation> check_expectation(Context& ctx, const Claimant& all, const ast::Expectation& expectation) {
  if (all.is_score()) {
    report_bound(ctx, expectation.span,
                 fmt::format("every account has a score, so {} says nothing of `{}`; write it into a segment", code(ctx, expectation.span),
                             all.name()));
    return std::nullopt;
  }
  Expectation made;
  made.text = text_at(source_of(ctx.input.sources, expectation.span.source), expectation.span);
  made.span = expectation.span;
  const auto* claim = std::get_if<ast::MeasureExpectation>(&expectation.claim);
  const bool is_sound =
      claim != nullptr ? check_claim(ctx, all, expectation, *claim, made) : check_relation_to(ctx, all, expectation, made);
  return is_sound ? std::optional(std::move(made)) : std::nullopt;
}

// The claims that stand in a declaration.
struct ClaimsOf {
  template <typename Decl>
  std::span<const ast::Expectation> operator()(const Decl& decl) const {
    if constexpr (std::is_same_v<Decl, ast::TestDecl> || !requires { decl.expects; }) return {};
    else return decl.expects;
  }
};

}  // namespace

void check_expectations(Context& ctx, DeclId id) {
  const Declared declared = ctx.declared[id];
  const Claimant all{declared, Scope{*declared.ast, declared.frame, {}, id}};
  const bool has_rows = !all.is_audience() || declared.frame != kAccountFrame;
  if (declared.declaration->is_broken || !has_rows) return;
  std::vector<Expectation> made;
  for (const ast::Expectation& expectation : std::visit(ClaimsOf{}, declared.declaration->node)) {
    if (!declared.definition && !all.has_members() && !all.is_score()) continue;  // its values are not known
    std::optional<Expectation> each = check_expectation(ctx, all, expectation);
    if (each) made.push_back(std::move(*each));
  }
  if (declared.definition) ctx.program.definitions[index_of(*declared.definition)].expectations = std::move(made);
}

}  // namespace segue::checker
