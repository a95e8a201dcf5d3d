// Arithmetic that gives what the language gives: exact or missing, the nearest float, comparisons by exact value.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "compiler/sql/emit.h"

namespace segue::sql {
namespace {

constexpr std::string_view kLeast = "-9223372036854775808", kGreatest = "9223372036854775807";
constexpr std::string_view kWholeFloats = "9007199254740992";  // 2^53: up to it every int is a double

}  // namespace

Text Emitter::narrow_int(const Text& wide) {
  Text text =
      dialect_.narrow_int.empty()
          ? on_columns(fmt::format("(CASE WHEN {{0}} BETWEEN {} AND {} THEN CAST({{0}} AS {}) END)", kLeast, kGreatest, dialect_.int_type),
                       {wide})
          : call(dialect_.narrow_int, {wide});
  text.is_null = true;
  return text;
}

Text Emitter::narrow_decimal(const Text& wide, int scale) {
  Text text = dialect_.narrow_decimal.empty()
                  ? on_columns(fmt::format("(CASE WHEN abs({{0}}) < {} THEN {{0}} END)", power_of_ten(18 - scale)), {wide})
                  : call(fill(dialect_.narrow_decimal, {"{0}", std::to_string(scale)}), {wide});
  text.is_null = true;
  return text;
}

Text Emitter::wide(const Type& type, const Text& text) const {
  return type.kind == Kind::kDecimal ? call(fill(dialect_.wide_decimal, {"{0}", std::to_string(type.scale)}), {text})
                                     : call(dialect_.wide_int, {text});
}

Text Emitter::raw(const Type& type, const Text& text) const {
  if (type.kind != Kind::kDecimal) return call(dialect_.wide_int, {text});
  return call(fill(dialect_.raw_decimal, {"{0}", std::to_string(type.scale), power_of_ten(type.scale)}), {text});
}

Text Emitter::not_nan(const Text& text) const {
  Text made = call(fmt::format("nullif({{0}}, CAST('NaN' AS {}))", dialect_.float_type), {text});
  made.is_null = true;
  return made;
}

Text Emitter::to_float(const Type& type, const Text& text) {
  if (type.kind == Kind::kFloat) return text;
  if (type.kind == Kind::kInt) return call(fmt::format("CAST({{0}} AS {})", dialect_.float_type), {text});
  if (!dialect_.decimal_to_float.empty()) return call(dialect_.decimal_to_float, {text});
  return nearest_quotient(raw(type, text), constant(power_of_ten(type.scale)), std::pow(10.0, type.scale));
}

Text Emitter::operator()(const ToFloat& node) { return to_float(type_of(node.operand), value(node.operand)); }

// In DuckDB and Spark: m = floor(n · 2^k / d) with at least 55 bits, its last bit set where something was cut off, rounds to a double as n / d does.
// In PostgreSQL: a quotient with 200 digits behind the point lies on the same side of every double and of every middle between two.
Text Emitter::nearest_quotient(const Text& numerator, const Text& denominator, double bound) {
  const std::string real = std::string(dialect_.float_type);
  const Text n = column_of(numerator), d = column_of(denominator);
  const std::string quick =
      fmt::format("abs({{0}}) <= {0} AND abs({{1}}) <= {0} THEN CAST({{0}} AS {1}) / nullif(CAST({{1}} AS {1}), 0)", kWholeFloats, real);
  Text exact;
  if (dialect_.id == SqlDialect::kPostgresql) {
    exact = on_columns(
        fmt::format("(CASE WHEN {} ELSE CAST(({{0}} + 0.{}) / nullif({{1}}, 0) AS {}) END)", quick, std::string(200, '0'), real), {n, d});
  } else {
    if (bound > dialect_.greatest_denominator) return refuse("the quotient's denominator has too many digits to round the quotient once");
    const auto bits = [&](std::string_view operand) { return fill(dialect_.bits, {fmt::format("abs({})", operand)}); };
    const Text k = column_of(on_columns(fmt::format("({} - ({} - {}))", dialect_.quotient_bits, bits("{0}"), bits("{1}")), {n, d}));
    const auto scaled = [&](std::string_view condition, std::string_view amount) {
      return fmt::format("(CASE WHEN {} THEN {} ELSE abs({{0}}) END)", condition, fill(dialect_.shift, {"abs({0})", amount}));
    };
    const Text top = column_of(on_columns(scaled("{1} > 0", "{1}"), {n, k})),
               bottom = column_of(on_columns(scaled("{1} < 0", "-{1}"), {d, k}));
    const std::string cut = fmt::format("(CASE WHEN {} <> 0 THEN 1 ELSE 0 END)", fill(dialect_.remainder, {"{2}", "{3}"}));
    const std::string whole =
        fmt::format("CAST(CAST({} * 2 + {} AS {}) AS {})", fill(dialect_.quotient, {"{2}", "{3}"}), cut, dialect_.int_type, real);
    const std::string sign = "(CASE WHEN ({0} < 0) = ({1} < 0) THEN 1 ELSE -1 END)";
    exact = on_columns(fmt::format("(CASE WHEN {{1}} = 0 THEN NULL WHEN {} ELSE {} * {} * {} END)", quick, sign, whole,
                                   fill(dialect_.power_of_two, {"(-1 - {4})"})),
                       {n, d, top, bottom, k});
  }
  exact.is_null = true;
  return exact;
}

// The greatest absolute count of 10^-scale that an exact operand can have.
double Emitter::greatest(ExprId id) const {
  const Type& type = type_of(id);
  if (const auto* literal = std::get_if<Literal>(&program_.expr(id).node))
    return std::fabs(static_cast<double>(std::get<std::int64_t>(literal->value)));
  if (const auto* aggregate = std::get_if<Aggregate>(&program_.expr(id).node)) {
    if (aggregate->fn == AggregateFn::kCount || aggregate->fn == AggregateFn::kDistinct) return kMostRows;
  }
  return type.kind == Kind::kDecimal ? 1e18 : 9.3e18;
}

Text Emitter::divide_exact(const Arithmetic& node) {
  const Type &left = type_of(node.left), &right = type_of(node.right);
  const int shift = scale_of(right) - scale_of(left);
  Text numerator = raw(left, value(node.left)), denominator = raw(right, value(node.right));
  double bound = greatest(node.right);
  if (shift > 0) numerator = call("({0} * " + power_of_ten(shift) + ")", {numerator});
  if (shift < 0) {
    denominator = call("({0} * " + power_of_ten(-shift) + ")", {denominator});
    bound *= std::pow(10.0, -shift);
  }
  return nearest_quotient(numerator, denominator, bound);
}

Text Emitter::number_arithmetic(const Arithmetic& node) {
  constexpr std::string_view kPatterns[] = {"({0} + {1})", "({0} - {1})", "({0} * {1})"};
  const Type &left = type_of(node.left), &right = type_of(node.right), &result = type_of(id_);
  if (node.op == ArithmeticOp::kDivide) {
    if (is_exact(left) && is_exact(right)) return divide_exact(node);
    return not_nan(call("({0} / nullif({1}, 0))", {to_float(left, value(node.left)), to_float(right, value(node.right))}));
  }
  const std::string_view pattern = kPatterns[static_cast<std::size_t>(node.op)];
  if (result.kind == Kind::kFloat) return not_nan(call(pattern, {to_float(left, value(node.left)), to_float(right, value(node.right))}));
  const Text sum = call(pattern, {wide(left, value(node.left)), value(node.right)});
  return result.kind == Kind::kDecimal ? narrow_decimal(sum, result.scale) : narrow_int(sum);
}

Text Emitter::operator()(const Arithmetic& node) {
  const auto is_number = [](const Type& type) {
    return type.kind == Kind::kInt || type.kind == Kind::kDecimal || type.kind == Kind::kFloat;
  };
  return is_number(type_of(node.left)) && is_number(type_of(node.right)) ? number_arithmetic(node) : time_arithmetic(node);
}

Text Emitter::operator()(const Negate& node) {
  const Type& type = type_of(id_);
  const Text operand = value(node.operand);
  if (type.kind == Kind::kFloat || type.kind == Kind::kDecimal) return call("(-{0})", {operand});
  return narrow_int(call("(-{0})", {call(dialect_.wide_int, {operand})}));
}

Text Emitter::operator()(const Rescale& node) {
  const int scale = type_of(id_).scale;
  Text operand = value(node.operand);
  if (dialect_.narrow_decimal.empty()) operand = call(dialect_.wide_int, {operand});
  return narrow_decimal(operand, scale);
}

// By exact value. The float nearest to the exact number decides, unless it is the other side: then both are compared as whole numbers.
Text Emitter::compare_exact_float(CompareOp op, const Type& type, const Text& exact, const Text& real) {
  constexpr std::string_view kSymbols[] = {"=", "<>", "<", "<=", ">", ">="};
  const std::string_view symbol = kSymbols[static_cast<std::size_t>(op)];
  if (type.kind == Kind::kInt) {
    const bool is_ceiling = op == CompareOp::kLt || op == CompareOp::kGe;
    const bool is_equality = op == CompareOp::kEq || op == CompareOp::kNe;
    const bool above = op == CompareOp::kLt || op == CompareOp::kLe || op == CompareOp::kNe,
               below = op == CompareOp::kGt || op == CompareOp::kGe || op == CompareOp::kNe;
    const std::string rounded = fmt::format("CAST({}({{1}}) AS {})", is_ceiling ? "ceil" : "floor", dialect_.int_type);
    std::string last = fmt::format("{{0}} {} {}", symbol, rounded);
    if (is_equality) last = fmt::format("({{1}} = floor({{1}}) AND {{0}} = {}) = {}", rounded, op == CompareOp::kEq);
    const std::string edge = fmt::format("CAST('9223372036854775808' AS {})", dialect_.float_type);
    return on_columns(
        fmt::format(
            "(CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL WHEN {{1}} >= {0} THEN {1} WHEN {{1}} < -{0} THEN {2} ELSE {3} END)", edge,
            above ? "TRUE" : "FALSE", below ? "TRUE" : "FALSE", last),
        {exact, real});
  }
  const Text x = column_of(exact), f = column_of(real), nearest = column_of(to_float(type, x));
  const std::string bits = fmt::format("greatest(0, 54 - CAST(floor({}) AS INTEGER))", fill(dialect_.log2, {"abs({1})"}));
  const Text k = column_of(on_columns(fmt::format("(CASE WHEN {{0}} = {{1}} AND {{1}} <> 0 THEN {} ELSE 0 END)", bits), {nearest, f}));
  const std::string left =
      fill(dialect_.shift, {fill(dialect_.raw_decimal, {"{0}", std::to_string(type.scale), power_of_ten(type.scale)}), "{3}"});
  const std::string right = fmt::format(
      "{} * {}", fill(dialect_.float_to_wide, {fmt::format("{{1}} * {}", fill(dialect_.power_of_two, {"{3}"}))}), power_of_ten(type.scale));
  return on_columns(
      fmt::format(
          "(CASE WHEN {{2}} IS NULL OR {{1}} IS NULL THEN NULL WHEN {{2}} <> {{1}} OR {{1}} = 0 THEN {{2}} {0} {{1}} ELSE {1} {0} {2} END)",
          symbol, left, right),
      {x, f, nearest, k});
}

// The exact sum of exact terms is rounded once. A float beside them is exact only where one float stands beside a whole number that a float holds.
Text Emitter::operator()(const ScoreSum& node) {
  int scale = 0;
  std::size_t floats = 0;
  double bound = 0;
  for (const ScoreTerm& term : node.terms) {
    const Type& type = type_of(term.value);
    if (type.kind == Kind::kFloat) ++floats;
    else scale = std::max(scale, int{scale_of(type)});
    if (type.kind != Kind::kFloat) bound += greatest(term.value);
  }
  if (floats > 1)
    return refuse(
        "this score adds several floats, whose exact sum is rounded once; make it of whole numbers and decimals, or of one float");
  if (floats == 1 && (scale > 0 || bound > 9e15))
    return refuse(
        "this score adds a float to amounts that no float holds, and the exact sum is rounded once; make it of whole numbers and decimals, "
        "or of one float");
  const auto term_text = [&](const ScoreTerm& term) {
    const Type& type = type_of(term.value);
    Text amount = value(term.value);
    if (type.kind != Kind::kFloat) amount = call(fmt::format("({{0}} * {})", power_of_ten(scale - scale_of(type))), {raw(type, amount)});
    if (term.when) amount = combine("(CASE WHEN {0} THEN {1} END)", {predicate(*term.when), amount}, true);
    if (term.when || amount.is_null) amount = call("coalesce({0}, 0)", {amount});
    amount.is_null = false;
    return term.negative ? call("(-{0})", {amount}) : amount;
  };
  // No brackets, however many terms.
  const auto chained = [&](const Text& left, const Text& right) {
    Text made = combine("{0} + {1}", {left, right}, true);
    made.depth = 1;
    return made;
  };
  Text exact = constant("0"), real;
  for (const ScoreTerm& term : node.terms) {
    const bool is_float = type_of(term.value).kind == Kind::kFloat;
    if (is_float) real = term_text(term);
    else exact = exact.sql == "0" ? column_of(term_text(term)) : chained(exact, column_of(term_text(term)));
  }
  exact.sql = "(" + exact.sql + ")";
  const Type int_type{.kind = Kind::kInt};
  Text total = scale == 0 && bound < 9e15 ? to_float(int_type, exact)
                                          : nearest_quotient(exact, constant(power_of_ten(scale)), std::pow(10.0, scale));
  if (floats == 1) total = call("({0} + {1})", {total, real});
  total.is_null = false;
  if (!node.range) return total;
  return call("least(greatest({0}, {1}), {2})",
              {total, constant(float_literal(dialect_, node.range->first)), constant(float_literal(dialect_, node.range->second))});
}

}  // namespace segue::sql
