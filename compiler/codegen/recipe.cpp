// From the nodes of a unit to instructions.
#include "compiler/codegen/recipe.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "stdlib/builtins.h"

namespace segue {

namespace {

// A range as values of a narrower integer; one that holds none of them is empty there too.
IntRange narrowed(const IntRange& range, Lane lane) {
  const unsigned bits = lane == Lane::kInt8 ? 8 : lane == Lane::kInt16 ? 16 : lane == Lane::kInt32 ? 32 : 64;
  const std::int64_t greatest = std::numeric_limits<std::int64_t>::max() >> (64 - bits), least = -greatest - 1;
  const IntRange result{std::max(range.low, least), std::min(range.high, greatest)};
  return result.is_empty() ? IntRange{1, 0} : result;
}

Lane lane_of(Storage storage) {
  switch (storage) {
    case Storage::kInt8: return Lane::kInt8;
    case Storage::kInt16: return Lane::kInt16;
    case Storage::kInt32:
    case Storage::kCodes: return Lane::kInt32;
    case Storage::kFloat64: return Lane::kFloat64;
    default: return Lane::kInt64;
  }
}

constexpr std::size_t kLeastNarrowed = 3;

class RecipeMaker {
 public:
  RecipeMaker(const ProgramLayout& layout, const BoundConstants& constants, const Clock& clock, const Unit& unit, bool keeps_members)
      : layout_(layout),
        constants_(constants),
        clock_(clock),
        unit_(unit),
        finishes_(unit.finishes),
        keeps_members_(keeps_members) {
    code_.recipe.is_over_bits = unit.kind == NodeClass::kBoolean;
    std::ranges::sort(finishes_, {},
                      [](const Finish& finish) { return std::tuple(finish.bit.node(), finish.root, finish.is_undetermined); });
  }

  UnitCode make() && {
    if (unit_.nodes.empty()) finish_bits_of_others();
    for (const NodeId id : unit_.nodes) {
      if (unit_.kind == NodeClass::kBoolean) add_boolean(id);
      if (unit_.kind == NodeClass::kAtom) add(Operation::kStoreSlot, atom(id), layout_.bit_slot(id));
      if (unit_.kind == NodeClass::kValue) add_value(id);
    }
    return std::move(code_);
  }

 private:
  using Ref = std::uint32_t;  // an instruction

  Ref add(Operation operation, std::uint32_t a = 0, std::uint32_t b = 0, Lane lane = Lane::kNone) {
    code_.recipe.instructions.push_back({operation, lane, 0, a, b});
    return static_cast<Ref>(code_.recipe.instructions.size() - 1);
  }
  Ref join(Operation operation, std::optional<Ref> so_far, Ref next) { return so_far ? add(operation, *so_far, next) : next; }

  // ── boolean algebra ──

  void add_boolean(NodeId id) {
    const Ref result = operands(layout_.plan().node(id).op);
    made_.emplace(index_of(id), result);
    if (!layout_.is_inlined(id)) add(Operation::kStoreSlot, result, layout_.bit_slot(id));
    finish(id, result);
  }

  Ref operand(Bit bit) {
    if (const auto at = made_.find(index_of(bit.node())); at != made_.end()) return at->second;
    const BitRef ref = layout_.ref(Bit{bit.raw & ~1U});
    if (ref.slot != kNoSlot) return add(Operation::kLoadSlot, ref.slot);
    return add(ref.is_inverted ? Operation::kOnes : Operation::kZeros);  // what the data or the clock have settled
  }

  // Operands come sorted by complement, so that one inversion does for all that are complemented: a and not b and not c = a and not (b or c). It takes no
  // word of ones either: a and not b = a xor (a and b).
  Ref operands(const Op& op) {
    const bool is_all = std::holds_alternative<AllOf>(op);
    const std::vector<Bit>& bits = is_all ? std::get<AllOf>(op).operands : std::get<AnyOf>(op).operands;
    const Operation plain_join = is_all ? Operation::kAnd : Operation::kOr, other_join = is_all ? Operation::kOr : Operation::kAnd;
    std::optional<Ref> plain, complemented;
    for (const Bit bit : bits) {
      const Ref next = operand(bit);
      if (bit.is_negated()) complemented = join(other_join, complemented, next);
      else plain = join(plain_join, plain, next);
    }
    if (!complemented) return *plain;
    if (is_all && plain) return add(Operation::kXor, *plain, add(Operation::kAnd, *plain, *complemented));
    return join(plain_join, plain, add(Operation::kNot, *complemented));
  }

  // ── roots ──

  void finish_bits_of_others() {
    for (std::size_t i = 0; i < finishes_.size(); ++i) {
      const NodeId id = finishes_[i].bit.node();
      if (i == 0 || finishes_[i - 1].bit.node() != id) finish(id, operand(bit_of(id)));
    }
  }

  // Every root that is answered with the node's bits, which the function has at hand.
  void finish(NodeId id, Ref bits) {
    for (const Finish& finish : std::ranges::equal_range(finishes_, id, {}, [](const Finish& of) { return of.bit.node(); })) {
      if (!live_) live_ = add(Operation::kLoadSlot, layout_.frames[unit_.frame].live_slot);
      const Ref members = add(Operation::kAnd, finish.bit.is_negated() ? add(Operation::kNot, bits) : bits, *live_);
      add(Operation::kCount, members, static_cast<std::uint32_t>(code_.counted.size()));
      code_.counted.push_back(finish);
      if (finish.is_undetermined || !keeps_members_) continue;
      add(Operation::kKeep, members, static_cast<std::uint32_t>(code_.kept.size()));
      code_.kept.push_back(finish.root);
    }
  }

  // ── tests ──

  Ref atom(NodeId id) {
    const PlanNode& node = layout_.plan().node(id);
    if (std::holds_alternative<ColumnKnown>(node.op)) return add(Operation::kLoadInput, *layout_.validity_input(bit_of(id)));
    if (std::holds_alternative<ColumnBit>(node.op)) {
      const Ref bits = add(Operation::kLoadInput, layout_.bits_input(id));
      const auto valid = layout_.validity_of_bits(id);
      return valid ? add(Operation::kAnd, bits, add(Operation::kLoadInput, *valid)) : bits;
    }
    if (const auto ranks = layout_.rank_test(id)) return rank_test(*ranks);
    const Bit known = std::visit(
        [](const auto& op) {
          if constexpr (requires { op.known; }) return op.known;
          else return kTrue;
        },
        node.op);
    const Ref holds = test(node);
    const BitRef ref = layout_.ref(known);
    const bool is_always_known = ref.slot == kNoSlot && ref.is_inverted && !layout_.validity_input(known);
    return is_always_known ? holds : add(Operation::kAnd, holds, known_bits(known));
  }

  Ref rank_test(const RankTest& test) {
    if (!last_ranks_ || last_rank_input_ != test.input) last_ranks_ = add(Operation::kLoadRows, test.input, 0, lane_of(test.storage));
    last_rank_input_ = test.input;
    std::optional<Ref> any;
    for (const IntRange& range : test.ranges) any = join(Operation::kOr, any, int_range(*last_ranks_, lane_of(test.storage), range, false));
    return *any;
  }

  Ref known_bits(Bit known) {
    if (const auto input = layout_.validity_input(known)) return add(Operation::kLoadInput, *input);
    const BitRef ref = layout_.ref(known);
    if (ref.slot == kNoSlot) return add(ref.is_inverted ? Operation::kOnes : Operation::kZeros);
    const Ref bits = add(Operation::kLoadSlot, ref.slot);
    return ref.is_inverted ? add(Operation::kNot, bits) : bits;
  }

  Ref test(const PlanNode& node) {
    if (const auto* test = std::get_if<InRanges>(&node.op)) return int_ranges(test->value, test->ranges, false);
    if (const auto* test = std::get_if<InFloatRange>(&node.op)) return float_range(test->value, test->range);
    if (const auto* test = std::get_if<KernelTest>(&node.op)) return comparison(*test);
    if (const auto* test = std::get_if<InWindow>(&node.op))
      return int_ranges(test->value, {window_range(layout_.plan(), clock_, *test)}, true);
    const auto& test = std::get<CompareBound>(node.op);
    return int_ranges(test.value, {bound_range(constants_, test)}, true);
  }

  Ref int_ranges(NodeId value, const std::vector<IntRange>& ranges, bool is_clocked) {
    const Ref values = !is_clocked && is_narrow_enough(value) ? narrow_rows(value) : rows(value);
    const Lane lane = code_.recipe.instructions[values].lane;
    std::optional<Ref> any;
    for (const IntRange& range : ranges) any = join(Operation::kOr, any, int_range(values, lane, range, is_clocked));
    return *any;
  }

  // A bound that is the least or the greatest integer is no bound. Which bounds there are is part of the code unless the clock sets them; what they are is not.
  Ref int_range(Ref values, Lane lane, const IntRange& range, bool is_clocked) {
    const IntRange bounds = narrowed(range, lane);
    const auto bits = [&](Ref mask) { return add(Operation::kBits, mask); };
    if (!is_clocked && range.low == range.high && bounds.low == bounds.high)
      return bits(add(Operation::kEqual, values, constant(bounds.low, lane)));
    // Complements of what lies outside: a processor compares with `greater`, not with `at least`.
    std::optional<Ref> outside;
    if (is_clocked || bounds.is_empty() || range.low != std::numeric_limits<std::int64_t>::min())
      outside = add(Operation::kLess, values, constant(bounds.low, lane));
    if (is_clocked || bounds.is_empty() || range.high != std::numeric_limits<std::int64_t>::max())
      outside = join(Operation::kOr, outside, add(Operation::kGreater, values, constant(bounds.high, lane)));
    return outside ? add(Operation::kNot, bits(*outside)) : add(Operation::kOnes);
  }

  Ref float_range(NodeId value, const FloatRange& range) {
    const Ref values = rows(value);
    const auto bound = [&](double of) { return constant(std::bit_cast<std::int64_t>(of), Lane::kFloat64); };
    const double infinity = std::numeric_limits<double>::infinity();
    std::optional<Ref> inside;
    if (range.low != -infinity) inside = add(Operation::kGreaterEqual, values, bound(range.low));
    if (range.high != infinity) inside = join(Operation::kAnd, inside, add(Operation::kLessEqual, values, bound(range.high)));
    return inside ? add(Operation::kBits, *inside) : add(Operation::kOnes);
  }

  // Two values of a row beside each other.
  Ref comparison(const KernelTest& test) {
    const std::string_view symbol = builtin(test.builtin).name;
    Operation operation = Operation::kEqual;
    if (symbol == "<") operation = Operation::kLess;
    if (symbol == "<=") operation = Operation::kLessEqual;
    if (symbol == ">") operation = Operation::kGreater;
    if (symbol == ">=") operation = Operation::kGreaterEqual;
    const Ref left = wide_rows(test.left), right = wide_rows(test.right);
    return add(Operation::kBits, add(operation, left, right));
  }

  // ── values ──

  // Several tests of one column of 32 bits whose bounds fit into 16 take half the comparisons when the values are cut to 16 first: one outside becomes the
  // nearest that fits, which lies on the same side of every bound.
  bool is_narrow_enough(NodeId value) {
    if (decided_for_ == value) return is_narrow_;
    decided_for_ = value;
    const ValueRef ref = layout_.ref(value);
    std::size_t tests = 0;
    is_narrow_ = ref.source == ValueSource::kColumn && lane_of(ref.storage) == Lane::kInt32;
    for (const NodeId id : unit_.nodes) {
      const auto* test = std::get_if<InRanges>(&layout_.plan().node(id).op);
      if (test == nullptr || test->value != value) continue;
      ++tests;
      is_narrow_ = is_narrow_ && std::ranges::all_of(test->ranges, fits_16_bits);
    }
    return is_narrow_ = is_narrow_ && tests >= kLeastNarrowed;
  }
  static bool fits_16_bits(const IntRange& range) {
    constexpr std::int64_t kGreatest = std::numeric_limits<std::int16_t>::max();
    const bool low = range.low == std::numeric_limits<std::int64_t>::min() || (range.low >= -kGreatest && range.low <= kGreatest);
    return low && (range.high == std::numeric_limits<std::int64_t>::max() || (range.high >= -kGreatest && range.high < kGreatest));
  }
  Ref narrow_rows(NodeId value) {
    if (!narrowed_ || narrowed_value_ != value) narrowed_ = add(Operation::kNarrow, rows(value), 0, Lane::kInt16);
    narrowed_value_ = value;
    return *narrowed_;
  }

  // Tests of one column stand beside each other and share its load.
  Ref rows(NodeId value) {
    if (last_rows_ && last_value_ == value) return *last_rows_;
    const ValueRef ref = layout_.ref(value);
    const bool is_float = layout_.plan().node(value).type.kind == Kind::kFloat;
    const bool is_column = ref.source == ValueSource::kColumn;
    const Lane lane = is_column ? lane_of(ref.storage) : is_float ? Lane::kFloat64 : Lane::kInt64;
    last_value_ = value;
    last_rows_ = add(Operation::kLoadRows, is_column ? ref.index : value_pointer(ref.index), 0, lane);
    return *last_rows_;
  }

  // As int64 or double.
  Ref wide_rows(NodeId value) {
    const PlanNode& node = layout_.plan().node(value);
    const Lane lane = node.type.kind == Kind::kFloat ? Lane::kFloat64 : Lane::kInt64;
    if (node.frame == kNoFrame) return constant(constants_.values[index_of(value)].value, lane);
    const Ref values = rows(value);
    return code_.recipe.instructions[values].lane == lane ? values : add(Operation::kWiden, values, 0, Lane::kInt64);
  }

  std::uint32_t value_pointer(std::uint32_t slot) const {
    return static_cast<std::uint32_t>(layout_.frames[unit_.frame].inputs.size()) + slot;
  }

  Ref constant(std::int64_t value, Lane lane) {
    code_.pool.push_back(value);
    return add(Operation::kLoadPool, static_cast<std::uint32_t>(code_.pool.size() - 1), 0, lane);
  }

  void add_value(NodeId id) {
    const Map& map = std::get<Map>(layout_.plan().node(id).op);
    const EmittedMath math = layout_.math_of(map);
    const Ref left = wide_rows(map.left), right = wide_rows(map.right);
    const Lane lane = code_.recipe.instructions[left].lane;
    const bool is_add = math == EmittedMath::kAddInt || math == EmittedMath::kAddFloat;
    const bool is_subtract = math == EmittedMath::kSubtractInt || math == EmittedMath::kSubtractFloat;
    const Operation operation = is_add ? Operation::kAdd : is_subtract ? Operation::kSubtract : Operation::kMultiply;
    const Ref result = add(operation, left, right, lane);
    add(Operation::kStoreRows, result, value_pointer(layout_.value_slot(id)), lane);
    if (layout_.known_slot(id) == kNoSlot) return;
    Ref known = known_bits(map.known);
    if (const auto lost = lost_rows(math, left, right, result))
      known = add(Operation::kAnd, known, add(Operation::kNot, add(Operation::kBits, *lost)));
    add(Operation::kStoreSlot, known, layout_.known_slot(id));
  }

  // The rows whose result is none. What such a row holds does not matter: any int or float does.
  std::optional<Ref> lost_rows(EmittedMath math, Ref left, Ref right, Ref result) {
    const auto signs_differ = [&](Ref a, Ref b) { return add(Operation::kXor, a, b, Lane::kInt64); };
    const auto lost = [&](Ref a, Ref b) { return add(Operation::kIsNegative, add(Operation::kAndRows, a, b, Lane::kInt64)); };
    switch (math) {
      case EmittedMath::kAddInt: {  // overflows where both operands have the sign that the result has not
        const Ref from_left = signs_differ(left, result), from_right = signs_differ(right, result);
        return lost(from_left, from_right);
      }
      case EmittedMath::kSubtractInt: {
        const Ref operands = signs_differ(left, right), from_left = signs_differ(left, result);
        return lost(operands, from_left);
      }
      case EmittedMath::kMultiplyInt: return std::nullopt;
      default: return add(Operation::kIsNan, result);
    }
  }

  const ProgramLayout& layout_;
  const BoundConstants& constants_;
  const Clock& clock_;
  const Unit& unit_;
  std::vector<Finish> finishes_;  // by node
  bool keeps_members_;
  UnitCode code_;
  std::unordered_map<std::uint32_t, Ref> made_;  // by node of this unit
  std::optional<Ref> live_, last_rows_, narrowed_, last_ranks_;
  std::uint32_t last_rank_input_ = 0;
  NodeId last_value_ = kNoNode, narrowed_value_ = kNoNode, decided_for_ = kNoNode;
  bool is_narrow_ = false;
};

}  // namespace

UnitCode make_recipe(const ProgramLayout& layout, const BoundConstants& constants, const Clock& clock, const Unit& unit,
                     bool keeps_members) {
  return RecipeMaker(layout, constants, clock, unit, keeps_members).make();
}

}  // namespace segue
