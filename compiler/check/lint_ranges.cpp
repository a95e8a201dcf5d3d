// The values for which a comparison with constants holds, as ranges of ranks.
#include "compiler/check/lint_ranges.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/compare_op.h"
#include "stdlib/builtins.h"
#include "stdlib/print_value.h"
#include "stdlib/text.h"

namespace segue::linter {
namespace {

constexpr std::size_t kMostValues = 1000;  // of a set; longer lists are not compared value by value
constexpr Rank kFar = Rank{1} << 100;      // beyond any time or number of texts
constexpr Rank kFarDays = Rank{1} << 70;

Rank power_of_ten(int exponent) {
  Rank power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Doubles in order, `-0.0` beside `0.0` as one.
Rank rank_of_double(double value) {
  if (value == 0) return 0;
  const auto bits = std::bit_cast<std::int64_t>(std::abs(value));
  return value > 0 ? Rank{bits} : -Rank{bits};
}

// The values that a subject can have, and how far apart they lie.
struct Domain {
  Measure measure{};
  Range all;
  Rank step = 1;
};

std::optional<Domain> domain_of_type(const CheckedProgram& program, const Type& type) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (type.kind) {
    case Kind::kInt: {
      const Rank step = power_of_ten(kMaxScale);
      return Domain{Measure::kExact, {Rank{kLeast} * step, Rank{kMost} * step}, step};
    }
    case Kind::kDecimal: {
      const Rank step = power_of_ten(kMaxScale - type.scale);
      return Domain{Measure::kExact, {-Rank{kMaxDecimalRaw} * step, Rank{kMaxDecimalRaw} * step}, step};
    }
    case Kind::kFloat: return Domain{Measure::kFloat, {rank_of_double(-kInfinity), rank_of_double(kInfinity)}};
    case Kind::kDate: return Domain{Measure::kDate, {-kFar, kFar}};
    case Kind::kTimestamp: return Domain{Measure::kInstant, {-kFar, kFar}};
    case Kind::kDays: return Domain{Measure::kSpan, {-kFarDays * kMicrosPerDay, kFarDays * kMicrosPerDay}, Rank{kMicrosPerDay}};
    case Kind::kSpan: return Domain{Measure::kSpan, {-kFar, kFar}};
    case Kind::kEnum: return Domain{Measure::kEnum, {0, static_cast<Rank>(program.enums[type.enum_id].values.size()) - 1}};
    case Kind::kText: return Domain{type.folded ? Measure::kFoldedText : Measure::kText, {0, kFar}};
    default: return std::nullopt;
  }
}

// Whole numbers between bounds, as a function gives them.
struct FunctionLimits {
  std::string_view name;
  std::int64_t low, high;
};
constexpr FunctionLimits kFunctionLimits[] = {
    {"quarter", 1, 4}, {"fiscal_quarter", 1, 4}, {"month", 1, 12}, {"day", 1, 31}, {"year", 1, 9999}};

const FunctionLimits* function_limits(const Node& node) {
  const auto* call = std::get_if<Call>(&node);
  if (call == nullptr) return nullptr;
  const auto* found = std::ranges::find(kFunctionLimits, builtin(call->builtin).name, &FunctionLimits::name);
  return found == std::end(kFunctionLimits) ? nullptr : found;
}

const std::pair<double, double>* score_range(const CheckedProgram& program, const Node& node) {
  const auto* read = std::get_if<DefinitionRead>(&node);
  if (read == nullptr) return nullptr;
  const auto* score = std::get_if<ScoreSum>(&program.expr(program.definition(read->definition).body).node);
  return score == nullptr || !score->range ? nullptr : &*score->range;
}

bool is_decay(const Node& node) {
  const auto* call = std::get_if<Call>(&node);
  return call != nullptr && builtin(call->builtin).name == "decay";
}

std::optional<Domain> domain_of(const CheckedProgram& program, ExprId subject) {
  const Expr& expr = program.expr(subject);
  std::optional<Domain> domain = domain_of_type(program, expr.type);
  if (!domain) return domain;
  const auto* aggregate = std::get_if<Aggregate>(&expr.node);
  const AggregateFn fn = aggregate == nullptr ? AggregateFn::kAny : aggregate->fn;
  if (fn == AggregateFn::kCount || fn == AggregateFn::kDistinct) domain->all.low = 0;
  const bool is_part = fn == AggregateFn::kShare || std::holds_alternative<Percentile>(expr.node);
  if (is_part || is_decay(expr.node)) domain->all = {rank_of_double(0), rank_of_double(1)};
  if (const FunctionLimits* limits = function_limits(expr.node); limits != nullptr && domain->measure == Measure::kExact)
    domain->all = {limits->low * domain->step, limits->high * domain->step};
  if (const auto* range = score_range(program, expr.node)) domain->all = {rank_of_double(range->first), rank_of_double(range->second)};
  return domain;
}

// ---- constants

std::optional<Rank> rank_of_number(Measure measure, const Constant& value, const Type& type) {
  constexpr double kExactDoubles = 9007199254740992.0;  // up to 2^53 every whole double is that whole number
  if (const auto* number = std::get_if<double>(&value)) {
    if (measure == Measure::kFloat) return rank_of_double(*number);
    const bool is_small_whole = std::abs(*number) <= kExactDoubles && std::trunc(*number) == *number;
    return is_small_whole ? std::optional(static_cast<Rank>(*number) * power_of_ten(kMaxScale)) : std::nullopt;
  }
  const std::int64_t raw = std::get<std::int64_t>(value);
  if (measure == Measure::kExact) return Rank{raw} * power_of_ten(kMaxScale - (type.kind == Kind::kDecimal ? type.scale : 0));
  const bool is_exact_double = type.kind == Kind::kInt && std::abs(static_cast<double>(raw)) <= kExactDoubles;
  return is_exact_double ? std::optional(rank_of_double(static_cast<double>(raw))) : std::nullopt;
}

std::optional<Rank> rank_of_constant(TextRanks& texts, Measure measure, const Constant& value, const Type& type) {
  switch (measure) {
    case Measure::kExact:
    case Measure::kFloat: return rank_of_number(measure, value, type);
    case Measure::kSpan:
      if (type.kind == Kind::kDays) return Rank{std::get<std::int64_t>(value)} * kMicrosPerDay;
      return Rank{std::get<std::int64_t>(value)};
    case Measure::kText:
    case Measure::kFoldedText: {
      const auto& text = std::get<std::string>(value);
      const std::string key = measure == Measure::kFoldedText ? "f" + fold(text) : "t" + text;
      return texts.ranks.try_emplace(key, static_cast<Rank>(texts.ranks.size())).first->second;
    }
    default: return Rank{std::get<std::int64_t>(value)};
  }
}

// A moment that moves with the clock, in whole days from today or µs from now.
std::optional<std::pair<Measure, Rank>> moving_moment(const Node& node) {
  if (std::holds_alternative<Today>(node)) return std::pair(Measure::kDayFromToday, Rank{0});
  if (std::holds_alternative<Now>(node)) return std::pair(Measure::kMicrosFromNow, Rank{0});
  const auto* moment = std::get_if<FromNow>(&node);
  if (moment == nullptr) return std::nullopt;
  const TimeAmount amount{moment->count, moment->unit};
  if (moment->unit == TimeUnit::kDay || moment->unit == TimeUnit::kWeek) {
    const KnownInt days = days_of(amount);
    return days.known ? std::optional(std::pair(Measure::kDayFromToday, Rank{days.value})) : std::nullopt;
  }
  if (!is_exact(moment->unit)) return std::nullopt;
  const KnownInt micros = micros_of(amount);
  return micros.known ? std::optional(std::pair(Measure::kMicrosFromNow, Rank{micros.value})) : std::nullopt;
}

// ---- ranges

Rank floor_to(Rank value, Rank step) {
  const Rank rest = value % step;
  return rest < 0 ? value - rest - step : value - rest;
}

// The values of the domain between two ranks.
Ranges between(const Domain& domain, Rank low, Rank high) {
  const Rank first = std::max(domain.all.low, floor_to(low + domain.step - 1, domain.step));
  const Rank last = std::min(domain.all.high, floor_to(high, domain.step));
  return first <= last ? Ranges{{first, last}} : Ranges{};
}

Ranges complement(const Domain& domain, const Ranges& ranges) {
  Ranges rest;
  Rank low = domain.all.low;
  for (const Range& range : ranges) {
    if (low < range.low) rest.push_back({low, range.low - domain.step});
    low = range.high + domain.step;
  }
  if (low <= domain.all.high) rest.push_back({low, domain.all.high});
  return rest;
}

// Sorted, with neighbours joined.
Ranges joined(Ranges ranges, Rank step) {
  std::ranges::sort(ranges, {}, &Range::low);
  Ranges result;
  for (const Range& range : ranges) {
    if (!result.empty() && range.low <= result.back().high + step) result.back().high = std::max(result.back().high, range.high);
    else result.push_back(range);
  }
  return result;
}

Ranges compared(const Domain& domain, CompareOp op, Rank value) {
  switch (op) {
    case CompareOp::kEq: return between(domain, value, value);
    case CompareOp::kNe: return complement(domain, between(domain, value, value));
    case CompareOp::kLt: return between(domain, domain.all.low, value - 1);
    case CompareOp::kLe: return between(domain, domain.all.low, value);
    case CompareOp::kGt: return between(domain, value + 1, domain.all.high);
    case CompareOp::kGe: return between(domain, value, domain.all.high);
  }
  std::unreachable();
}

// ---- predicates

struct Builder {
  const Facts& facts;
  TextRanks& texts;

  const Expr& expr(ExprId id) const { return facts.program.expr(id); }
  bool is_settled(ExprId id) const { return std::holds_alternative<Literal>(expr(id).node) || moving_moment(expr(id).node); }
};

// An exact rescaling changes no value.
ExprId without_rescaling(const CheckedProgram& program, ExprId id) {
  while (const auto* rescale = std::get_if<Rescale>(&program.expr(id).node)) id = rescale->operand;
  return id;
}

// The rank of what a subject is compared with; it also settles the measure where the moment moves with the clock.
std::optional<Rank> rank_of(const Builder& all, Domain& domain, ExprId constant) {
  const Expr& expr = all.expr(constant);
  if (const auto* literal = std::get_if<Literal>(&expr.node)) return rank_of_constant(all.texts, domain.measure, literal->value, expr.type);
  const auto moment = moving_moment(expr.node);
  const bool is_date = domain.measure == Measure::kDate || domain.measure == Measure::kDayFromToday;
  if (!moment || (moment->first == Measure::kDayFromToday) != is_date) return std::nullopt;
  domain.measure = moment->first;
  return moment->second;
}

bool is_by_name(const Builder& all, ExprId constant) {
  return std::holds_alternative<Literal>(all.expr(constant).node) && !is_written_out(all.facts, constant);
}

std::optional<Constraint> compare_constraint(const Builder& all, const Compare& node) {
  const bool is_left_settled = all.is_settled(node.left);
  if (is_left_settled == all.is_settled(node.right)) return std::nullopt;
  const ExprId subject = without_rescaling(all.facts.program, is_left_settled ? node.right : node.left);
  const ExprId constant = is_left_settled ? node.left : node.right;
  std::optional<Domain> domain = domain_of(all.facts.program, subject);
  if (!domain) return std::nullopt;
  const bool is_text = domain->measure == Measure::kText || domain->measure == Measure::kFoldedText;
  if (is_text && node.op != CompareOp::kEq && node.op != CompareOp::kNe) return std::nullopt;
  if (is_text) domain->measure = node.folded ? Measure::kFoldedText : Measure::kText;
  const std::optional<Rank> rank = rank_of(all, *domain, constant);
  if (!rank) return std::nullopt;
  const CompareOp op = is_left_settled ? mirrored(node.op) : node.op;
  Constraint made{subject, domain->measure, {domain->all}, compared(*domain, op, *rank), domain->step};
  made.is_negated = op == CompareOp::kNe;
  made.is_by_name = is_by_name(all, constant);
  return made;
}

std::optional<Constraint> between_constraint(const Builder& all, const Between& node) {
  const ExprId subject = without_rescaling(all.facts.program, node.operand);
  if (all.is_settled(subject) || !all.is_settled(node.low) || !all.is_settled(node.high)) return std::nullopt;
  std::optional<Domain> domain = domain_of(all.facts.program, subject);
  if (!domain || domain->measure == Measure::kText || domain->measure == Measure::kFoldedText) return std::nullopt;
  Domain low_domain = *domain;
  Domain high_domain = *domain;
  const std::optional<Rank> low = rank_of(all, low_domain, node.low);
  const std::optional<Rank> high = rank_of(all, high_domain, node.high);
  if (!low || !high || low_domain.measure != high_domain.measure) return std::nullopt;
  Constraint made{subject, low_domain.measure, {domain->all}, between(low_domain, *low, *high), domain->step};
  made.is_reversed = *low > *high;
  made.is_by_name = is_by_name(all, node.low) || is_by_name(all, node.high);
  return made;
}

std::optional<Constraint> set_constraint(const Builder& all, const InSet& node) {
  const ConstantSet& set = all.facts.program.sets[index_of(node.set)];
  if (set.values.empty() || set.values.size() > kMostValues || all.is_settled(node.operand)) return std::nullopt;
  const ExprId subject = without_rescaling(all.facts.program, node.operand);
  std::optional<Domain> domain = domain_of(all.facts.program, subject);
  if (!domain) return std::nullopt;
  if (domain->measure == Measure::kText || domain->measure == Measure::kFoldedText)
    domain->measure = set.folded ? Measure::kFoldedText : Measure::kText;
  Ranges ranges;
  for (const Constant& value : set.values) {
    const std::optional<Rank> rank = rank_of_constant(all.texts, domain->measure, value, set.type);
    if (!rank) return std::nullopt;
    const Ranges one = between(*domain, *rank, *rank);
    ranges.insert(ranges.end(), one.begin(), one.end());
  }
  return Constraint{subject, domain->measure, {domain->all}, joined(std::move(ranges), domain->step), domain->step};
}

Constraint negated(const Facts& facts, Constraint constraint) {
  const std::optional<Domain> domain = domain_of(facts.program, constraint.subject);
  constraint.holds = complement(*domain, constraint.holds);
  constraint.is_negated = !constraint.is_negated;
  return constraint;
}

}  // namespace

Ranges intersection(const Ranges& a, const Ranges& b) {
  Ranges both;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Range shared{std::max(a[i].low, b[j].low), std::min(a[i].high, b[j].high)};
    if (shared.low <= shared.high) both.push_back(shared);
    if (a[i].high < b[j].high) ++i;
    else ++j;
  }
  return both;
}

Ranges united(const Ranges& a, const Ranges& b, Rank step) {
  Ranges all = a;
  all.insert(all.end(), b.begin(), b.end());
  return joined(std::move(all), step);
}

bool is_within(const Ranges& inner, const Ranges& outer) { return intersection(inner, outer) == inner; }

std::optional<Constraint> constraint_of(const Facts& facts, TextRanks& texts, ExprId id) {
  bool is_negated = false;
  while (const auto* inverted = std::get_if<Not>(&facts.program.expr(id).node)) {
    id = inverted->operand;
    is_negated = !is_negated;
  }
  const Builder all{facts, texts};
  const Node& node = facts.program.expr(id).node;
  std::optional<Constraint> made;
  if (const auto* compare = std::get_if<Compare>(&node)) made = compare_constraint(all, *compare);
  else if (const auto* ranged = std::get_if<Between>(&node)) made = between_constraint(all, *ranged);
  else if (const auto* in = std::get_if<InSet>(&node)) made = set_constraint(all, *in);
  if (!made || (made->is_by_name && facts.has_open_params)) return std::nullopt;
  return is_negated ? negated(facts, std::move(*made)) : made;
}

std::string limits_of(const Facts& facts, ExprId subject) {
  const Expr& expr = facts.program.expr(subject);
  const auto* aggregate = std::get_if<Aggregate>(&expr.node);
  const AggregateFn fn = aggregate == nullptr ? AggregateFn::kAny : aggregate->fn;
  if (fn == AggregateFn::kCount || fn == AggregateFn::kDistinct) return "a count is never below 0";
  if (std::holds_alternative<Percentile>(expr.node)) return "a percentile lies between 0% and 100%";
  if (fn == AggregateFn::kShare) return "a share lies between 0% and 100%";
  if (is_decay(expr.node)) return "`decay` lies between 0 and 1";
  if (const FunctionLimits* limits = function_limits(expr.node))
    return fmt::format("a {} lies between {} and {}", limits->name == "fiscal_quarter" ? "quarter" : limits->name, limits->low,
                       limits->high);
  if (const auto* range = score_range(facts.program, expr.node))
    return fmt::format("{} lies between {} and {}", code(facts, subject), print_float(range->first), print_float(range->second));
  return {};
}

bool is_certainly_later(const CheckedProgram& program, ExprId first, ExprId second) {
  constexpr double kDaysOfMonth = 30.436875;
  constexpr double kMargin = 4;  // months differ in length, and clamp
  const auto days = [](const Node& node) -> std::optional<double> {
    if (std::holds_alternative<Today>(node)) return 0.0;
    const auto* moment = std::get_if<FromNow>(&node);
    if (moment == nullptr || is_exact(moment->unit)) return std::nullopt;
    const bool is_in_days = moment->unit == TimeUnit::kDay || moment->unit == TimeUnit::kWeek;
    const std::int64_t unit = is_in_days ? days_of({1, moment->unit}).value : months_of({1, moment->unit}).value;
    return static_cast<double>(moment->count) * static_cast<double>(unit) * (is_in_days ? 1 : kDaysOfMonth);
  };
  const std::optional<double> first_day = days(program.expr(first).node);
  const std::optional<double> second_day = days(program.expr(second).node);
  return first_day && second_day && *first_day > *second_day + kMargin;
}

}  // namespace segue::linter
