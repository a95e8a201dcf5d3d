// Order, units and slots. Nodes are scheduled in phases: in a phase come the kernels, then the emitted tests, then the emitted boolean algebra, so that
// a function is long and runs over a whole batch.
#include "compiler/codegen/layout.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <limits>
#include <utility>

namespace segue {

namespace {

constexpr std::size_t kAtomsPerFunction = 16;  // and values
// Larger blocks make instruction selection erratic (architecture.md, "How evaluation gets fast").
constexpr std::size_t kOperandsPerFunction = 400;
constexpr std::size_t kFinishesPerFunction = 256;
constexpr std::size_t kMostLookedUp = 64;
constexpr std::uint32_t kAfterLookups = 0xffff'ffff;  // by value: steps that may stand on one another

std::size_t operand_count(const Op& op) {
  if (const auto* all = std::get_if<AllOf>(&op)) return all->operands.size();
  if (const auto* any = std::get_if<AnyOf>(&op)) return any->operands.size();
  return 1;
}

// Reductions with one key are done in one pass: what kind they are, which rows, under which, and the values that all of them read.
using GroupKey = std::array<std::uint32_t, 5>;
std::optional<GroupKey> group_key(const Plan& plan, const PlanNode& node) {
  const std::uint32_t frame = index_of(node.frame);
  if (const Map* decay = summed_decay(plan, node))
    return GroupKey{2, index_of(std::get<ReduceRows>(node.op).rows), frame, index_of(decay->left),
                    static_cast<std::uint32_t>(decay->builtin)};
  if (const auto* reduce = std::get_if<ReduceRows>(&node.op); reduce != nullptr && reduce->fn == ReduceFn::kDistinct)
    return GroupKey{0, index_of(reduce->rows), frame, index_of(reduce->value), 0};
  if (const auto* test = std::get_if<SequenceTest>(&node.op))
    return GroupKey{1, index_of(test->rows), frame, index_of(test->time), index_of(test->by)};
  return std::nullopt;
}

// The stored codes of values inside one of the ranges; none where a bound is no cut.
std::optional<std::vector<IntRange>> codes_of(const RankCodes& ranks, const std::vector<IntRange>& ranges, bool may_be_missing) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(), kGreatest = std::numeric_limits<std::int64_t>::max();
  const std::int64_t bias = ranks.storage == Storage::kInt8 ? 128 : 32768;
  std::vector<IntRange> result;
  // Code 1 + the number of cuts that are at most the bound; the cut itself begins a code.
  const auto code_at = [&](std::int64_t cut) -> std::optional<std::int64_t> {
    const auto at = std::ranges::lower_bound(ranks.cuts, cut);
    if (at == ranks.cuts.end() || *at != cut) return std::nullopt;
    return at - ranks.cuts.begin() + 2;
  };
  for (const IntRange& range : ranges) {
    const auto low = range.low == kLeast ? std::optional<std::int64_t>(1) : code_at(range.low);
    const auto above = range.high == kGreatest ? std::optional<std::int64_t>(0) : code_at(range.high + 1);
    if (range.is_empty() || !low || !above) return std::nullopt;
    const bool is_any_low = range.low == kLeast && !may_be_missing;
    result.push_back({is_any_low ? kLeast : *low - bias, range.high == kGreatest ? kGreatest : *above - 1 - bias});
  }
  return result;
}

}  // namespace

const Map* summed_decay(const Plan& plan, const PlanNode& node) {
  const auto* sum = std::get_if<ReduceRows>(&node.op);
  if (sum == nullptr || sum->fn != ReduceFn::kSum) return nullptr;
  const PlanNode& weight = plan.node(sum->value);
  const auto* decay = std::get_if<Map>(&weight.op);
  if (decay == nullptr || builtin(decay->builtin).name != "decay" || weight.frame != sum->rows) return nullptr;
  const PlanNode& time = plan.node(decay->left);
  const auto* half_life = std::get_if<ConstantValue>(&plan.node(decay->right).op);
  const bool is_plain = std::holds_alternative<ColumnValue>(time.op) && time.frame == weight.frame;
  return is_plain && half_life != nullptr && half_life->bits > 0 ? decay : nullptr;
}

ProgramLayout::ProgramLayout(const Plan& plan, const Database& database, const AddedColumns* added, const BoundConstants& constants)
    : plan_(plan),
      database_(database),
      added_(added),
      constants_(constants),
      guards_(frame_guards(plan)),
      places_(plan.nodes.size()),
      unit_of_(plan.nodes.size(), 0),
      bit_slots_(plan.nodes.size(), kNoSlot),
      value_slots_(plan.nodes.size(), kNoSlot),
      inlined_(plan.nodes.size()),
      emits_math_(plan.nodes.size()),
      is_summed_(plan.nodes.size()),
      is_read_by_slot_(plan.nodes.size()),
      known_of_(plan.nodes.size(), kNoNode) {
  lay_out_frames();
  collect_inputs();
  choose_math();
  find_summed();
  find_known_values();
  place_nodes();
  order_units();
  mark_narrowed();
  assign_roots();
  mark_inlined();
  assign_slots();
}

// ── frames and inputs ──

void ProgramLayout::use_frame(FrameId frame) {
  for (FrameId at = frame; at != kNoFrame && !frames[index_of(at)].is_used; at = plan_.frames[index_of(at)].outer)
    frames[index_of(at)].is_used = true;
}

void ProgramLayout::lay_out_frames() {
  for (const Frame& frame : plan_.frames) {
    FrameLayout& layout = frames.emplace_back();
    layout.table = frame.table;
    if (frame.outer == kNoFrame) continue;
    layout.outer = index_of(frame.outer);
    layout.anchor = index_of(frame.anchor);
    layout.link = frame.link;
  }
  use_frame(kAccountFrame);
  for (const PlanRoot& root : plan_.roots) use_frame(root.frame);
  for (const NodeId id : plan_.live) use_frame(plan_.node(id).frame);
  for (const NodeId id : plan_.live) {
    std::visit(
        [&](const auto& op) {
          if constexpr (requires { op.rows; }) use_frame(op.rows);
        },
        plan_.node(id).op);
  }
  for (std::size_t i = 0; i < frames.size(); ++i) {
    FrameLayout& layout = frames[i];
    const bool is_child_in_order = i > 0 && layout.is_used && layout.outer == layout.anchor && frames[layout.outer].is_in_place &&
                                   database_.tables[layout.table].links[layout.link].children.empty();
    layout.is_in_place = i == 0 || is_child_in_order;
  }
}

std::uint32_t ProgramLayout::add_input(FrameId frame, ColumnInput input) {
  std::vector<ColumnInput>& inputs = frames[index_of(frame)].inputs;
  const auto [at, is_new] =
      input_ids_.emplace(std::pair(index_of(frame), std::pair(input.column, input.part)), static_cast<std::uint32_t>(inputs.size()));
  if (is_new) inputs.push_back(input);
  return at->second;
}

// Ranks for the tests that they answer, values for what else is asked of a column.
void ProgramLayout::collect_values() {
  std::vector<std::uint32_t> answered(plan_.nodes.size());
  for (const NodeId id : plan_.live) {
    if (!rank_ranges(id)) continue;
    const NodeId value = ranged_value(plan_.node(id).op)->value;
    ++answered[index_of(value)];
    const PlanNode& node = plan_.node(value);
    const std::uint32_t index = std::get<ColumnValue>(node.op).column;
    add_input(node.frame, {index, ColumnPart::kRanks, column(node, index).ranks->storage});
  }
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    const auto* value = std::get_if<ColumnValue>(&node.op);
    if (value == nullptr || node.type.kind == Kind::kList || (answered[index_of(id)] > 0 && answered[index_of(id)] == node.uses)) continue;
    const Storage storage = column(node, value->column).storage;
    assert(storage != Storage::kNone);
    add_input(node.frame, {value->column, ColumnPart::kData, storage});
  }
}

// The stored codes of the rows that a test admits, where all its bounds are cuts (RankCodes) and a row is known to it when its value is.
std::optional<std::vector<IntRange>> ProgramLayout::rank_ranges(NodeId id) const {
  const PlanNode& node = plan_.node(id);
  const auto* ints = std::get_if<InRanges>(&node.op);
  const auto* floats = std::get_if<InFloatRange>(&node.op);
  if ((ints == nullptr && floats == nullptr) || (ints != nullptr && ints->ranges.size() > kMaxEmittedRanges)) return std::nullopt;
  const NodeId value = ints != nullptr ? ints->value : floats->value;
  const Bit known = ints != nullptr ? ints->known : floats->known;
  const auto* read = std::get_if<ColumnValue>(&plan_.node(value).op);
  if (read == nullptr) return std::nullopt;
  const Column& tested_column = column(plan_.node(value), read->column);
  const auto* known_column = std::get_if<ColumnKnown>(&plan_.node(known.node()).op);
  const bool is_own = known == kTrue ? tested_column.valid.empty() : known_column != nullptr && known_column->column == read->column;
  if (tested_column.ranks == nullptr || !is_own || known.is_negated() != (known == kTrue)) return std::nullopt;
  const std::vector<IntRange> ranges = ints != nullptr ? ints->ranges : std::vector{ordered_range(floats->range)};
  return codes_of(*tested_column.ranks, ranges, !tested_column.valid.empty());
}

std::optional<RankTest> ProgramLayout::rank_test(NodeId id) const {
  auto ranges = rank_ranges(id);
  if (!ranges) return std::nullopt;
  const PlanNode& value = plan_.node(ranged_value(plan_.node(id).op)->value);
  const std::uint32_t input = input_ids_.at({index_of(value.frame), {std::get<ColumnValue>(value.op).column, ColumnPart::kRanks}});
  return RankTest{input, frames[index_of(value.frame)].inputs[input].storage, std::move(*ranges)};
}

void ProgramLayout::collect_inputs() {
  collect_values();
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    if (const auto* bit = std::get_if<ColumnBit>(&node.op)) {
      add_input(node.frame, {bit->column, ColumnPart::kBits, Storage::kNone});
      if (!column(node, bit->column).valid.empty()) add_input(node.frame, {bit->column, ColumnPart::kValid, Storage::kNone});
    } else if (const auto* known = std::get_if<ColumnKnown>(&node.op); known != nullptr && !column(node, known->column).valid.empty()) {
      add_input(node.frame, {known->column, ColumnPart::kValid, Storage::kNone});
    }
  }
}

std::optional<std::uint32_t> ProgramLayout::validity_input(Bit known) const {
  const PlanNode& node = plan_.node(known.node());
  const auto* op = std::get_if<ColumnKnown>(&node.op);
  if (op == nullptr || known.is_negated()) return std::nullopt;
  const auto at = input_ids_.find({index_of(node.frame), {op->column, ColumnPart::kValid}});
  return at == input_ids_.end() ? std::nullopt : std::optional(at->second);
}

std::uint32_t ProgramLayout::bits_input(NodeId column_bit) const {
  const PlanNode& node = plan_.node(column_bit);
  return input_ids_.at({index_of(node.frame), {std::get<ColumnBit>(node.op).column, ColumnPart::kBits}});
}

std::optional<std::uint32_t> ProgramLayout::validity_of_bits(NodeId column_bit) const {
  const PlanNode& node = plan_.node(column_bit);
  const auto at = input_ids_.find({index_of(node.frame), {std::get<ColumnBit>(node.op).column, ColumnPart::kValid}});
  return at == input_ids_.end() ? std::nullopt : std::optional(at->second);
}

std::uint32_t ProgramLayout::span(FrameId rows, FrameId to) {
  const RowSpan wanted{index_of(rows), index_of(to)};
  const auto at = std::find(spans.begin(), spans.end(), wanted);
  if (at == spans.end()) {
    spans.push_back(wanted);
    return static_cast<std::uint32_t>(spans.size() - 1);
  }
  return static_cast<std::uint32_t>(at - spans.begin());
}

// ── what a node is ──

// A definition more pushes just as much arithmetic over the limit as it has.
void ProgramLayout::choose_math() {
  std::size_t emitted = 0;
  for (const NodeId id : plan_.live) {
    const auto* map = std::get_if<Map>(&plan_.node(id).op);
    if (map == nullptr || math_of(*map) == EmittedMath::kNone || emitted == kMaxEmittedMath) continue;
    emits_math_[index_of(id)] = true;
    ++emitted;
  }
}

// What nothing but such sums reads is not evaluated.
void ProgramLayout::find_summed() {
  std::vector<std::uint32_t> sums(plan_.nodes.size());
  for (const NodeId id : plan_.live) {
    if (summed_decay(plan_, plan_.node(id)) == nullptr) continue;
    const std::uint32_t weight = index_of(std::get<ReduceRows>(plan_.node(id).op).value);
    is_summed_[weight] = ++sums[weight] == plan_.nodes[weight].uses;
  }
}

void ProgramLayout::find_known_values() {
  for (const NodeId id : plan_.live) {
    const Op& op = plan_.node(id).op;
    if (const auto* known = std::get_if<KnownOf>(&op)) known_of_[index_of(known->value)] = id;
    const auto test = ranged_value(op);
    for_each_operand(
        op, [](NodeId) {},
        [&](Bit bit) {
          const bool is_in_place = test && bit == test->known && class_of(id) == NodeClass::kAtom && validity_input(bit);
          if (!is_in_place) is_read_by_slot_[index_of(bit.node())] = true;
        });
  }
  for (const FrameGuard& guard : guards_) {
    for (const std::vector<Bit>& term : guard.terms) {
      for (const Bit bit : term) is_read_by_slot_[index_of(bit.node())] = true;
    }
  }
  for (const PlanRoot& root : plan_.roots) {
    is_read_by_slot_[index_of(root.members.node())] = true;
    is_read_by_slot_[index_of(root.undetermined.node())] = true;
    is_read_by_slot_[index_of(root.known.node())] = true;
  }
}

std::optional<bool> ProgramLayout::constant_bit(NodeId id) const {
  const PlanNode& node = plan_.node(id);
  if (id == kFalse.node()) return false;
  if (const auto* known = std::get_if<ColumnKnown>(&node.op); known != nullptr && column(node, known->column).valid.empty()) return true;
  const auto* known = std::get_if<KnownOf>(&node.op);
  if (known != nullptr && plan_.node(known->value).frame == kNoFrame) return constants_.values[index_of(known->value)].known;
  return std::nullopt;
}

// Whether a value lies in memory as an array.
bool ProgramLayout::is_plain_values(NodeId value) const {
  const PlanNode& node = plan_.node(value);
  return node.frame != kNoFrame && node.type.kind != Kind::kList;
}

NodeClass ProgramLayout::class_of(NodeId id) const {
  const PlanNode& node = plan_.node(id);
  if (node.frame == kNoFrame || std::holds_alternative<ColumnValue>(node.op) || std::holds_alternative<KnownOf>(node.op) ||
      constant_bit(id) || is_summed_[index_of(id)]) {
    return NodeClass::kFree;
  }
  if (std::holds_alternative<AllOf>(node.op) || std::holds_alternative<AnyOf>(node.op)) return NodeClass::kBoolean;
  if (group_key(plan_, node)) return NodeClass::kGroups;
  if (std::holds_alternative<ColumnBit>(node.op) || std::holds_alternative<ColumnKnown>(node.op)) return NodeClass::kAtom;
  if (std::holds_alternative<Map>(node.op)) return emits_math_[index_of(id)] ? NodeClass::kValue : NodeClass::kStep;
  if (const auto* compared = std::get_if<KernelTest>(&node.op))
    return is_emitted_comparison(*compared) ? NodeClass::kAtom : NodeClass::kStep;
  const auto test = ranged_value(node.op);
  if (!test || !is_plain_values(test->value)) return NodeClass::kStep;
  const auto* ranges = std::get_if<InRanges>(&node.op);
  return ranges != nullptr && ranges->ranges.size() > kMaxEmittedRanges ? NodeClass::kStep : NodeClass::kAtom;
}

// Two integers of one scale, or two floats: compared as they lie in memory.
bool ProgramLayout::is_emitted_comparison(const KernelTest& test) const {
  const Type &left = plan_.node(test.left).type, &right = plan_.node(test.right).type;
  return left.kind == right.kind && left.kind != Kind::kText && left.kind != Kind::kList && test.left_scale == test.right_scale;
}

// Whether a value lies in at most 32 bits, so that a product of two cannot overflow.
bool ProgramLayout::is_narrow(NodeId value) const {
  const PlanNode& node = plan_.node(value);
  const auto* read = std::get_if<ColumnValue>(&node.op);
  if (read == nullptr) {
    const std::int64_t constant = constants_.values[index_of(value)].value;
    return std::holds_alternative<ConstantValue>(node.op) && constant == static_cast<std::int32_t>(constant);
  }
  const Storage storage = column(node, read->column).storage;
  return storage == Storage::kInt8 || storage == Storage::kInt16 || storage == Storage::kInt32;
}

EmittedMath ProgramLayout::math_of(const Map& map) const {
  const auto are_floats = [&] { return plan_.node(map.left).type.kind == Kind::kFloat && plan_.node(map.right).type.kind == Kind::kFloat; };
  switch (map.builtin) {
    case BuiltinId::kAddInt:
    case BuiltinId::kAddDaysDays:
    case BuiltinId::kAddSpanSpan: return EmittedMath::kAddInt;
    case BuiltinId::kSubtractInt:
    case BuiltinId::kSubtractDates:
    case BuiltinId::kSubtractTimestamps:
    case BuiltinId::kSubtractDaysDays:
    case BuiltinId::kSubtractSpanSpan: return EmittedMath::kSubtractInt;
    case BuiltinId::kMultiplyInt: return is_narrow(map.left) && is_narrow(map.right) ? EmittedMath::kMultiplyInt : EmittedMath::kNone;
    case BuiltinId::kAddFloat: return are_floats() ? EmittedMath::kAddFloat : EmittedMath::kNone;
    case BuiltinId::kSubtractFloat: return are_floats() ? EmittedMath::kSubtractFloat : EmittedMath::kNone;
    case BuiltinId::kMultiplyFloat: return are_floats() ? EmittedMath::kMultiplyFloat : EmittedMath::kNone;
    default: return EmittedMath::kNone;
  }
}

bool ProgramLayout::is_lookup(NodeId id) const {
  const auto is_plain = [&](NodeId value, Bit known) {
    const bool is_known = constant_bit(known.node()) || std::holds_alternative<ColumnKnown>(plan_.node(known.node()).op);
    return is_known && std::holds_alternative<ColumnValue>(plan_.node(value).op);
  };
  const Op& op = plan_.node(id).op;
  if (const auto* text = std::get_if<TextTestBit>(&op)) return is_plain(text->value, text->known);
  const auto* list = std::get_if<ListTestBit>(&op);
  if (list == nullptr || !is_plain(list->value, list->known)) return false;
  const ListPredicate& predicate = plan_.list_predicates[list->predicate];
  return predicate.texts.size() + predicate.values.size() <= kMostLookedUp;
}

// ── order ──

// Whether an operand of the same class comes first in any case: tests go by what they test, so that one that others need has a phase before theirs, but for a
// column's own bits.
bool ProgramLayout::stands_before(NodeClass kind, NodeId operand) const {
  const Op& op = plan_.node(operand).op;
  return kind != NodeClass::kAtom || std::holds_alternative<ColumnKnown>(op) || std::holds_alternative<ColumnBit>(op);
}

void ProgramLayout::place_nodes() {
  place_nodes(std::vector<std::uint32_t>(frames.size()));
  if (!guards_.empty()) place_nodes(phases_behind_guards());
}

// By frame: what guards it comes in an earlier phase.
std::vector<std::uint32_t> ProgramLayout::phases_behind_guards() const {
  std::vector<std::uint32_t> first_phases(frames.size());
  for (const FrameGuard& guard : guards_) {
    std::uint32_t phase = 0;
    for (const std::vector<Bit>& term : guard.terms) {
      for (const Bit bit : term) {
        if (places_[index_of(bit.node())].kind != NodeClass::kFree) phase = std::max(phase, places_[index_of(bit.node())].phase + 1);
      }
    }
    for (const FrameId frame : guard.frames) first_phases[index_of(frame)] = phase;
  }
  return first_phases;
}

void ProgramLayout::place_nodes(const std::vector<std::uint32_t>& first_phases) {
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    Place& place = places_[index_of(id)];
    place = {class_of(id), node.frame == kNoFrame ? 0 : first_phases[index_of(node.frame)]};
    if (const FrameId rows = rows_read(node.op); rows != kNoFrame) place.phase = std::max(place.phase, first_phases[index_of(rows)]);
    const auto after = [&](NodeId operand) {
      Place before = places_[index_of(operand)];
      if (before.kind == NodeClass::kFree) return;
      const bool shares = before.kind == place.kind && (place.kind == NodeClass::kStep ||
                                                        (plan_.node(operand).frame == node.frame && stands_before(place.kind, operand)));
      place.phase = std::max(place.phase, before.phase + (shares || before.kind < place.kind ? 0 : 1));
    };
    if (const auto* known = std::get_if<KnownOf>(&node.op); known != nullptr && !constant_bit(id)) {
      place = places_[index_of(known->value)];  // written by the value's kernel
      continue;
    }
    for_each_operand(node.op, after, [&](Bit bit) { after(bit.node()); });
  }
}

// By node of kGroups: a number that those of one key share.
std::vector<std::uint32_t> ProgramLayout::group_keys() const {
  std::vector<std::uint32_t> keys(plan_.nodes.size());
  std::map<GroupKey, std::uint32_t> numbers;
  for (const NodeId id : plan_.live) {
    const std::optional<GroupKey> key = group_key(plan_, plan_.node(id));
    if (key) keys[index_of(id)] = numbers.emplace(*key, static_cast<std::uint32_t>(numbers.size())).first->second;
  }
  return keys;
}

void ProgramLayout::order_units() {
  std::vector<NodeId> order;
  for (const NodeId id : plan_.live) {
    const bool is_unread = std::holds_alternative<ColumnKnown>(plan_.node(id).op) && !is_read_by_slot_[index_of(id)];
    if (class_of(id) != NodeClass::kFree && !is_unread) order.push_back(id);
  }
  const auto frame_key = [&](NodeId id) { return places_[index_of(id)].kind == NodeClass::kStep ? 0 : index_of(plan_.node(id).frame); };
  const std::vector<std::uint32_t> keys = group_keys();
  const auto value_key = [&](NodeId id) -> std::uint32_t {
    if (is_lookup(id))
      return index_of(std::get_if<TextTestBit>(&plan_.node(id).op) != nullptr ? std::get<TextTestBit>(plan_.node(id).op).value
                                                                              : std::get<ListTestBit>(plan_.node(id).op).value);
    if (places_[index_of(id)].kind == NodeClass::kStep) return kAfterLookups;
    if (places_[index_of(id)].kind == NodeClass::kGroups) return keys[index_of(id)];
    const auto test = ranged_value(plan_.node(id).op);
    return places_[index_of(id)].kind == NodeClass::kAtom && test ? index_of(test->value) : 0;
  };
  std::sort(order.begin(), order.end(), [&](NodeId a, NodeId b) {
    const Place &left = places_[index_of(a)], &right = places_[index_of(b)];
    return std::tuple(left.phase, left.kind, frame_key(a), value_key(a), a) <
           std::tuple(right.phase, right.kind, frame_key(b), value_key(b), b);
  });
  units_.emplace_back();  // nothing to evaluate; carries the roots that need nothing
  for (const NodeId id : order) add_to_units(id);
}

void ProgramLayout::add_to_units(NodeId id) {
  const PlanNode& node = plan_.node(id);
  const NodeClass kind = places_[index_of(id)].kind;
  const std::uint32_t frame = index_of(node.frame);
  const Unit& last = units_.back();
  bool fits = last.kind == kind && last.frame == frame && kind != NodeClass::kStep && !last.nodes.empty() &&
              places_[index_of(last.nodes.front())].phase == places_[index_of(id)].phase;
  if (fits && kind == NodeClass::kGroups) fits = group_key(plan_, plan_.node(last.nodes.front())) == group_key(plan_, node);
  if (fits && kind != NodeClass::kBoolean && kind != NodeClass::kGroups) fits = last.nodes.size() < kAtomsPerFunction;
  if (fits && kind == NodeClass::kBoolean) {
    std::size_t operands = operand_count(node.op);
    for (auto at = last.nodes.rbegin(); at != last.nodes.rend() && operands <= kOperandsPerFunction; ++at)
      operands += operand_count(plan_.node(*at).op);
    fits = operands <= kOperandsPerFunction;
  }
  if (!fits) units_.push_back({kind, frame, {}, {}, {}, {}, {}});
  units_.back().nodes.push_back(id);
  unit_of_[index_of(id)] = static_cast<std::uint32_t>(units_.size() - 1);
  if (known_of_[index_of(id)] != kNoNode) unit_of_[index_of(known_of_[index_of(id)])] = unit_of_[index_of(id)];
}

// A guard's frames are filled before the first unit that has to do with them.
void ProgramLayout::mark_narrowed() {
  for (std::uint32_t i = 0; i < guards_.size(); ++i) {
    std::erase_if(guards_[i].frames, [&](FrameId frame) { return !frames[index_of(frame)].is_used; });
    const auto is_guarded = [&](FrameId frame) { return std::ranges::binary_search(guards_[i].frames, frame); };
    const auto reads_rows = [&](const Unit& unit) {
      return is_guarded(FrameId{unit.frame}) ||
             std::ranges::any_of(unit.nodes, [&](NodeId id) { return is_guarded(rows_read(plan_.node(id).op)); });
    };
    for (const FrameId frame : guards_[i].frames) frames[index_of(frame)].is_narrowed = true;
    const auto first = std::ranges::find_if(units_, reads_rows);
    assert(first != units_.end());
    first->narrows.push_back(i);
  }
}

void ProgramLayout::assign_roots() {
  for (std::uint32_t i = 0; i < plan_.roots.size(); ++i) {
    const PlanRoot& root = plan_.roots[i];
    if (root.answer == AnswerKind::kNothing) continue;
    if (root.answer == AnswerKind::kMembers) {
      // Of one that has no members whatever the rows, there is nothing to do.
      if (constant_bit(root.members.node()) != root.members.is_negated()) finish(root.members, i, false);
    } else {
      units_[std::max(unit_of_[index_of(root.known.node())], unit_of_[index_of(root.value)])].values.push_back(i);
    }
    if (constant_bit(root.undetermined.node()) != root.undetermined.is_negated()) finish(root.undetermined, i, true);
  }
  add_finishing_units();
}

void ProgramLayout::finish(Bit bit, std::uint32_t root, bool is_undetermined) {
  const NodeId id = bit.node();
  Unit& unit = units_[unit_of_[index_of(id)]];
  const bool is_fused = plan_.node(id).frame == kAccountFrame && (unit.kind == NodeClass::kBoolean || unit.kind == NodeClass::kAtom) &&
                        unit.finishes.size() < kFinishesPerFunction;
  (is_fused ? unit.finishes : unit.flushes).push_back({bit, root, is_undetermined});
}

// Tests are emitted a word at a time, counts a vector at a time: roots that are a test are finished by a function of their own, after the tests'.
void ProgramLayout::add_finishing_units() {
  std::vector<Unit> units;
  std::vector<std::uint32_t> moved;
  for (Unit& unit : units_) {
    moved.push_back(static_cast<std::uint32_t>(units.size()));
    units.push_back(std::move(unit));
    if (units.back().kind != NodeClass::kAtom || units.back().finishes.empty()) continue;
    Unit finishing{NodeClass::kBoolean, units.back().frame, {}, std::exchange(units.back().finishes, {}), {}, {}, {}};
    units.push_back(std::move(finishing));
  }
  units_ = std::move(units);
  for (std::uint32_t& unit : unit_of_) unit = moved[unit];
}

// ── slots ──

void ProgramLayout::mark_inlined() {
  std::vector<std::uint32_t> reads(plan_.nodes.size()), reads_inside(plan_.nodes.size());
  const auto read = [&](Bit bit) { ++reads[index_of(bit.node())]; };
  for (const Unit& unit : units_) {
    for (const NodeId id : unit.nodes) {
      for_each_operand(
          plan_.node(id).op, [](NodeId) {},
          [&](Bit bit) {
            read(bit);
            if (unit.kind == NodeClass::kBoolean && unit_of_[index_of(bit.node())] == unit_of_[index_of(id)])
              ++reads_inside[index_of(bit.node())];
          });
    }
    for (const Finish& flush : unit.flushes) read(flush.bit);
    for (const std::uint32_t root : unit.values) read(plan_.roots[root].known);
  }
  for (const FrameGuard& guard : guards_) {
    for (const std::vector<Bit>& term : guard.terms) std::ranges::for_each(term, read);
  }
  for (const Unit& unit : units_) {
    if (unit.kind != NodeClass::kBoolean) continue;
    for (const NodeId id : unit.nodes)
      inlined_[index_of(id)] = reads[index_of(id)] == reads_inside[index_of(id)] && reads[index_of(id)] <= 1;
  }
}

void ProgramLayout::assign_slots() {
  // The place in the order after which a node is not read again.
  std::vector<std::uint32_t> last_read(plan_.nodes.size(), 0);
  std::uint32_t sequence = 0;
  const auto is_one_step = [](const Unit& unit) { return unit.kind == NodeClass::kGroups; };  // reads all before it writes any
  const auto read_bit = [&](Bit bit) { last_read[index_of(bit.node())] = sequence; };
  const auto read_value = [&](NodeId id) { last_read[index_of(id)] = sequence; };
  for (const Unit& unit : units_) {
    for (const std::uint32_t guard : unit.narrows) {
      for (const std::vector<Bit>& term : guards_[guard].terms) std::ranges::for_each(term, read_bit);
    }
    for (const NodeId id : unit.nodes) {
      if (!is_one_step(unit) || id == unit.nodes.front()) ++sequence;
      for_each_operand(plan_.node(id).op, read_value, read_bit);
    }
    ++sequence;
    // What a function finishes it has in a register, unless it is of another unit.
    for (const Finish& finish : unit.finishes) {
      if (unit.nodes.empty()) read_bit(finish.bit);
    }
    for (const Finish& flush : unit.flushes) read_bit(flush.bit);
    for (const std::uint32_t root : unit.values) read_bit(plan_.roots[root].known), read_value(plan_.roots[root].value);
  }
  const bool has_finishes = std::ranges::any_of(units_, [](const Unit& unit) { return !unit.finishes.empty(); });
  if (has_finishes) frames.front().live_slot = frames.front().bit_slots++;
  struct Free {
    std::vector<std::uint32_t> bits, values;
  };
  std::vector<Free> free(frames.size());
  std::vector<std::vector<NodeId>> ends(sequence + 1);  // by place in the order: what is read there for the last time
  const auto take = [](std::vector<std::uint32_t>& pool, std::uint32_t& count) {
    if (pool.empty()) return count++;
    const std::uint32_t slot = pool.back();
    pool.pop_back();
    return slot;
  };
  const auto give_bit = [&](NodeId id) {
    FrameLayout& frame = frames[index_of(plan_.node(id).frame)];
    bit_slots_[index_of(id)] = take(free[index_of(plan_.node(id).frame)].bits, frame.bit_slots);
    ends[std::max(last_read[index_of(id)], sequence)].push_back(id);
  };
  const auto give_value = [&](NodeId id) {
    FrameLayout& frame = frames[index_of(plan_.node(id).frame)];
    value_slots_[index_of(id)] = take(free[index_of(plan_.node(id).frame)].values, frame.value_slots);
    ends[std::max(last_read[index_of(id)], sequence)].push_back(id);
  };
  const auto release = [&] {
    for (const NodeId id : ends[sequence]) {
      Free& pool = free[index_of(plan_.node(id).frame)];
      if (is_value(plan_.node(id).op)) {
        pool.values.push_back(value_slots_[index_of(id)]);
      } else {
        pool.bits.push_back(bit_slots_[index_of(id)]);
      }
    }
  };
  sequence = 0;
  for (const Unit& unit : units_) {
    for (const NodeId id : unit.nodes) {
      if (!is_one_step(unit) || id == unit.nodes.front()) ++sequence;
      if (is_value(plan_.node(id).op)) {
        give_value(id);
        if (known_of_[index_of(id)] != kNoNode) give_bit(known_of_[index_of(id)]);
      } else if (!inlined_[index_of(id)]) {
        give_bit(id);
      }
      if (!is_one_step(unit) || id == unit.nodes.back()) release();
    }
    ++sequence;
    release();
  }
}

std::uint32_t ProgramLayout::known_slot(NodeId value) const {
  const NodeId known = known_of_[index_of(value)];
  return known == kNoNode ? kNoSlot : bit_slots_[index_of(known)];
}

BitRef ProgramLayout::ref(Bit bit) const {
  if (const auto constant = constant_bit(bit.node())) return {kNoSlot, *constant != bit.is_negated()};
  return {bit_slots_[index_of(bit.node())], bit.is_negated()};
}

ValueRef ProgramLayout::ref(NodeId value) const {
  const PlanNode& node = plan_.node(value);
  if (node.frame == kNoFrame) return {ValueSource::kConstant, constants_.places[index_of(value)], Storage::kInt64};
  const auto* read = std::get_if<ColumnValue>(&node.op);
  if (read == nullptr) return {ValueSource::kSlot, value_slots_[index_of(value)], Storage::kInt64};
  if (node.type.kind == Kind::kList) return {ValueSource::kRows, 0, Storage::kInt64};
  const std::uint32_t input = input_ids_.at({index_of(node.frame), {read->column, ColumnPart::kData}});
  return {ValueSource::kColumn, input, frames[index_of(node.frame)].inputs[input].storage};
}

}  // namespace segue
