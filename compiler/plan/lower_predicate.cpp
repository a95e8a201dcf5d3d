// Predicates: comparisons, sets, texts, lists, windows. A comparison with a constant becomes a range of raw values or a test once for each
// entry of a dictionary; what is left calls the kernel of the table of builtins.
#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "compiler/plan/lowering.h"
#include "stdlib/text.h"

namespace segue {

namespace {

bool is_number(Kind kind) { return kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kFloat; }
double as_float(std::int64_t bits) { return std::bit_cast<double>(bits); }

Comparison comparison_of(CompareOp op) {
  switch (op) {
    case CompareOp::kEq:
    case CompareOp::kNe: return Comparison::kEqual;
    case CompareOp::kLt: return Comparison::kLess;
    case CompareOp::kLe: return Comparison::kLessEqual;
    case CompareOp::kGt: return Comparison::kGreater;
    case CompareOp::kGe: return Comparison::kGreaterEqual;
  }
  return Comparison::kEqual;
}

Comparison mirrored(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual: return Comparison::kEqual;
    case Comparison::kLess: return Comparison::kGreater;
    case Comparison::kLessEqual: return Comparison::kGreaterEqual;
    case Comparison::kGreater: return Comparison::kLess;
    case Comparison::kGreaterEqual: return Comparison::kLessEqual;
  }
  return comparison;
}

std::string_view symbol(Comparison comparison) {
  constexpr std::array<std::string_view, 5> kSymbols{"=", "<", "<=", ">", ">="};
  return kSymbols[static_cast<std::size_t>(comparison)];
}

TextTestKind text_kind(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual: return TextTestKind::kEqual;
    case Comparison::kLess: return TextTestKind::kLess;
    case Comparison::kLessEqual: return TextTestKind::kLessEqual;
    case Comparison::kGreater: return TextTestKind::kGreater;
    case Comparison::kGreaterEqual: return TextTestKind::kGreaterEqual;
  }
  return TextTestKind::kEqual;
}

TextTestKind text_kind(TextOp op) {
  switch (op) {
    case TextOp::kContains: return TextTestKind::kContains;
    case TextOp::kStartsWith: return TextTestKind::kStartsWith;
    case TextOp::kEndsWith: return TextTestKind::kEndsWith;
  }
  return TextTestKind::kContains;
}

std::string folded_if(bool folded, const std::string& text) { return folded ? fold(text) : text; }

// What a constant beside an exact value admits.
IntRange int_range(const Type& type, Comparison comparison, std::int64_t constant, const Type& constant_type) {
  if (constant_type.kind == Kind::kFloat) return exact_range(scale_of(type), comparison, as_float(constant));
  return exact_range(scale_of(type), comparison, constant, scale_of(constant_type));
}

FloatRange floats_in_range(Comparison comparison, std::int64_t constant, const Type& constant_type) {
  if (constant_type.kind == Kind::kFloat) return float_range(comparison, as_float(constant));
  return float_range(comparison, constant, scale_of(constant_type));
}

// Whether raw values of the two types may stand in one range.
bool are_comparable_raw(const Type& left, const Type& right) {
  return left.kind == right.kind || (is_number(left.kind) && is_number(right.kind));
}

std::int64_t integer_of(const Constant& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  if (const auto* number = std::get_if<double>(&value)) return std::bit_cast<std::int64_t>(*number);
  return std::get<std::int64_t>(value);
}

// What is counted over rows of which none passes is constant, and may be missing or unsure all the same.
bool is_certain(const Lowered& value) { return value.known == kTrue && value.unsure == kFalse; }

std::vector<std::string> sorted_texts(const ConstantSet& set) {
  std::vector<std::string> texts;
  texts.reserve(set.values.size());
  for (const Constant& value : set.values) texts.push_back(std::get<std::string>(value));
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

Lowering::Side Lowering::side(ExprId id, FrameId frame) { return {operand(id, frame), program_.expr(id).type}; }

Lowered Lowering::compare(FrameId frame, CompareOp op, const Side& left, const Side& right, bool folded) {
  const Bit known = graph_.all_of(frame, left.value.known, right.value.known);
  const Bit unsure = graph_.any_of(frame, this->unsure(frame, left.value), this->unsure(frame, right.value));
  const Bit holds = left.type.kind == Kind::kBool ? graph_.leaf_all_of(frame, {compare_bools(frame, left, right), known})
                                                  : compare_values(frame, comparison_of(op), left, right, known, folded);
  const Lowered result = predicate(frame, holds, known, unsure);
  return op == CompareOp::kNe ? negation(result) : result;
}

Bit Lowering::compare_bools(FrameId frame, const Side& left, const Side& right) {
  const Bit a = left.value.holds, b = right.value.holds;
  return graph_.leaf_any_of(frame, {graph_.leaf_all_of(frame, {a, b}), graph_.leaf_all_of(frame, {~a, ~b})});
}

Bit Lowering::compare_values(FrameId frame, Comparison comparison, const Side& left, const Side& right, Bit known, bool folded) {
  if (left.type.kind == Kind::kText || left.type.kind == Kind::kList) return compare_texts(frame, comparison, left, right, known, folded);
  const bool is_left_free = is_frame_free(left.value.value), is_right_free = is_frame_free(right.value.value);
  const bool are_constant = is_left_free && is_right_free && is_constant(left.value.value) && is_constant(right.value.value);
  if ((is_left_free != is_right_free || are_constant) && are_comparable_raw(left.type, right.type)) {
    return is_right_free ? compare_constant(frame, comparison, left, right, known)
                         : compare_constant(frame, mirrored(comparison), right, left, known);
  }
  return kernel_test(frame, comparison, left.value.value, left.type, right.value.value, right.type, known);
}

// `right` is the same for all rows: a constant, or what the clock will say.
Bit Lowering::compare_constant(FrameId frame, Comparison comparison, const Side& left, const Side& right, Bit known) {
  const bool is_float = left.type.kind == Kind::kFloat, is_clocked = !is_constant(right.value.value);
  if (is_clocked && (is_float || right.type.kind == Kind::kFloat)) {
    return kernel_test(frame, comparison, left.value.value, left.type, right.value.value, right.type, known);
  }
  if (is_clocked) {
    const CompareBound test{left.value.value, known, comparison, right.value.value, scale_of(left.type), scale_of(right.type)};
    return graph_.bit(frame, test);
  }
  const std::int64_t bound = constant(right.value.value);
  if (!is_float) return graph_.in_ranges(frame, left.value.value, known, {int_range(left.type, comparison, bound, right.type)});
  return in_float_range(frame, left.value.value, known, floats_in_range(comparison, bound, right.type));
}

Bit Lowering::in_float_range(FrameId frame, NodeId value, Bit known, const FloatRange& range) {
  if (range.is_empty()) return kFalse;
  if (!is_constant(value)) return graph_.bit(frame, InFloatRange{value, known, range});
  const double number = as_float(constant(value));
  return range.low <= number && number <= range.high ? known : kFalse;
}

Bit Lowering::kernel_test(FrameId frame, Comparison comparison, NodeId left, const Type& left_type, NodeId right, const Type& right_type,
                          Bit known) {
  const std::array<Type, 2> types{left_type, right_type};
  const Builtin* row = find_builtin(Form::kInfix, symbol(comparison), types);
  constexpr std::array<Type, 2> kInts{Type{.kind = Kind::kInt}, Type{.kind = Kind::kInt}};
  if (row == nullptr || row->kernel.batch == nullptr) row = find_builtin(Form::kInfix, symbol(comparison), kInts);
  return graph_.bit(frame, KernelTest{row->id, left, right, known, scale_of(left_type), scale_of(right_type)});
}

Bit Lowering::compare_texts(FrameId frame, Comparison comparison, const Side& left, const Side& right, Bit known, bool folded) {
  const NodeId a = left.value.value, b = right.value.value;
  if (is_constant(a) && !is_constant(b)) return compare_texts(frame, mirrored(comparison), right, left, known, folded);
  if (is_constant(b)) {
    const TextPredicate test{text_kind(comparison), folded, {folded_if(folded, text_constant(b))}};
    return graph_.bit(frame, TextTestBit{a, known, graph_.text_predicate(test)});
  }
  const Type place{.kind = Kind::kInt};
  const std::uint32_t space =
      graph_.rank_space({{graph_.node(a).domain, graph_.node(b).domain}, folded, comparison != Comparison::kEqual, false});
  const NodeId left_place = graph_.intern(frame, place, RankText{a, space, 0});
  const NodeId right_place = graph_.intern(frame, place, RankText{b, space, 1});
  return kernel_test(frame, comparison, left_place, place, right_place, place, known);
}

Lowered Lowering::between(FrameId frame, const Between& node) {
  const Side operand = side(node.operand, frame), low = side(node.low, frame), high = side(node.high, frame);
  if (auto range = constant_between(frame, operand, low, high)) return *range;
  const std::array<Lowered, 2> bounds{compare(frame, CompareOp::kGe, operand, low, node.folded),
                                      compare(frame, CompareOp::kLe, operand, high, node.folded)};
  return all_of(frame, bounds);
}

// Between constants: one range. Both bounds are known, so the operand alone decides whether the answer is unknown.
std::optional<Lowered> Lowering::constant_between(FrameId frame, const Side& operand, const Side& low, const Side& high) {
  const NodeId value = operand.value.value;
  if (!is_certain(low.value) || !is_certain(high.value)) return std::nullopt;
  if (value == kNoNode || operand.type.kind == Kind::kText || is_frame_free(value) || !is_constant(low.value.value) ||
      !is_constant(high.value.value) || !are_comparable_raw(operand.type, low.type) || !are_comparable_raw(operand.type, high.type)) {
    return std::nullopt;
  }
  const std::int64_t least = constant(low.value.value), greatest = constant(high.value.value);
  const Bit known = operand.value.known;
  Bit holds;
  if (operand.type.kind == Kind::kFloat) {
    const FloatRange range{floats_in_range(Comparison::kGreaterEqual, least, low.type).low,
                           floats_in_range(Comparison::kLessEqual, greatest, high.type).high};
    holds = in_float_range(frame, value, known, range);
  } else {
    const IntRange above = int_range(operand.type, Comparison::kGreaterEqual, least, low.type);
    const IntRange below = int_range(operand.type, Comparison::kLessEqual, greatest, high.type);
    holds = graph_.in_ranges(frame, value, known, intersect_ranges(normal_ranges({above}), normal_ranges({below})));
  }
  return predicate(frame, holds, known, operand.value.unsure);
}

Lowered Lowering::in_set(FrameId frame, const InSet& node) {
  const ConstantSet& set = program_.sets[index_of(node.set)];
  const Side tested = side(node.operand, frame);
  const Lowered& operand = tested.value;
  if (tested.type.kind == Kind::kText) return text_predicate(frame, operand, {TextTestKind::kIn, set.folded, sorted_texts(set)});
  Bit holds;
  if (tested.type.kind == Kind::kFloat) {
    std::vector<Bit> tests;
    tests.reserve(set.values.size());
    for (const Constant& value : set.values) {
      const double number = std::get<double>(value);
      tests.push_back(in_float_range(frame, operand.value, operand.known, {number, number}));
    }
    holds = graph_.leaf_any_of(frame, std::move(tests));
  } else {
    const bool is_bool = tested.type.kind == Kind::kBool;
    const NodeId value = is_bool ? bit_value(frame, operand.holds) : operand.value;
    std::vector<IntRange> ranges;
    ranges.reserve(set.values.size());
    for (const Constant& constant : set.values) ranges.push_back({integer_of(constant), integer_of(constant)});
    holds = graph_.in_ranges(frame, value, operand.known, std::move(ranges));
  }
  return predicate(frame, holds, operand.known, unsure(frame, operand));
}

// As an int; of a bit that is the same for all rows a constant.
NodeId Lowering::bit_value(FrameId frame, Bit bit) {
  const Type type{.kind = Kind::kInt};
  if (bit == kFalse || bit == kTrue) return graph_.intern(kNoFrame, type, ConstantValue{bit == kTrue ? 1 : 0});
  return graph_.intern(frame, type, BitValue{bit});
}

Lowered Lowering::text_predicate(FrameId frame, const Lowered& operand, TextPredicate test) {
  const Bit holds = graph_.bit(frame, TextTestBit{operand.value, operand.known, graph_.text_predicate(std::move(test))});
  return predicate(frame, holds, operand.known, operand.unsure);
}

Lowered Lowering::text_test(FrameId frame, const TextTest& node) {
  const Lowered text = operand(node.operand, frame), pattern = operand(node.pattern, frame);
  if (is_constant(pattern.value) && is_certain(pattern)) {
    return text_predicate(frame, text, {text_kind(node.op), node.folded, {folded_if(node.folded, text_constant(pattern.value))}});
  }
  const Bit known = graph_.all_of(frame, text.known, pattern.known);
  const Bit holds = graph_.bit(frame, TextPairTest{node.op, text.value, pattern.value, known, node.folded});
  return predicate(frame, holds, known, graph_.any_of(frame, text.unsure, pattern.unsure));
}

Lowered Lowering::matches(FrameId frame, const Matches& node) {
  return text_predicate(frame, operand(node.operand, frame), {TextTestKind::kMatches, false, {node.pattern}});
}

Lowered Lowering::has(FrameId frame, const Has& node) {
  const ConstantSet& set = program_.sets[index_of(node.set)];
  const Lowered list = operand(node.operand, frame);
  ListPredicate test{.kind = node.op == HasOp::kAll ? ListTestKind::kHasAll : ListTestKind::kHasAny, .folded = set.folded};
  test.is_text = program_.expr(node.operand).type.element == Kind::kText;
  if (test.is_text) {
    test.texts = sorted_texts(set);
  } else {
    for (const Constant& value : set.values) test.values.push_back(integer_of(value));
    std::sort(test.values.begin(), test.values.end());
  }
  const Bit holds = graph_.bit(frame, ListTestBit{list.value, list.known, graph_.list_predicate(std::move(test))});
  const Lowered result = predicate(frame, holds, list.known, list.unsure);
  return node.op == HasOp::kNone ? negation(result) : result;
}

Lowered Lowering::is_empty(FrameId frame, const IsEmpty& node) {
  const Lowered list = operand(node.operand, frame);
  const Bit holds = graph_.bit(frame, ListTestBit{list.value, list.known, graph_.list_predicate({.kind = ListTestKind::kIsEmpty})});
  return predicate(frame, holds, list.known, list.unsure);
}

Lowered Lowering::near(FrameId frame, const Near& node) {
  const Lowered latitude = operand(node.latitude, frame), longitude = operand(node.longitude, frame);
  const Bit known = graph_.all_of(frame, latitude.known, longitude.known);
  const NearTest test{latitude.value, longitude.value, known, node.center_latitude, node.center_longitude, node.kilometres};
  return predicate(frame, graph_.bit(frame, test), known, graph_.any_of(frame, latitude.unsure, longitude.unsure));
}

Lowered Lowering::within(FrameId frame, const Within& node) {
  const Lowered time = operand(node.operand, frame);
  const Bit holds = graph_.bit(frame, InWindow{time.value, time.known, windows_[index_of(node.window)]});
  return predicate(frame, holds, time.known, time.unsure);
}

}  // namespace segue
