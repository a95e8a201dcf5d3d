// The plan as text, for tests and for people.
#include <fmt/format.h>

#include "compiler/plan/plan.h"

namespace segue {

namespace {

std::string name(NodeId id) { return fmt::format("%{}", index_of(id)); }

std::string name(Bit bit) {
  if (bit == kFalse) return "false";
  if (bit == kTrue) return "true";
  return (bit.is_negated() ? "not " : "") + name(bit.node());
}

std::string frame_name(FrameId frame) {
  if (frame == kNoFrame) return "constant";
  return frame == kAccountFrame ? "account" : fmt::format("frame {}", index_of(frame));
}

template <typename T>
std::string list(const std::vector<T>& items, const char* between = ", ") {
  std::string text;
  for (const T& item : items) text += (text.empty() ? "" : between) + name(item);
  return text;
}

std::string known(Bit bit) { return bit == kTrue ? "" : " and " + name(bit); }

std::string path(const std::vector<std::uint32_t>& references, std::uint32_t column) {
  std::string text;
  for (const std::uint32_t reference : references) text += fmt::format("reference {}.", reference);
  return text + fmt::format("column {}", column);
}

std::string text(const IntRange& range) {
  if (range.low == range.high) return fmt::format("{}", range.low);
  const bool has_low = range.low != std::numeric_limits<std::int64_t>::min(),
             has_high = range.high != std::numeric_limits<std::int64_t>::max();
  return (has_low ? fmt::format("{}", range.low) : "") + ".." + (has_high ? fmt::format("{}", range.high) : "");
}

std::string text(const std::vector<IntRange>& ranges) {
  std::string result;
  for (const IntRange& range : ranges) result += (result.empty() ? "" : ", ") + text(range);
  return result;
}

std::string_view comparison_symbol(Comparison comparison) {
  constexpr std::string_view kSymbols[] = {"=", "<", "<=", ">", ">="};
  return kSymbols[static_cast<std::size_t>(comparison)];
}

std::string_view word(TextTestKind kind) {
  constexpr std::string_view kWords[] = {"=", "<", "<=", ">", ">=", "in", "contains", "starts with", "ends with", "matches"};
  return kWords[static_cast<std::size_t>(kind)];
}

std::string_view word(ListTestKind kind) {
  constexpr std::string_view kWords[] = {"has any", "has all", "is empty"};
  return kWords[static_cast<std::size_t>(kind)];
}

std::string_view word(ReduceFn fn) {
  constexpr std::string_view kWords[] = {"sum", "avg", "min", "max", "distinct"};
  return kWords[static_cast<std::size_t>(fn)];
}

std::string quoted(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) result += fmt::format("{}\"{}\"", result.empty() ? "" : ", ", text);
  return result;
}

struct Printer {
  const Plan& plan;

  std::string operator()(const FalseBit&) const { return "false"; }
  std::string operator()(const AllOf& op) const { return fmt::format("all({})", list(op.operands)); }
  std::string operator()(const AnyOf& op) const { return fmt::format("any({})", list(op.operands)); }
  std::string operator()(const ColumnBit& op) const { return fmt::format("column {}", op.column); }
  std::string operator()(const ColumnKnown& op) const { return fmt::format("column {} is known", op.column); }
  std::string operator()(const ReferenceBit& op) const { return path(op.references, op.column); }
  std::string operator()(const ReferenceKnown& op) const { return path(op.references, op.column) + " is known"; }
  std::string operator()(const InRanges& op) const { return fmt::format("{} in {}{}", name(op.value), text(op.ranges), known(op.known)); }
  std::string operator()(const InFloatRange& op) const {
    return fmt::format("{} in {}..{}{}", name(op.value), op.range.low, op.range.high, known(op.known));
  }
  std::string operator()(const InWindow& op) const { return fmt::format("{} in window {}{}", name(op.value), op.window, known(op.known)); }
  std::string operator()(const CompareBound& op) const {
    return fmt::format("{} {} {}{}", name(op.value), comparison_symbol(op.comparison), name(op.bound), known(op.known));
  }
  std::string operator()(const TextTestBit& op) const {
    const TextPredicate& test = plan.text_predicates[op.predicate];
    return fmt::format("{} {}{} {}{}", name(op.value), word(test.kind), test.folded ? " folded" : "", quoted(test.texts), known(op.known));
  }
  std::string operator()(const ListTestBit& op) const {
    const ListPredicate& test = plan.list_predicates[op.predicate];
    std::string values = quoted(test.texts);
    for (const std::int64_t value : test.values) values += fmt::format("{}{}", values.empty() ? "" : ", ", value);
    return fmt::format("{} {} {}{}", name(op.value), word(test.kind), values, known(op.known));
  }
  std::string operator()(const KernelTest& op) const {
    return fmt::format("{} {} {}{}", name(op.left), builtin(op.builtin).name, name(op.right), known(op.known));
  }
  std::string operator()(const TextPairTest& op) const {
    constexpr std::string_view kWords[] = {"contains", "starts with", "ends with"};
    return fmt::format("{} {} {}{}", name(op.left), kWords[static_cast<std::size_t>(op.op)], name(op.right), known(op.known));
  }
  std::string operator()(const KnownOf& op) const { return name(op.value) + " is known"; }
  std::string operator()(const BroadcastBit& op) const { return "broadcast " + name(op.operand); }
  std::string operator()(const AnyRow& op) const { return fmt::format("any({} where {})", frame_name(op.rows), name(op.filter)); }
  std::string operator()(const PickedBit& op) const { return fmt::format("{} of {}", name(op.operand), name(op.pick)); }
  std::string operator()(const NearTest& op) const {
    return fmt::format("{}, {} within {} km of {}, {}{}", name(op.latitude), name(op.longitude), op.kilometres, op.center_latitude,
                       op.center_longitude, known(op.known));
  }
  std::string operator()(const SequenceTest& op) const {
    const std::string by = op.by == kNoNode ? "" : " by " + name(op.by);
    return fmt::format("sequence({}{} at {}: {} within {})", frame_name(op.rows), by, name(op.time), list(op.steps, " then "), op.limit);
  }
  std::string operator()(const ConstantValue& op) const { return fmt::format("{}", op.bits); }
  std::string operator()(const ClockValue& op) const { return fmt::format("clock {} {}", op.count, static_cast<int>(op.unit)); }
  std::string operator()(const ColumnValue& op) const { return fmt::format("column {}", op.column); }
  std::string operator()(const ReferenceValue& op) const { return path(op.references, op.column); }
  std::string operator()(const BitValue& op) const { return fmt::format("value of {}", name(op.operand)); }
  std::string operator()(const Map& op) const {
    const std::string right = op.right == kNoNode ? "" : ", " + name(op.right);
    return fmt::format("{}({}{})", builtin(op.builtin).name, name(op.left), right);
  }
  std::string operator()(const ToFloatValue& op) const { return fmt::format("float({})", name(op.operand)); }
  std::string operator()(const RescaleValue& op) const { return fmt::format("rescale({}, {})", name(op.operand), op.to); }
  std::string operator()(const Select& op) const {
    return fmt::format("{} ? {} : {}", name(op.condition), name(op.first), name(op.second));
  }
  std::string operator()(const BroadcastValue& op) const { return "broadcast " + name(op.operand); }
  std::string operator()(const RankText& op) const { return fmt::format("rank({}, space {})", name(op.operand), op.space); }
  std::string operator()(const UnrankText& op) const { return fmt::format("unrank({}, space {})", name(op.operand), op.space); }
  std::string operator()(const CountRows& op) const { return fmt::format("count({} where {})", frame_name(op.rows), name(op.filter)); }
  std::string operator()(const ReduceRows& op) const {
    return fmt::format("{}({}: {} where {})", word(op.fn), frame_name(op.rows), name(op.value), name(op.filter));
  }
  std::string operator()(const PickRow& op) const {
    return fmt::format("{}({} by {}, {} where {})", op.is_latest ? "latest" : "earliest", frame_name(op.rows), name(op.time), list(op.ties),
                       name(op.filter));
  }
  std::string operator()(const PickedValue& op) const { return fmt::format("{} of {}", name(op.operand), name(op.pick)); }
  std::string operator()(const ScoreValue& op) const {
    std::string terms;
    for (std::size_t i = 0; i < op.values.size(); ++i) {
      const std::string condition = op.when[i] == kTrue ? "" : " when " + name(op.when[i]);
      terms += fmt::format(" {}{}{}", op.negative[i] ? "-" : "+", name(op.values[i]), condition);
    }
    return op.range ? fmt::format("score{} in {}..{}", terms, op.range->first, op.range->second) : "score" + terms;
  }
  std::string operator()(const FirstOf& op) const {
    std::string rows;
    for (std::size_t i = 0; i < op.conditions.size(); ++i) rows += fmt::format("{} ? {} : ", name(op.conditions[i]), op.codes[i]);
    return fmt::format("{}{}", rows, op.otherwise);
  }
  std::string operator()(const CellValue& op) const { return fmt::format("cell({}){}", list(op.values), known(op.known)); }
  std::string operator()(const SplitValue& op) const {
    return fmt::format("split({}, \"{}\", {} parts){}", name(op.key), op.seed, op.upper.size(), known(op.wanted));
  }
};

}  // namespace

std::string to_text(const Plan& plan) {
  std::string text;
  for (const NodeId id : plan.live) {
    const PlanNode& node = plan.node(id);
    text += fmt::format("{} {}: {}\n", name(id), frame_name(node.frame), std::visit(Printer{plan}, node.op));
  }
  for (const PlanRoot& root : plan.roots) {
    text += fmt::format("definition {}: ", index_of(root.definition));
    text += root.value != kNoNode ? name(root.value) + known(root.known)
                                  : name(root.members) + (root.undetermined == kFalse ? "" : ", undetermined " + name(root.undetermined));
    text += '\n';
  }
  return text;
}

}  // namespace segue
