// Evaluation of frame-free nodes, by the kernels that rows would use.
#include "compiler/codegen/constants.h"

#include <bit>
#include <limits>

#include "runtime/float_order.h"
#include "runtime/program.h"
#include "stdlib/builtins.h"

namespace segue {

namespace {

struct Bind {
  const BoundConstants& bound;
  const Clock& clock;

  KnownInt operator()(const ConstantValue& op) const { return {op.bits, true}; }
  KnownInt operator()(const ClockValue& op) const {
    if (op.count == 0 && op.unit == TimeUnit::kSecond) return {clock.now, true};
    if (op.count == 0 && op.unit == TimeUnit::kDay) return {clock.today, true};
    const TimeAmount shift{op.count, op.unit};
    return is_exact(op.unit) ? moment_timestamp(clock, shift) : moment_date(clock, shift);
  }
  KnownInt operator()(const Map& op) const {
    const KnownInt left = value(op.left), right = op.right == kNoNode ? KnownInt{0, true} : value(op.right);
    if (!left.known || !right.known) return kMissingInt;
    const std::int64_t operands[] = {left.value, right.value};
    return builtin(op.builtin).kernel.scalar({clock, op.left_scale, op.right_scale}, operands);
  }
  KnownInt operator()(const ToFloatValue& op) const {
    const KnownInt operand = value(op.operand);
    return operand.known ? KnownInt{std::bit_cast<std::int64_t>(nearest_float(operand.value, op.scale)), true} : kMissingInt;
  }
  KnownInt operator()(const RescaleValue& op) const {
    const KnownInt operand = value(op.operand);
    return operand.known ? rescale_decimal(operand.value, op.from, op.to) : kMissingInt;
  }
  template <typename T>
  KnownInt operator()(const T&) const {
    return kMissingInt;
  }

  const KnownInt& value(NodeId id) const { return bound.values[index_of(id)]; }
};

}  // namespace

BoundConstants bind_constants(const Plan& plan, const Clock& clock) {
  BoundConstants bound{
      .values = std::vector<KnownInt>(plan.nodes.size()), .places = std::vector<std::uint32_t>(plan.nodes.size()), .blocks = {}};
  for (const NodeId id : plan.live) {
    const PlanNode& node = plan.node(id);
    if (node.frame != kNoFrame || !is_value(node.op)) continue;
    bound.values[index_of(id)] = std::visit(Bind{bound, clock}, node.op);
    bound.places[index_of(id)] = static_cast<std::uint32_t>(bound.blocks.size() / kBlockRows);
    bound.blocks.insert(bound.blocks.end(), kBlockRows, bound.values[index_of(id)].value);
  }
  return bound;
}

IntRange bound_range(const BoundConstants& constants, const CompareBound& test) {
  const KnownInt& bound = constants.values[index_of(test.bound)];
  if (!bound.known) return {1, 0};
  return exact_range(test.value_scale, test.comparison, bound.value, test.bound_scale);
}

IntRange window_range(const Plan& plan, const Clock& clock, const InWindow& test) {
  const WindowBounds bounds = window_bounds(plan.windows[test.window], clock);
  return plan.node(test.value).type.kind == Kind::kDate ? bounds.days : bounds.instants;
}

IntRange ordered_range(const FloatRange& range) {
  const double infinity = std::numeric_limits<double>::infinity();
  return {range.low == -infinity ? std::numeric_limits<std::int64_t>::min() : ordered_float(range.low),
          range.high == infinity ? std::numeric_limits<std::int64_t>::max() : ordered_float(range.high)};
}

}  // namespace segue
