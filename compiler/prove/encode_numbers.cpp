// Numbers: ints and decimals exactly, with the limits beyond which a result is missing; floats as the reals that they are, known up to rounding.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "compiler/prove/encode.h"
#include "compiler/prove/limits.h"
#include "stdlib/builtins.h"
#include "stdlib/number.h"

namespace segue::proving {
namespace {

constexpr std::int64_t kLeastWhole = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatestWhole = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kExactWholes = std::int64_t{1} << 53;

int scale_of_number(const Type& type) { return type.kind == Kind::kDecimal ? type.scale : 0; }
bool is_whole_kind(Kind kind) { return kind == Kind::kInt || kind == Kind::kDecimal; }
bool is_number(Kind kind) { return is_whole_kind(kind) || kind == Kind::kFloat; }

// All digits of a double: none of its value is lost.
std::string digits_of(double value) {
  if (std::isinf(value)) return (value < 0 ? "-1" : "1") + std::string(400, '0');
  std::string digits = fmt::format("{:.1080f}", value);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits += '0';
  return digits;
}

// The least raw whose double is at least (above) `limit`; nothing where there is none, or none below it.
std::optional<std::int64_t> threshold(int scale, double limit, bool is_above) {
  const auto reaches = [&](std::int64_t raw) {
    const double value = nearest_float(raw, scale);
    return is_above ? value > limit : value >= limit;
  };
  constexpr std::int64_t kMost = std::int64_t{1} << 61;
  if (!reaches(kMost) || reaches(-kMost)) return std::nullopt;
  std::int64_t below = -kMost, reached = kMost;
  while (reached - below > 1) {
    const std::int64_t middle = below + (reached - below) / 2;
    (reaches(middle) ? reached : below) = middle;
  }
  return reached;
}

double float_of_constant(const MeaningNode& node) {
  const double* real = std::get_if<double>(node.constant);
  return real != nullptr ? *real : nearest_float(std::get<std::int64_t>(*node.constant), scale_of_number(node.type));
}

KnownFloat float_of_constants(ArithmeticOp op, const MeaningNode& left, const MeaningNode& right) {
  const auto* a = std::get_if<std::int64_t>(left.constant);
  const auto* b = std::get_if<std::int64_t>(right.constant);
  if (op == ArithmeticOp::kDivide && a != nullptr && b != nullptr)
    return divide_exact(*a, scale_of_number(left.type), *b, scale_of_number(right.type));
  const double x = float_of_constant(left), y = float_of_constant(right);
  switch (op) {
    case ArithmeticOp::kAdd: return add_float(x, y);
    case ArithmeticOp::kSubtract: return subtract_float(x, y);
    case ArithmeticOp::kMultiply: return multiply_float(x, y);
    case ArithmeticOp::kDivide: return divide_float(x, y);
  }
  return kMissingFloat;
}

}  // namespace

z3::expr Encoder::real_of(double value) { return context_.real_val(digits_of(value).c_str()); }

z3::expr Encoder::power_of_10(int exponent) { return number(kPowersOf10[exponent]); }

z3::expr Encoder::real_of(const ExactNumber& number) {
  const z3::expr real = z3::to_real(number.raw);
  return number.scale == 0 ? real : real / z3::to_real(power_of_10(number.scale));
}

// ---- rounding

// The double nearest to a real: off by no more than a part in 2^52 of it. Where the real was made of infinities (`is_plain` does not hold) their number tells what it is.
z3::expr Encoder::rounded(const z3::expr& real, const z3::expr& is_plain, const z3::expr& infinities) {
  const z3::expr value = if_else(is_plain, nearest_(real), nearest_infinite_(real, infinities));
  const z3::expr near = nearest_(real);
  const z3::expr slack = context_.real_val("0.00000000000000022204460492503131");
  const z3::expr tiny = context_.real_val(("0." + std::string(299, '0') + "1").c_str());
  const z3::expr huge = real_of(8e307);
  add(z3::implies(real >= 0 && real <= huge, near >= real - real * slack - tiny && near <= real + real * slack + tiny && near >= 0));
  add(z3::implies(real <= 0 && real >= -huge, near <= real - real * slack + tiny && near >= real + real * slack - tiny && near <= 0));
  add(z3::implies(real > huge, near >= huge));
  add(z3::implies(real < -huge, near <= -huge));
  return value;
}

Symbol Encoder::nearest(const z3::expr& known, const ExactNumber& number_of) {
  const z3::expr value = rounded(real_of(number_of), yes_, number(0));
  if (number_of.scale == 0) add(z3::implies(between(number_of.raw, -kExactWholes, kExactWholes), value == z3::to_real(number_of.raw)));
  Symbol symbol{known, value};
  symbol.nearest_to = number_of;
  return symbol;
}

// Says of a rounded value exactly on which side of a constant it lies.
void Encoder::link_threshold(const Symbol& symbol, double constant) {
  if (symbol.quotient) {
    const auto& [numerator, denominator] = *symbol.quotient;
    const z3::expr limit = real_of(constant), slack = real_of(std::abs(constant) * 0x1p-51);
    const z3::expr reaches = symbol.value >= limit, is_above = symbol.value > limit;
    const auto side = [&](const z3::expr& n, const z3::expr& d, const z3::expr& is_side) {
      add(z3::implies(is_side && n >= limit * d, reaches));
      add(z3::implies(is_side && n <= limit * d, !is_above));
      add(z3::implies(is_side && reaches, n >= (limit - slack) * d));
      add(z3::implies(is_side && !is_above, n <= (limit + slack) * d));
    };
    side(numerator, denominator, denominator > 0);
    side(-numerator, -denominator, denominator < 0);
  }
  if (!symbol.nearest_to) return;
  const auto [raw, scale] = *symbol.nearest_to;
  const auto clamped = clamped_.find(symbol.value.id());
  const z3::expr value = clamped == clamped_.end() ? symbol.value : clamped->second;
  const z3::expr limit = real_of(constant);
  if (const auto least = threshold(scale, constant, false)) add((value >= limit) == (raw >= number(*least)));
  if (const auto least = threshold(scale, constant, true)) add((value > limit) == (raw >= number(*least)));
}

// ---- comparisons

z3::expr Encoder::compare_numbers(MeaningOp op, const MeaningNode& left_node, const Symbol& left, const MeaningNode& right_node,
                                  const Symbol& right) {
  const auto apply = [&](const z3::expr& a, const z3::expr& b) {
    return op == MeaningOp::kEqual ? a == b : op == MeaningOp::kLess ? a < b : a <= b;
  };
  const Type& a = left_node.type;
  const Type& b = right_node.type;
  if (a.kind == Kind::kFloat || b.kind == Kind::kFloat) {
    const auto constant_of = [&](const MeaningNode& node) -> std::optional<double> {
      if (node.op != MeaningOp::kConstant) return std::nullopt;
      if (const double* real = std::get_if<double>(node.constant)) return *real;
      // an exact number beside a float compares by exact value: its thresholds are those of the doubles around it
      return nearest_float(std::get<std::int64_t>(*node.constant), scale_of_number(node.type));
    };
    if (const auto constant = constant_of(right_node); constant && a.kind == Kind::kFloat) link_threshold(left, *constant);
    if (const auto constant = constant_of(left_node); constant && b.kind == Kind::kFloat) link_threshold(right, *constant);
    const auto real = [&](const Type& type, const Symbol& symbol) {
      return type.kind == Kind::kFloat ? symbol.value : real_of(ExactNumber{symbol.value, scale_of_number(type)});
    };
    return apply(real(a, left), real(b, right));
  }
  const int scale = std::max(scale_of_number(a), scale_of_number(b));
  const auto aligned = [&](const Type& type, const Symbol& symbol) {
    const int missing = scale - scale_of_number(type);
    return missing == 0 ? symbol.value : symbol.value * power_of_10(missing);
  };
  return apply(aligned(a, left), aligned(b, right));
}

Symbol Encoder::compare(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const MeaningNode& left = meanings_.node(node.operands[0]);
  const MeaningNode& right = meanings_.node(node.operands[1]);
  const auto apply = [&](const z3::expr& a, const z3::expr& b) {
    return node.op == MeaningOp::kEqual ? a == b : node.op == MeaningOp::kLess ? a < b : a <= b;
  };
  const auto result = [&](const z3::expr& holds) { return predicate(all_of({operands[0].known, operands[1].known, holds})); };
  const Kind a = left.type.kind, b = right.type.kind;
  if (is_number(a) && is_number(b)) return result(compare_numbers(node.op, left, operands[0], right, operands[1]));
  if (a == Kind::kText) {
    if (node.op != MeaningOp::kEqual) (node.is_folded ? orders_folded_texts_ : orders_texts_) = true;
    return result(apply(text_key(operands[0], node.is_folded), text_key(operands[1], node.is_folded)));
  }
  if (a == Kind::kTimestamp && b == Kind::kDate) return result(compare_day(node.op, operands[0].value, operands[1].value, true));
  if (a == Kind::kDate && b == Kind::kTimestamp) return result(compare_day(node.op, operands[1].value, operands[0].value, false));
  const auto span = [&](Kind kind, const z3::expr& value, Kind other) {
    return kind == Kind::kDays && other == Kind::kSpan ? value * number(kMicrosPerDay) : value;
  };
  return result(apply(span(a, operands[0].value, b), span(b, operands[1].value, a)));
}

z3::expr Encoder::in_set(const MeaningNode& node, const Symbol& operand) {
  const ConstantSet& set = program().sets[segue::index_of(std::get<InSet>(*node.node).set)];
  if (set.type.kind == Kind::kText) return in_text_set(node, operand);
  std::vector<std::int64_t> wholes;
  std::vector<z3::expr> each;
  for (const Constant& value : set.values) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) wholes.push_back(*whole);
    else if (const bool* truth = std::get_if<bool>(&value)) each.push_back(*truth ? operand.value : !operand.value);
    else if (const double* real = std::get_if<double>(&value)) {
      link_threshold(operand, *real);
      each.push_back(operand.value == real_of(*real));
    }
  }
  // neighbours make a range
  std::ranges::sort(wholes);
  for (std::size_t i = 0; i < wholes.size();) {
    std::size_t end = i + 1;
    while (end < wholes.size() && wholes[end] == wholes[end - 1] + 1) ++end;
    each.push_back(end - i == 1 ? operand.value == number(wholes[i]) : between(operand.value, wholes[i], wholes[end - 1]));
    i = end;
  }
  return some_of(each);
}

// ---- arithmetic

Symbol Encoder::arithmetic(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const Kind left = meanings_.node(node.operands[0]).type.kind, right = meanings_.node(node.operands[1]).type.kind;
  if (!is_number(left) || !is_number(right)) return time_arithmetic(node, operands);
  return node.type.kind == Kind::kFloat ? float_arithmetic(node, operands) : exact_arithmetic(node, operands);
}

// Beyond 64 bits (of an int) or 18 digits the result is missing.
Symbol Encoder::exact_arithmetic(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const MeaningNode& left = meanings_.node(node.operands[0]);
  const MeaningNode& right = meanings_.node(node.operands[1]);
  const auto op = std::get<Arithmetic>(*node.node).op;
  z3::expr value = number(0);
  if (op == ArithmeticOp::kMultiply) {
    value = operands[0].value * operands[1].value;
    if (left.op != MeaningOp::kConstant && right.op != MeaningOp::kConstant) guess("it multiplies two values with each other", node);
  } else {
    const int scale = scale_of_number(node.type);
    const z3::expr a = operands[0].value * power_of_10(scale - scale_of_number(left.type));
    const z3::expr b = operands[1].value * power_of_10(scale - scale_of_number(right.type));
    value = op == ArithmeticOp::kAdd ? a + b : a - b;
  }
  const bool is_decimal = node.type.kind == Kind::kDecimal;
  const z3::expr fits = is_decimal ? between(value, -kMaxDecimalRaw, kMaxDecimalRaw) : between(value, kLeastWhole, kGreatestWhole);
  return {all_of({operands[0].known, operands[1].known, fits}), value};
}

Symbol Encoder::float_arithmetic(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const MeaningNode& left = meanings_.node(node.operands[0]);
  const MeaningNode& right = meanings_.node(node.operands[1]);
  const auto op = std::get<Arithmetic>(*node.node).op;
  const auto real = [&](const MeaningNode& of, const Symbol& symbol) {
    return of.type.kind == Kind::kFloat ? symbol.value : real_of(ExactNumber{symbol.value, scale_of_number(of.type)});
  };
  if (left.op == MeaningOp::kConstant && right.op == MeaningOp::kConstant) {
    const KnownFloat result = float_of_constants(op, left, right);
    return {result.known ? yes_ : no_, real_of(result.value)};
  }
  const z3::expr a = real(left, operands[0]), b = real(right, operands[1]);
  const bool is_exact = left.type.kind != Kind::kFloat && right.type.kind != Kind::kFloat;
  const z3::expr infinity = real_of(std::numeric_limits<double>::infinity());
  const auto is_finite = [&](const MeaningNode& of, const z3::expr& value) {
    return of.type.kind == Kind::kFloat && of.op != MeaningOp::kConstant ? value < infinity && value > -infinity : yes_;
  };
  const bool is_linear = op == ArithmeticOp::kAdd || op == ArithmeticOp::kSubtract || right.op == MeaningOp::kConstant ||
                         (op == ArithmeticOp::kMultiply && left.op == MeaningOp::kConstant);
  const char* names[] = {"float +", "float -", "float *", "float /"};
  const char* name = is_exact ? "exact /" : names[static_cast<int>(op)];
  const z3::func_decl opaque = context_.function(name, context_.real_sort(), context_.real_sort(), context_.real_sort());
  const z3::func_decl is_number_of =
      context_.function((std::string(name) + " is a number").c_str(), context_.real_sort(), context_.real_sort(), context_.bool_sort());
  const z3::expr value = opaque(a, b);
  std::vector<z3::expr> known = {operands[0].known, operands[1].known};
  if (op == ArithmeticOp::kDivide) known.push_back(b != 0);
  const z3::expr plain = all_of({is_finite(left, a), is_finite(right, b)});
  const z3::expr divides = op == ArithmeticOp::kDivide ? b != 0 : yes_;
  if (!is_exact) {
    // infinities may leave what is not a number
    add(z3::implies(plain, is_number_of(a, b)));
    known.push_back(is_number_of(a, b));
  }
  if (is_linear) {
    guess("it compares fractions that are rounded", node);
    const z3::expr result = op == ArithmeticOp::kAdd        ? a + b
                            : op == ArithmeticOp::kSubtract ? a - b
                            : op == ArithmeticOp::kMultiply ? a * b
                                                            : a / b;
    add(z3::implies(plain && divides, value == rounded(result, yes_, number(0))));
    if (!plain.is_true()) {
      add(z3::implies(!plain && divides && result > 0, is_number_of(a, b) && value == infinity));
      add(z3::implies(!plain && divides && result < 0, is_number_of(a, b) && value == -infinity));
      add(z3::implies(!plain && result == 0, !is_number_of(a, b)));
    }
  } else {
    guess(op == ArithmeticOp::kDivide ? "it divides by a value" : "it multiplies two values with each other", node);
  }
  Symbol symbol{all_of(known), value};
  if (op == ArithmeticOp::kDivide && is_exact) symbol.quotient = Quotient{a, b};
  return symbol;
}

Symbol Encoder::negate(const MeaningNode& node, const Symbol& operand) {
  if (node.type.kind == Kind::kFloat) return {operand.known, -operand.value};
  const bool is_decimal = node.type.kind == Kind::kDecimal;
  const z3::expr fits = is_decimal ? yes_ : operand.value != number(kLeastWhole);
  return {all_of({operand.known, fits}), -operand.value};
}

Symbol Encoder::rescale(const MeaningNode& node, const Symbol& operand) {
  const int from = scale_of_number(meanings_.node(node.operands[0]).type), to = scale_of_number(node.type);
  if (to >= from) {
    const z3::expr value = operand.value * power_of_10(to - from);
    return {all_of({operand.known, between(value, -kMaxDecimalRaw, kMaxDecimalRaw)}), value};
  }
  const z3::expr divisor = power_of_10(from - to);
  return {all_of({operand.known, z3::mod(operand.value, divisor) == 0}), operand.value / divisor};
}

// A function whose inside is not modelled gives equal results for equal operands.
Symbol Encoder::call(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const BuiltinId id = std::get<Call>(*node.node).builtin;
  const std::string_view name = builtin(id).name;
  const bool is_decay = id == BuiltinId::kDecayTimestampDays || id == BuiltinId::kDecayTimestampSpan || id == BuiltinId::kDecayDate;
  if (!is_decay) return time_call(node, name, operands);
  const Kind kind = meanings_.node(node.operands[0]).type.kind;
  const z3::func_decl decay = context_.function(fmt::format("decay {}", static_cast<int>(id)).c_str(), context_.int_sort(),
                                                context_.int_sort(), context_.real_sort());
  const z3::expr weight = decay(operands[0].value, operands[1].value);
  const z3::expr until = kind == Kind::kDate ? today_of() : now_of();
  const z3::expr known_weight = context_.bool_const(fresh_name("decay is known").c_str());
  const z3::expr is_usual = operands[1].value > 0 && operands[0].value <= until;
  add(weight >= 0);
  add(z3::implies(is_usual, known_weight && weight <= 1));
  add(z3::implies(operands[1].value > 0 && operands[0].value == until, weight == 1));
  guess("it weighs by age", node);
  return {all_of({operands[0].known, operands[1].known, operands[0].value <= until, known_weight}), weight};
}

}  // namespace segue::proving
