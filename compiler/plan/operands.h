// The operands of each kind of node; part of plan.h.
#pragma once

namespace segue {

template <typename OnValue, typename OnBit>
struct OperandVisitor {
  OnValue& value;
  OnBit& bit;

  void operator()(const FalseBit&) const {}
  void operator()(const AllOf& op) const {
    for (const Bit operand : op.operands) bit(operand);
  }
  void operator()(const AnyOf& op) const {
    for (const Bit operand : op.operands) bit(operand);
  }
  void operator()(const ColumnBit&) const {}
  void operator()(const ColumnKnown&) const {}
  void operator()(const ReferenceBit&) const {}
  void operator()(const ReferenceKnown&) const {}
  void operator()(const InRanges& op) const { value(op.value), bit(op.known); }
  void operator()(const InFloatRange& op) const { value(op.value), bit(op.known); }
  void operator()(const InWindow& op) const { value(op.value), bit(op.known); }
  void operator()(const CompareBound& op) const { value(op.value), value(op.bound), bit(op.known); }
  void operator()(const TextTestBit& op) const { value(op.value), bit(op.known); }
  void operator()(const ListTestBit& op) const { value(op.value), bit(op.known); }
  void operator()(const KernelTest& op) const { value(op.left), value(op.right), bit(op.known); }
  void operator()(const TextPairTest& op) const { value(op.left), value(op.right), bit(op.known); }
  void operator()(const KnownOf& op) const { value(op.value); }
  void operator()(const BroadcastBit& op) const { bit(op.operand); }
  void operator()(const AnyRow& op) const { bit(op.filter); }
  void operator()(const PickedBit& op) const { value(op.pick), bit(op.operand); }
  void operator()(const NearTest& op) const { value(op.latitude), value(op.longitude), bit(op.known); }
  void operator()(const SequenceTest& op) const {
    for (const Bit step : op.steps) bit(step);
    value(op.time);
    if (op.by != kNoNode) value(op.by);
  }
  void operator()(const ConstantValue&) const {}
  void operator()(const ClockValue&) const {}
  void operator()(const ColumnValue&) const {}
  void operator()(const ReferenceValue&) const {}
  void operator()(const BitValue& op) const { bit(op.operand); }
  void operator()(const Map& op) const {
    value(op.left);
    if (op.right != kNoNode) value(op.right);
    bit(op.known);
  }
  void operator()(const ToFloatValue& op) const { value(op.operand); }
  void operator()(const RescaleValue& op) const { value(op.operand), bit(op.known); }
  void operator()(const Select& op) const { bit(op.condition), value(op.first), value(op.second); }
  void operator()(const BroadcastValue& op) const { value(op.operand); }
  void operator()(const RankText& op) const { value(op.operand); }
  void operator()(const UnrankText& op) const { value(op.operand); }
  void operator()(const CountRows& op) const { bit(op.filter); }
  void operator()(const ReduceRows& op) const { bit(op.filter), value(op.value); }
  void operator()(const PickRow& op) const {
    bit(op.filter), value(op.time);
    for (const NodeId tie : op.ties) value(tie);
  }
  void operator()(const PickedValue& op) const { value(op.pick), value(op.operand); }
  void operator()(const ScoreValue& op) const {
    for (const NodeId term : op.values) value(term);
    for (const Bit when : op.when) bit(when);
  }
  void operator()(const FirstOf& op) const {
    for (const Bit condition : op.conditions) bit(condition);
  }
  void operator()(const CellValue& op) const {
    for (const NodeId axis : op.values) value(axis);
    bit(op.known);
  }
  void operator()(const SplitValue& op) const { value(op.key), bit(op.wanted); }
};

template <typename OnValue, typename OnBit>
void for_each_operand(const Op& op, OnValue&& value, OnBit&& bit) {
  std::visit(OperandVisitor<OnValue, OnBit>{value, bit}, op);
}

// The value that lies in ranges, or beside a bound that is the same for all rows, and the bit without which such a test does not hold.
struct RangedValue {
  NodeId value{};
  Bit known;
};

// Of an InRanges, InFloatRange, InWindow or CompareBound; nothing of others.
[[nodiscard]] inline std::optional<RangedValue> ranged_value(const Op& op) {
  if (const auto* test = std::get_if<InRanges>(&op)) return RangedValue{test->value, test->known};
  if (const auto* test = std::get_if<InFloatRange>(&op)) return RangedValue{test->value, test->known};
  if (const auto* test = std::get_if<InWindow>(&op)) return RangedValue{test->value, test->known};
  if (const auto* test = std::get_if<CompareBound>(&op)) return RangedValue{test->value, test->known};
  return std::nullopt;
}

// The frame whose rows a node reads from another one; kNoFrame of nodes that do not.
[[nodiscard]] inline FrameId rows_read(const Op& op) {
  return std::visit(
      [](const auto& node) {
        if constexpr (requires { node.rows; }) return node.rows;
        else return kNoFrame;
      },
      op);
}

}  // namespace segue
