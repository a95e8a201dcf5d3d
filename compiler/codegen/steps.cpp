// One step for each kind of node that is not emitted.
#include "compiler/codegen/steps.h"

#include <algorithm>
#include <cassert>

#include "compiler/codegen/kernels.h"
#include "runtime/kernels_distinct.h"
#include "runtime/kernels_reduce.h"

namespace segue {

namespace {

template <typename T>
std::shared_ptr<const void> own(T data) {
  return std::make_shared<const T>(std::move(data));
}

}  // namespace

struct MakeStep {
  StepMaker& maker;
  ProgramLayout& layout;
  NodeId id;
  const PlanNode& node;

  // — tests: bits out

  Step operator()(const InRanges& op) const { return test(test_ranges, own(op.ranges), {op.value}, op.known); }
  Step operator()(const InFloatRange& op) const { return test(test_float_ranges, own(std::vector{op.range}), {op.value}, op.known); }
  Step operator()(const InWindow& op) const {
    return test(test_ranges, own(std::vector{window_range(plan(), maker.clock_, op)}), {op.value}, op.known);
  }
  Step operator()(const TextTestBit& op) const {
    return test(test_codes, maker.text_table(plan().node(op.value).domain, op.predicate), {op.value}, op.known);
  }
  Step operator()(const ListTestBit& op) const {
    const Domain& domain = plan().domains[plan().node(op.value).domain];
    return test(test_lists, own(prepare_list_test(domain, layout.database(), plan().list_predicates[op.predicate])), {op.value}, op.known);
  }
  Step operator()(const KernelTest& op) const {
    return test(test_builtin, builtin_data(op.builtin, op.left_scale, op.right_scale), {op.left, op.right}, op.known);
  }
  Step operator()(const TextPairTest& op) const {
    TextPairData data{text_domain(op.left), text_domain(op.right), op.op, op.folded};
    return test(test_text_pairs, own(std::move(data)), {op.left, op.right}, op.known);
  }
  Step operator()(const ReferenceBit& op) const { return reference(test_reference, op); }
  Step operator()(const ReferenceKnown& op) const { return reference(test_reference_known, op); }
  Step operator()(const NearTest& op) const {
    const NearCircle circle = make_near_circle(op.center_latitude, op.center_longitude, op.kilometres);
    return test(test_near, own(circle), {op.latitude, op.longitude}, op.known);
  }
  // — values

  Step operator()(const ReferenceValue& op) const { return reference(map_reference, op); }
  Step operator()(const BitValue& op) const { return value(map_bit, nullptr, {}, {op.operand}); }
  Step operator()(const Map& op) const {
    std::vector<NodeId> operands{op.left};
    if (op.right != kNoNode) operands.push_back(op.right);
    return value(map_builtin, builtin_data(op.builtin, op.left_scale, op.right_scale), operands, {op.known});
  }
  Step operator()(const ToFloatValue& op) const { return value(map_to_float, own(ScaleData{op.scale, 0}), {op.operand}, {}); }
  Step operator()(const RescaleValue& op) const { return value(map_rescale, own(ScaleData{op.from, op.to}), {op.operand}, {op.known}); }
  Step operator()(const Select& op) const {
    std::int64_t offset = 0;
    if (const DomainId domain = plan().node(op.first).domain; domain != kNoDomain) {
      offset = static_cast<std::int64_t>(domain_size(plan().domains[domain], layout.database()));
    }
    return value(map_select, own(offset), {op.first, op.second}, {op.condition});
  }
  Step operator()(const RankText& op) const { return value(map_codes, own(maker.places_of(op.space)[op.part]), {op.operand}, {}); }
  Step operator()(const UnrankText& op) const {
    const std::vector<std::int64_t>& places = maker.places_of(op.space).front();
    std::vector<std::int64_t> codes(places.size());
    for (std::size_t code = places.size() - 1; code-- > 0;) codes[static_cast<std::size_t>(places[code])] = static_cast<std::int64_t>(code);
    return value(map_codes, own(std::move(codes)), {op.operand}, {});
  }
  Step operator()(const ScoreValue& op) const {
    ScoreData data{.terms = {}, .range = op.range};
    for (std::size_t i = 0; i < op.values.size(); ++i) {
      const Type& type = plan().node(op.values[i]).type;
      data.terms.push_back({type.kind == Kind::kFloat, op.negative[i], scale_of(type)});
    }
    return value(map_score, own(std::move(data)), op.values, op.when);
  }
  Step operator()(const FirstOf& op) const { return value(map_first_of, own(FirstOfData{op.codes, op.otherwise}), {}, op.conditions); }
  Step operator()(const CellValue& op) const { return value(map_cell, own(op.offsets), op.values, {op.known}); }
  Step operator()(const SplitValue& op) const {
    const PlanNode& key = plan().node(op.key);
    SplitData data{key.type, key.domain == kNoDomain ? TextDomain({}, layout.database()) : text_domain(op.key), op.seed, op.upper};
    return value(map_split, own(std::move(data)), {op.key}, {op.wanted});
  }

  // — between frames

  Step operator()(const BroadcastBit& op) const {
    return BroadcastBitStep{layout.span(node.frame, op.from), layout.ref(op.operand), layout.bit_slot(id)};
  }
  Step operator()(const BroadcastValue& op) const {
    return BroadcastValueStep{layout.span(node.frame, op.from), layout.ref(op.operand), layout.value_slot(id)};
  }
  Step operator()(const AnyRow& op) const {
    return ReduceStep{layout.span(op.rows, node.frame), reduce_any, nullptr, layout.ref(op.filter), {}, kNoSlot, layout.bit_slot(id)};
  }
  Step operator()(const CountRows& op) const {
    return ReduceStep{layout.span(op.rows, node.frame), reduce_count, nullptr, layout.ref(op.filter), {}, layout.value_slot(id), kNoSlot};
  }
  Step operator()(const ReduceRows& op) const {
    const Type& type = plan().node(op.value).type;
    return ReduceStep{layout.span(op.rows, node.frame), reduce_kernel(op.fn, type), own(int{scale_of(type)}), layout.ref(op.filter),
                      {layout.ref(op.value)},           layout.value_slot(id),      layout.known_slot(id)};
  }
  Step operator()(const PickRow& op) const {
    PickOrder order{.is_latest = op.is_latest, .keys = {{}}};
    std::vector<ValueRef> values{layout.ref(op.time)};
    for (const NodeId tie : op.ties) {
      values.push_back(layout.ref(tie));
      PickOrder::Key key{.is_float = plan().node(tie).type.kind == Kind::kFloat, .compare = nullptr, .data = nullptr};
      if (plan().node(tie).type.kind == Kind::kText) {
        key.compare = compare_codes;
        key.data = own(TextOrder{text_domain(tie), op.folds});
      }
      order.keys.push_back(std::move(key));
    }
    return ReduceStep{layout.span(op.rows, node.frame),
                      reduce_pick,
                      own(std::move(order)),
                      layout.ref(op.filter),
                      std::move(values),
                      layout.value_slot(id),
                      kNoSlot};
  }
  Step operator()(const PickedValue& op) const {
    return PickedValueStep{{index_of(op.rows), index_of(node.frame)}, layout.ref(op.pick), layout.ref(op.operand), layout.value_slot(id)};
  }
  Step operator()(const PickedBit& op) const {
    return PickedBitStep{{index_of(op.rows), index_of(node.frame)}, layout.ref(op.pick), layout.ref(op.operand), layout.bit_slot(id)};
  }

  // FalseBit, AllOf, AnyOf, ColumnBit, ColumnKnown, CompareBound, KnownOf, ConstantValue, ClockValue, ColumnValue, SequenceTest
  template <typename T>
  Step operator()(const T&) const {
    assert(false && "has no kernel");
    return MapStep{};
  }

 private:
  const Plan& plan() const { return layout.plan(); }

  TextDomain text_domain(NodeId value) const { return {plan().domains[plan().node(value).domain], layout.database()}; }

  std::shared_ptr<const void> builtin_data(BuiltinId builtin_id, std::uint8_t left_scale, std::uint8_t right_scale) const {
    return own(BuiltinData{builtin(builtin_id).kernel.batch, maker.time_, left_scale, right_scale});
  }

  MapStep map(MapKernel kernel, std::shared_ptr<const void> data, const std::vector<NodeId>& operands, const std::vector<Bit>& bits) const {
    MapStep step{.frame = index_of(node.frame), .kernel = kernel, .data = std::move(data), .values = {}, .bits = {}};
    for (const NodeId operand : operands) step.values.push_back(layout.ref(operand));
    for (const Bit bit : bits) step.bits.push_back(layout.ref(bit));
    return step;
  }
  Step test(MapKernel kernel, std::shared_ptr<const void> data, const std::vector<NodeId>& operands, Bit known) const {
    MapStep step = map(kernel, std::move(data), operands, {known});
    step.out_bits = layout.bit_slot(id);
    return step;
  }
  Step value(MapKernel kernel, std::shared_ptr<const void> data, const std::vector<NodeId>& operands, const std::vector<Bit>& bits) const {
    MapStep step = map(kernel, std::move(data), operands, bits);
    step.out_value = layout.value_slot(id);
    step.out_bits = layout.known_slot(id);
    return step;
  }

  template <typename T>
  Step reference(MapKernel kernel, const T& op) const {
    const Database& database = layout.database();
    const Array<RowId>& first = database.tables[layout.frames[index_of(node.frame)].table].references[op.references.front()];
    std::vector<RowId> targets(first.begin(), first.end());
    for (std::size_t i = 1; i < op.references.size(); ++i) {
      const Array<RowId>& next = database.tables[op.tables[i - 1]].references[op.references[i]];
      for (RowId& row : targets) row = row == kNoRow ? kNoRow : next[row];
    }
    MapStep step{
        .frame = index_of(node.frame), .kernel = kernel, .data = nullptr, .values = {{ValueSource::kRows, 0, Storage::kInt64}}, .bits = {}};
    step.data = own(ReferenceData{std::move(targets), &database.tables[op.tables.back()].columns[op.column]});
    step.out_bits = layout.bit_slot(id);
    step.out_value = layout.value_slot(id);
    return step;
  }

  static ReduceKernel reduce_kernel(ReduceFn fn, const Type& type) {
    const bool is_float = type.kind == Kind::kFloat;
    switch (fn) {
      case ReduceFn::kSum: return is_float ? reduce_sum_float : type.kind == Kind::kDecimal ? reduce_sum_decimal : reduce_sum_int;
      case ReduceFn::kAverage: return is_float ? reduce_average_float : reduce_average_exact;
      case ReduceFn::kMin: return is_float ? reduce_min_float : reduce_min;
      case ReduceFn::kMax: return is_float ? reduce_max_float : reduce_max;
      case ReduceFn::kDistinct: break;  // of NodeClass::kGroups
    }
    return nullptr;
  }
};

StepMaker::StepMaker(ProgramLayout& layout, const Clock& clock, unsigned vector_words)
    : layout_(layout),
      clock_(clock),
      vector_words_(vector_words),
      time_(std::make_shared<const OwnedClock>(clock)) {
  const Plan& plan = layout.plan();
  for (const NodeId id : plan.live) {
    const auto* test = std::get_if<TextTestBit>(&plan.node(id).op);
    if (test == nullptr || plan.text_predicates[test->predicate].kind != TextTestKind::kMatches) continue;
    patterns_[plan.node(test->value).domain].emplace(test->predicate, nullptr);
  }
}

Step StepMaker::make(NodeId id) {
  const PlanNode& node = layout_.plan().node(id);
  return std::visit(MakeStep{*this, layout_, id, node}, node.op);
}

namespace {

std::pair<NodeId, Bit> looked_up(const Op& op) {
  if (const auto* text = std::get_if<TextTestBit>(&op)) return {text->value, text->known};
  const auto& list = std::get<ListTestBit>(op);
  return {list.value, list.known};
}

}  // namespace

std::size_t StepMaker::lookups_together(std::span<const NodeId> tests) const {
  const Plan& plan = layout_.plan();
  std::size_t count = 0, wanted = 0;
  for (const NodeId id : tests) {
    const Op& op = plan.node(id).op;
    if (looked_up(op) != looked_up(plan.node(tests.front()).op)) break;
    const auto* list = std::get_if<ListTestBit>(&op);
    if (list == nullptr) ++wanted;
    else wanted += plan.list_predicates[list->predicate].texts.size() + plan.list_predicates[list->predicate].values.size();
    if (count > 0 && wanted > LookupTests::kMaxPlanes) break;
    ++count;
  }
  return count;
}

Step StepMaker::make_lookups(std::span<const NodeId> tests) {
  const Plan& plan = layout_.plan();
  const auto [value, known] = looked_up(plan.node(tests.front()).op);
  LookupTests lookups;
  MapStep step{.frame = index_of(plan.node(tests.front()).frame),
               .kernel = test_lookups,
               .data = nullptr,
               .values = {layout_.ref(value)},
               .bits = {layout_.ref(known)}};
  const Domain& domain = plan.domains[plan.node(value).domain];
  for (const NodeId id : tests) {
    if (const auto* list = std::get_if<ListTestBit>(&plan.node(id).op)) {
      const ListPredicate& predicate = plan.list_predicates[list->predicate];
      lookups.add(prepare_list_test(domain, layout_.database(), predicate), predicate);
    } else {
      const auto table = text_table(plan.node(value).domain, std::get<TextTestBit>(plan.node(id).op).predicate);
      lookups.add(*static_cast<const std::vector<std::uint8_t>*>(table.get()));
    }
    step.more_bits.push_back(layout_.bit_slot(id));
  }
  step.data = own(std::move(lookups));
  return step;
}

Step StepMaker::make_groups(std::span<const NodeId> nodes) {
  const PlanNode& first = layout_.plan().node(nodes.front());
  if (summed_decay(layout_.plan(), first) != nullptr) return make_decay_sums(nodes);
  return std::holds_alternative<SequenceTest>(first.op) ? make_sequences(nodes) : make_distinct(nodes);
}

Step StepMaker::make_distinct(std::span<const NodeId> nodes) {
  const PlanNode& first = layout_.plan().node(nodes.front());
  const auto& reduce = std::get<ReduceRows>(first.op);
  const bool is_float = layout_.plan().node(reduce.value).type.kind == Kind::kFloat;
  GroupsStep step{.span = layout_.span(reduce.rows, first.frame),
                  .kernel = distinct_kernel(vector_words_),
                  .data = own(DistinctData{is_float}),
                  .bits = {},
                  .values = {layout_.ref(reduce.value)},
                  .out_values = {},
                  .out_bits = {}};
  for (const NodeId id : nodes) {
    step.bits.push_back(layout_.ref(std::get<ReduceRows>(layout_.plan().node(id).op).filter));
    step.out_values.push_back(layout_.value_slot(id));
  }
  return step;
}

Step StepMaker::make_decay_sums(std::span<const NodeId> nodes) {
  const Plan& plan = layout_.plan();
  const PlanNode& first = plan.node(nodes.front());
  const Map& common = *summed_decay(plan, first);
  GroupsStep step{.span = layout_.span(std::get<ReduceRows>(first.op).rows, first.frame),
                  .kernel = decay_sums_kernel(vector_words_),
                  .data = nullptr,
                  .bits = {},
                  .values = {layout_.ref(common.left)},
                  .out_values = {},
                  .out_bits = {}};
  DecaySumsData data{.time = time_,
                     .is_date = common.builtin == BuiltinId::kDecayDate,
                     .unit = common.builtin == BuiltinId::kDecayTimestampDays ? kMicrosPerDay : 1,
                     .parts = {}};
  std::map<Bit, std::uint32_t> places;
  for (const NodeId id : nodes) {
    const Bit filter = std::get<ReduceRows>(plan.node(id).op).filter;
    const auto [at, is_new] = places.emplace(filter, static_cast<std::uint32_t>(data.parts.size()));
    if (is_new) {
      data.parts.push_back({at->second, {}});
      step.bits.push_back(layout_.ref(filter));
    }
    const std::int64_t half_life = std::get<ConstantValue>(plan.node(summed_decay(plan, plan.node(id))->right).op).bits;
    data.parts[at->second].asked.push_back({half_life, static_cast<std::uint32_t>(step.out_values.size())});
    step.out_values.push_back(layout_.value_slot(id));
    if (const std::uint32_t known = layout_.known_slot(id); known != kNoSlot) step.out_bits.push_back(known);
  }
  step.data = own(std::move(data));
  return step;
}

Step StepMaker::make_sequences(std::span<const NodeId> nodes) {
  const PlanNode& first = layout_.plan().node(nodes.front());
  const auto& common = std::get<SequenceTest>(first.op);
  GroupsStep step{.span = layout_.span(common.rows, first.frame),
                  .kernel = test_sequences,
                  .data = nullptr,
                  .bits = {},
                  .values = {layout_.ref(common.time)},
                  .out_values = {},
                  .out_bits = {}};
  SequencesData data;
  data.time = time_;
  if (common.by != kNoNode) {
    data.has_by = true;
    data.is_by_float = layout_.plan().node(common.by).type.kind == Kind::kFloat;
    step.values.push_back(layout_.ref(common.by));
  }
  std::map<Bit, std::uint32_t> places;
  const bool is_date = layout_.plan().node(common.time).type.kind == Kind::kDate;
  for (const NodeId id : nodes) {
    const auto& test = std::get<SequenceTest>(layout_.plan().node(id).op);
    std::vector<std::uint32_t> steps;
    for (const Bit bit : test.steps) {
      const auto [at, is_new] = places.emplace(bit, static_cast<std::uint32_t>(step.bits.size()));
      if (is_new) step.bits.push_back(layout_.ref(bit));
      steps.push_back(at->second);
    }
    data.add(steps, {test.limit_kind, test.limit, is_date}, static_cast<std::uint32_t>(step.out_bits.size()));
    step.out_bits.push_back(layout_.bit_slot(id));
  }
  step.data = own(std::move(data));
  return step;
}

const Places& StepMaker::places_of(std::uint32_t space) {
  const auto [at, is_new] = places_.try_emplace(space);
  if (is_new) at->second = rank(layout_.plan(), layout_.plan().rank_spaces[space], layout_.database());
  return at->second;
}

std::shared_ptr<const void> StepMaker::text_table(DomainId domain, std::uint32_t predicate) {
  const TextDomain texts(layout_.plan().domains[domain], layout_.database());
  const TextPredicate& test = layout_.plan().text_predicates[predicate];
  if (test.kind != TextTestKind::kMatches) return own(test_texts(texts, test));
  std::map<std::uint32_t, Table>& tables = patterns_.at(domain);
  if (tables.at(predicate) == nullptr) {
    std::vector<std::string> patterns;
    patterns.reserve(tables.size());
    for (const auto& [id, table] : tables) patterns.push_back(layout_.plan().text_predicates[id].texts.front());
    std::vector<std::vector<std::uint8_t>> matched = test_patterns(texts, patterns);
    std::size_t i = 0;
    for (auto& [id, table] : tables) table = own(std::move(matched[i++]));
  }
  return tables.at(predicate);
}

}  // namespace segue
