// One account at a time: its rows in each frame, then instruction by instruction. Every kind of node has one way to be evaluated over the rows of a frame; the commonest ones of
// the account's own frame have a shorter one.
#include "compiler/account/run.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "compiler/account/batches.h"
#include "compiler/account/chains.h"
#include "runtime/float_order.h"
#include "stdlib/builtins.h"
#include "stdlib/exact_sum.h"
#include "stdlib/print_value.h"
#include "stdlib/split.h"
#include "stdlib/text.h"

namespace segue {

namespace {

double as_float(std::int64_t bits) { return std::bit_cast<double>(bits); }
std::int64_t as_bits(double value) { return std::bit_cast<std::int64_t>(value); }

// A node's values over the rows of a frame; of a constant the one for all.
struct Values {
  const std::int64_t* from;
  std::size_t stride;
  std::int64_t operator[](std::size_t i) const { return from[i * stride]; }
};
struct Bits {
  const std::uint8_t* from;
  std::size_t stride;
  std::uint8_t flip;
  bool operator[](std::size_t i) const { return (from[i * stride] ^ flip) != 0; }
};

std::string key_text(const Type& type, const ValuePools& pools, std::int64_t key) {
  switch (type.kind) {
    case Kind::kText: return std::string(pools.text_at(key));
    case Kind::kDecimal: return print_decimal(key, type.scale);
    case Kind::kFloat: return print_float(as_float(key));
    case Kind::kDate: return print_date(key);
    case Kind::kTimestamp: return print_timestamp_utc(key);
    default: return print_int(key);
  }
}

}  // namespace

// A node over the rows of its frame.
struct RunNode {
  AccountRun& run;
  RowTables& tables;
  const Instruction& instruction;
  const PlanNode& node;
  RunFrame& frame;
  std::size_t rows;

  // — reading and writing

  [[nodiscard]] Values values(NodeId id) const {
    const NodePlace& place = run.program_->place(id);
    if (place.is_constant) return {run.frames_[0].values.data() + place.slot, 0};
    return {frame.values.data() + place.slot * frame.capacity, 1};
  }
  [[nodiscard]] Bits bits(Bit bit) const { return bits_in(bit, instruction.frame); }
  [[nodiscard]] Values values_in(NodeId id, std::uint32_t index) const {
    const NodePlace& place = run.program_->place(id);
    if (place.is_constant) return {run.frames_[0].values.data() + place.slot, 0};
    return {run.frames_[index].values.data() + place.slot * run.frames_[index].capacity, 1};
  }
  [[nodiscard]] Bits bits_in(Bit bit, std::uint32_t index) const {
    const NodePlace& place = run.program_->place(bit.node());
    const std::uint8_t flip = bit.is_negated() ? 1 : 0;
    if (place.is_constant || index == 0) return {run.frames_[0].bits.data() + 2 * place.slot + flip, 0, 0};
    return {run.frames_[index].bits.data() + place.slot * run.frames_[index].capacity, 1, flip};
  }
  void put_bit(std::uint32_t slot, std::size_t i, bool value) const {
    if (instruction.frame != 0) {
      frame.bits[slot * frame.capacity + i] = value ? 1 : 0;
      return;
    }
    frame.bits[2 * slot] = value ? 1 : 0;
    frame.bits[2 * slot + 1] = value ? 0 : 1;
  }
  void hold(std::size_t i, bool value) const { put_bit(instruction.out, i, value); }
  void put(std::size_t i, std::int64_t value) const { frame.values[instruction.out * frame.capacity + i] = value; }
  void put_known(std::size_t i, KnownInt result) const {
    put(i, result.known ? result.value : 0);
    if (const std::uint32_t slot = run.program_->known_slot(instruction.node); slot != kNoPlaceHere) put_bit(slot, i, result.known);
  }
  [[nodiscard]] const Plan& plan() const { return run.program_->plan(); }
  [[nodiscard]] const PlanNode& node_of(NodeId id) const { return plan().node(id); }

  template <typename Test>
  void test(Bit known_bit, Test&& holds) const {
    const Bits known = bits(known_bit);
    for (std::size_t i = 0; i < rows; ++i) hold(i, known[i] && holds(i));
  }

  // — bits

  void operator()(const FalseBit&) const {
    for (std::size_t i = 0; i < rows; ++i) hold(i, false);
  }
  void chain(const std::vector<Bit>& operands, bool is_all) const {
    std::uint8_t* out = frame.bits.data() + instruction.out * frame.capacity;
    bool is_first = true;
    for (const Bit operand : operands) {
      const Bits from = bits(operand);
      if (from.stride == 0) {
        if (from[0] == is_all) continue;
        std::fill_n(out, rows, is_all ? 0 : 1);
        return;
      }
      if (std::exchange(is_first, false)) {
        for (std::size_t i = 0; i < rows; ++i) out[i] = from.from[i] ^ from.flip;
      } else if (is_all) {
        for (std::size_t i = 0; i < rows; ++i) out[i] &= from.from[i] ^ from.flip;
      } else {
        for (std::size_t i = 0; i < rows; ++i) out[i] |= from.from[i] ^ from.flip;
      }
    }
    if (is_first) std::fill_n(out, rows, is_all ? 1 : 0);
  }
  void operator()(const AllOf& op) const { chain(op.operands, true); }
  void operator()(const AnyOf& op) const { chain(op.operands, false); }
  void operator()(const ColumnBit& op) const {
    each_row([&](std::size_t i, const RowTable& table, const std::int64_t* words,
                 std::uint32_t place) { hold(i, table.value_in(words, place) != 0); },
             op.column);
  }
  void operator()(const ColumnKnown& op) const {
    each_row([&](std::size_t i, const RowTable& table, const std::int64_t* words,
                 std::uint32_t place) { hold(i, table.is_known_in(words, place)); },
             op.column);
  }
  void operator()(const ReferenceBit& op) const {
    reference(op, [&](std::size_t i, std::optional<std::int64_t> cell) { hold(i, cell.value_or(0) != 0); });
  }
  void operator()(const ReferenceKnown& op) const {
    reference(op, [&](std::size_t i, std::optional<std::int64_t> cell) { hold(i, cell.has_value()); });
  }
  void range(NodeId value, Bit known_bit, IntRange range) const {
    if (range.is_empty()) return operator()(FalseBit{});
    const Values from = values(value);
    const Bits known = bits(known_bit);
    const auto low = static_cast<std::uint64_t>(range.low), width = static_cast<std::uint64_t>(range.high) - low;
    if (instruction.frame == 0 || from.stride == 0) {
      for (std::size_t i = 0; i < rows; ++i) hold(i, known[i] && static_cast<std::uint64_t>(from[i]) - low <= width);
      return;
    }
    std::uint8_t* out = frame.bits.data() + instruction.out * frame.capacity;
    const std::int64_t* cells = from.from;
    for (std::size_t i = 0; i < rows; ++i) out[i] = static_cast<std::uint64_t>(cells[i]) - low <= width ? 1 : 0;
    if (known.stride == 0) {
      if (!known[0]) std::fill_n(out, rows, 0);
      return;
    }
    for (std::size_t i = 0; i < rows; ++i) out[i] &= known.from[i] ^ known.flip;
  }
  void operator()(const InRanges& op) const {
    if (op.ranges.size() == 1) return range(op.value, op.known, op.ranges.front());
    const Values from = values(op.value);
    test(op.known, [&](std::size_t i) {
      const auto at = std::upper_bound(op.ranges.begin(), op.ranges.end(), from[i],
                                       [](std::int64_t wanted, const IntRange& each) { return wanted < each.low; });
      return at != op.ranges.begin() && from[i] <= std::prev(at)->high;
    });
  }
  void operator()(const InFloatRange& op) const {
    const Values from = values(op.value);
    test(op.known, [&](std::size_t i) { return op.range.low <= as_float(from[i]) && as_float(from[i]) <= op.range.high; });
  }
  void operator()(const InWindow& op) const { range(op.value, op.known, run.windows_[index_of(instruction.node)]); }
  void operator()(const CompareBound& op) const {
    const NodePlace& bound = run.program_->place(op.bound);
    const std::uint32_t known = run.program_->known_slot(op.bound);
    if (known != kNoPlaceHere && run.frames_[0].bits[2 * known] == 0) return operator()(FalseBit{});
    range(op.value, op.known, exact_range(op.value_scale, op.comparison, run.frames_[0].values[bound.slot], op.bound_scale));
  }
  void operator()(const TextTestBit& op) const {
    const Values from = values(op.value);
    test(op.known, [&](std::size_t i) { return run.tests_.holds_text(tables.pools, op.predicate, from[i]); });
  }
  void operator()(const ListTestBit& op) const {
    const Values from = values(op.value);
    const Kind element = node_of(op.value).type.element;
    test(op.known, [&](std::size_t i) { return run.tests_.holds_list(tables.pools, op.predicate, element, from[i]); });
  }
  void operator()(const KernelTest& op) const {
    const Values left = values(op.left), right = values(op.right);
    const ScalarKernel kernel = builtin(op.builtin).kernel.scalar;
    test(op.known, [&](std::size_t i) {
      const std::int64_t operands[] = {left[i], right[i]};
      const KnownInt result = kernel({run.clock_, op.left_scale, op.right_scale}, operands);
      return result.known && result.value != 0;
    });
  }
  void operator()(const TextPairTest& op) const {
    const Values left = values(op.left), right = values(op.right);
    test(op.known, [&](std::size_t i) {
      std::string_view a = tables.pools.text_at(left[i]), b = tables.pools.text_at(right[i]);
      std::string folded_a, folded_b;
      if (op.folded) fold_into(a, folded_a), fold_into(b, folded_b), a = folded_a, b = folded_b;
      switch (op.op) {
        case TextOp::kContains: return contains(a, b);
        case TextOp::kStartsWith: return starts_with(a, b);
        case TextOp::kEndsWith: return ends_with(a, b);
      }
      return false;
    });
  }
  void operator()(const KnownOf&) const {}  // comes with the value
  void operator()(const NearTest& op) const {
    const Values latitude = values(op.latitude), longitude = values(op.longitude);
    const NearCircle& circle = run.program_->circle(instruction.node);
    test(op.known, [&](std::size_t i) { return is_near(as_float(latitude[i]), as_float(longitude[i]), circle); });
  }

  // — values

  void operator()(const ConstantValue& op) const {
    std::int64_t value = op.bits;
    if (node.type.kind == Kind::kText) value = tables.pools.text(*plan().domains[node.domain][static_cast<std::size_t>(op.bits)].literal);
    for (std::size_t i = 0; i < rows; ++i) put(i, value);
  }
  void operator()(const ClockValue& op) const {
    KnownInt value{op.unit == TimeUnit::kSecond ? run.clock_.now : run.clock_.today, true};
    const bool is_now = op.count == 0 && (op.unit == TimeUnit::kSecond || op.unit == TimeUnit::kDay);
    if (!is_now)
      value = is_exact(op.unit) ? moment_timestamp(run.clock_, {op.count, op.unit}) : moment_date(run.clock_, {op.count, op.unit});
    put_known(0, value);
  }
  void operator()(const ColumnValue& op) const {
    each_row(
        [&](std::size_t i, const RowTable& table, const std::int64_t* words, std::uint32_t place) { put(i, table.value_in(words, place)); },
        op.column);
  }
  void operator()(const ReferenceValue& op) const {
    reference(op, [&](std::size_t i, std::optional<std::int64_t> cell) { put(i, cell.value_or(0)); });
  }
  void operator()(const BitValue& op) const {
    const Bits from = bits(op.operand);
    for (std::size_t i = 0; i < rows; ++i) put(i, from[i] ? 1 : 0);
  }
  void operator()(const Map& op) const {
    const Values left = values(op.left), right = values(op.right == kNoNode ? op.left : op.right);
    const Bits known = bits(op.known);
    const ScalarKernel kernel = builtin(op.builtin).kernel.scalar;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::int64_t operands[] = {left[i], right[i]};
      put_known(i, known[i] ? kernel({run.clock_, op.left_scale, op.right_scale}, operands) : kMissingInt);
    }
  }
  void operator()(const ToFloatValue& op) const {
    const Values from = values(op.operand);
    for (std::size_t i = 0; i < rows; ++i) put_known(i, {as_bits(nearest_float(from[i], op.scale)), true});
  }
  void operator()(const RescaleValue& op) const {
    const Values from = values(op.operand);
    const Bits known = bits(op.known);
    for (std::size_t i = 0; i < rows; ++i) put_known(i, known[i] ? rescale_decimal(from[i], op.from, op.to) : kMissingInt);
  }
  void operator()(const Select& op) const {
    const Bits condition = bits(op.condition);
    const Values first = values(op.first), second = values(op.second);
    for (std::size_t i = 0; i < rows; ++i) put(i, condition[i] ? first[i] : second[i]);
  }
  void operator()(const RankText& op) const {
    const Values from = values(op.operand);
    const Type& type = node_of(op.operand).type;
    for (std::size_t i = 0; i < rows; ++i) put(i, run.tests_.place(tables.pools, op.space, type, from[i]));
  }
  void operator()(const UnrankText& op) const {
    const Values from = values(op.operand);
    for (std::size_t i = 0; i < rows; ++i) put(i, run.tests_.at_place(op.space, from[i]));
  }
  void operator()(const ScoreValue& op) const {
    for (std::size_t i = 0; i < rows; ++i) {
      ExactSum sum;
      for (std::size_t term = 0; term < op.values.size(); ++term) {
        if (bits(op.when[term])[i]) add_term(sum, node_of(op.values[term]).type, op.negative[term], values(op.values[term])[i]);
      }
      double score = sum.total().value;
      if (op.range) score = std::min(std::max(score, op.range->first), op.range->second);
      put(i, as_bits(score));
    }
  }
  static void add_term(ExactSum& sum, const Type& type, bool is_negative, std::int64_t value) {
    if (type.kind == Kind::kFloat) return sum.add(is_negative ? -as_float(value) : as_float(value));
    if (!is_negative) return sum.add_exact(value, scale_of(type));
    // -n in two steps, since the opposite of the least int is no int: ~n is -n - 1
    sum.add_exact(~value, scale_of(type));
    sum.add_exact(1, scale_of(type));
  }
  void operator()(const FirstOf& op) const {
    for (std::size_t i = 0; i < rows; ++i) {
      std::size_t k = 0;
      while (k < op.conditions.size() && !bits(op.conditions[k])[i]) ++k;
      put(i, k < op.conditions.size() ? op.codes[k] : op.otherwise);
    }
  }
  void operator()(const CellValue& op) const {
    const Bits known = bits(op.known);
    for (std::size_t i = 0; i < rows; ++i) {
      std::int64_t cell = known[i] ? 0 : -1;
      for (std::size_t axis = 0; axis < op.values.size() && cell >= 0; ++axis) {
        const std::int64_t offset = op.offsets[axis][static_cast<std::size_t>(values(op.values[axis])[i])];
        cell = offset < 0 ? -1 : cell + offset;
      }
      put_known(i, {std::max<std::int64_t>(cell, 0), cell >= 0});
    }
  }
  void operator()(const SplitValue& op) const {
    const Values keys = values(op.key);
    const Bits wanted = bits(op.wanted);
    for (std::size_t i = 0; i < rows; ++i) {
      if (!wanted[i]) {
        put(i, 0);
        continue;
      }
      const std::uint64_t hash = split_hash(op.seed, key_text(node_of(op.key).type, tables.pools, keys[i]));
      put(i, std::upper_bound(op.upper.begin(), op.upper.end(), hash) - op.upper.begin());
    }
  }

  // — from outer rows to inner ones

  [[nodiscard]] std::size_t owner(std::size_t i, FrameId from) const {
    for (std::uint32_t at = instruction.frame; at != index_of(from); at = index_of(plan().frames[at].outer)) i = run.frames_[at].owner[i];
    return i;
  }
  void operator()(const BroadcastBit& op) const {
    const Bits from = bits_in(op.operand, index_of(op.from));
    for (std::size_t i = 0; i < rows; ++i) hold(i, from[owner(i, op.from)]);
  }
  void operator()(const BroadcastValue& op) const {
    const Values from = values_in(op.operand, index_of(op.from));
    for (std::size_t i = 0; i < rows; ++i) put(i, from[owner(i, op.from)]);
  }

  // — from inner rows to outer ones

  // Calls `group(i, begin, end)` for each row: its inner rows lie at positions begin … end - 1.
  template <typename Group>
  void each_group(FrameId inner, Group&& group) const {
    std::vector<std::uint32_t>& chain = run.chain_;
    chain.clear();
    for (std::uint32_t at = index_of(inner); at != instruction.frame; at = index_of(plan().frames[at].outer)) chain.push_back(at);
    for (std::size_t i = 0; i < rows; ++i) {
      std::size_t begin = i, end = i + 1;
      for (std::size_t k = chain.size(); k-- > 0;) begin = run.frames_[chain[k]].offsets[begin], end = run.frames_[chain[k]].offsets[end];
      group(i, begin, end);
    }
  }
  template <typename OnRow>
  static void each_set(Bits filter, std::size_t begin, std::size_t end, OnRow&& on_row) {
    for (std::size_t at = begin; at < end; ++at) {
      if (filter[at]) on_row(at);
    }
  }
  [[nodiscard]] static std::size_t count_set(Bits filter, std::size_t begin, std::size_t end) {
    if (filter.stride == 0) return filter[0] ? end - begin : 0;
    std::size_t count = 0;
    for (std::size_t at = begin; at < end; ++at) count += filter.from[at];
    return filter.flip == 0 ? count : end - begin - count;
  }
  // The words of a total of the account's, null where none are kept.
  [[nodiscard]] std::uint32_t* total() const {
    const std::uint32_t place = run.totals_ == nullptr ? kNoPlaceHere : run.program_->total_place(instruction.node);
    return place == kNoPlaceHere ? nullptr : run.totals_ + place;
  }
  // What is found, put together with what is kept.
  [[nodiscard]] std::size_t counted(std::size_t count) const {
    std::uint32_t* kept = total();
    if (kept == nullptr) return count;
    const auto found = static_cast<std::uint32_t>(count);
    *kept = run.total_way_ == AccountRun::TotalWay::kReplace ? found
            : run.total_way_ == AccountRun::TotalWay::kAdd   ? *kept + found
                                                             : *kept - found;
    return *kept;
  }
  [[nodiscard]] Int128 summed(Int128 sum) const {
    std::uint32_t* kept = total();
    if (kept == nullptr) return sum;
    Int128 before = 0;
    std::memcpy(&before, kept + 1, sizeof before);
    if (run.total_way_ != AccountRun::TotalWay::kReplace) sum = run.total_way_ == AccountRun::TotalWay::kAdd ? before + sum : before - sum;
    std::memcpy(kept + 1, &sum, sizeof sum);
    return sum;
  }
  void operator()(const AnyRow& op) const {
    const Bits filter = bits_in(op.filter, index_of(op.rows));
    each_group(op.rows, [&](std::size_t i, std::size_t begin, std::size_t end) { hold(i, counted(count_set(filter, begin, end)) > 0); });
  }
  void operator()(const CountRows& op) const {
    const Bits filter = bits_in(op.filter, index_of(op.rows));
    each_group(op.rows, [&](std::size_t i, std::size_t begin, std::size_t end) {
      put(i, static_cast<std::int64_t>(counted(count_set(filter, begin, end))));
    });
  }
  void operator()(const ReduceRows& op) const {
    const Bits filter = bits_in(op.filter, index_of(op.rows));
    const Values from = values_in(op.value, index_of(op.rows));
    const Type& type = node_of(op.value).type;
    each_group(op.rows,
               [&](std::size_t i, std::size_t begin, std::size_t end) { put_known(i, reduced(op.fn, type, filter, from, begin, end)); });
  }
  [[nodiscard]] KnownInt reduced(ReduceFn fn, const Type& type, Bits filter, Values from, std::size_t begin, std::size_t end) const {
    const bool is_float = type.kind == Kind::kFloat;
    switch (fn) {
      case ReduceFn::kSum:
      case ReduceFn::kAverage: return is_float ? float_sum(fn, filter, from, begin, end) : exact_sum(fn, type, filter, from, begin, end);
      case ReduceFn::kMin:
      case ReduceFn::kMax: {
        std::optional<std::int64_t> best;
        each_set(filter, begin, end, [&](std::size_t at) {
          const std::int64_t key = is_float ? ordered_float_key(from[at]) : from[at];
          if (!best || (fn == ReduceFn::kMin ? key < *best : key > *best)) best = key;
        });
        return {best ? (is_float ? ordered_float_key(*best) : *best) : 0, true};
      }
      case ReduceFn::kDistinct: break;
    }
    std::vector<std::int64_t>& found = run.scratch_;
    found.clear();
    each_set(filter, begin, end,
             [&](std::size_t at) { found.push_back(is_float ? as_bits(canonical_float(as_float(from[at]))) : from[at]); });
    std::ranges::sort(found);
    return {std::unique(found.begin(), found.end()) - found.begin(), true};
  }
  [[nodiscard]] KnownInt exact_sum(ReduceFn fn, const Type& type, Bits filter, Values from, std::size_t begin, std::size_t end) const {
    Int128 sum = 0;
    std::size_t found = 0;
    each_set(filter, begin, end, [&](std::size_t at) { sum += from[at], ++found; });
    sum = summed(sum);
    const auto count = static_cast<std::int64_t>(counted(found));
    if (fn == ReduceFn::kSum) return type.kind == Kind::kDecimal ? decimal_from_wide(sum) : int_from_wide(sum);
    return as_known(average_exact(sum, scale_of(type), count));
  }
  static KnownInt float_sum(ReduceFn fn, Bits filter, Values from, std::size_t begin, std::size_t end) {
    ExactSum sum;
    std::int64_t count = 0;
    each_set(filter, begin, end, [&](std::size_t at) { sum.add(as_float(from[at])), ++count; });
    return as_known(fn == ReduceFn::kSum ? sum.total() : sum.average(count));
  }
  static KnownInt as_known(KnownFloat value) { return {as_bits(value.value), value.known}; }

  void operator()(const PickRow& op) const {
    const Bits filter = bits_in(op.filter, index_of(op.rows));
    each_group(op.rows, [&](std::size_t i, std::size_t begin, std::size_t end) {
      std::int64_t best = -1;
      each_set(filter, begin, end, [&](std::size_t at) {
        if (best < 0 || is_picked_before(op, at, static_cast<std::size_t>(best))) best = static_cast<std::int64_t>(at);
      });
      put(i, best);
    });
  }
  [[nodiscard]] bool is_picked_before(const PickRow& op, std::size_t candidate, std::size_t best) const {
    const Values times = values_in(op.time, index_of(op.rows));
    int order = compare_int(times[candidate], times[best]);
    for (std::size_t k = 0; order == 0 && k < op.ties.size(); ++k) {
      const Values from = values_in(op.ties[k], index_of(op.rows));
      order = compare_ties(op, node_of(op.ties[k]).type, from[candidate], from[best]);
    }
    return op.is_latest ? order > 0 : order < 0;
  }
  [[nodiscard]] int compare_ties(const PickRow& op, const Type& type, std::int64_t a, std::int64_t b) const {
    if (a == b) return 0;
    if (type.kind == Kind::kFloat) return compare_int(ordered_float_key(a), ordered_float_key(b));
    if (type.kind != Kind::kText) return compare_int(a, b);
    const std::string_view left = tables.pools.text_at(a), right = tables.pools.text_at(b);
    const int folded = op.folds ? compare_text(fold(left), fold(right)) : 0;
    return folded != 0 ? folded : compare_text(left, right);
  }
  void operator()(const PickedBit& op) const {
    const Values pick = values(op.pick);
    const Bits from = bits_in(op.operand, index_of(op.rows));
    for (std::size_t i = 0; i < rows; ++i) hold(i, pick[i] >= 0 && from[static_cast<std::size_t>(pick[i])]);
  }
  void operator()(const PickedValue& op) const {
    const Values pick = values(op.pick), from = values_in(op.operand, index_of(op.rows));
    for (std::size_t i = 0; i < rows; ++i) put(i, pick[i] < 0 ? 0 : from[static_cast<std::size_t>(pick[i])]);
  }
  void operator()(const SequenceTest& op) const {
    const std::uint32_t inner = index_of(op.rows);
    const Values time = values_in(op.time, inner), by = values_in(op.by == kNoNode ? op.time : op.by, inner);
    const bool is_by_float = op.by != kNoNode && node_of(op.by).type.kind == Kind::kFloat;
    const SequenceLimit limit{op.limit_kind, op.limit, node_of(op.time).type.kind == Kind::kDate};
    const auto meets = [&](std::size_t row, std::size_t step) { return bits_in(op.steps[step], inner)[row]; };
    const auto takes_part = [&](std::size_t row) {
      for (std::size_t step = 0; step < op.steps.size(); ++step) {
        if (meets(row, step)) return true;
      }
      return false;
    };
    each_group(op.rows, [&](std::size_t i, std::size_t begin, std::size_t end) {
      std::vector<SequenceRow>& found = run.sequence_rows_;
      found.clear();
      for (std::size_t at = begin; at < end; ++at) {
        if (!takes_part(at)) continue;
        std::uint64_t group = op.by == kNoNode ? 0 : std::bit_cast<std::uint64_t>(by[at]);
        if (is_by_float && group == std::uint64_t{1} << 63) group = 0;  // -0.0 equals 0.0
        found.push_back({group, time[at], at});
      }
      std::sort(found.begin(), found.end());
      hold(i, found.size() >= op.steps.size() && has_sequence(found, op.steps.size(), limit, *run.clock_.zone, meets));
    });
  }

 private:
  template <typename OnRow>
  void each_row(OnRow&& on_row, std::uint32_t column) const {
    const RowTable& table = tables.tables[plan().frames[instruction.frame].table];
    const std::uint32_t place = table.place(column);
    for (std::size_t i = 0; i < rows; ++i) on_row(i, table, table.words(frame.rows[i]), place);
  }
  template <typename T, typename OnCell>
  void reference(const T& op, OnCell&& on_cell) const {
    for (std::size_t i = 0; i < rows; ++i) {
      std::uint32_t table = plan().frames[instruction.frame].table;
      RowId row = frame.rows[i];
      for (std::size_t hop = 0; hop < op.references.size() && row != kNoRow; ++hop) {
        row = tables.target(table, row, op.references[hop], op.tables[hop]);
        table = op.tables[hop];
      }
      on_cell(i, row == kNoRow ? std::nullopt : tables.tables[table].cell(row, op.column));
    }
  }
};

// ── the run ──

AccountRun::AccountRun(const AccountProgram& program, const Clock& clock)
    : program_(&program),
      clock_(clock),
      windows_(program.plan().nodes.size()),
      tests_(program.plan()),
      frames_(program.plan().frames.size()) {
  frames_[0].rows.assign(1, kNoRow);
  frames_[0].capacity = 1;
  frames_[0].values.assign(program.value_slots(0), 0);
  const std::size_t places = (std::size_t{2} * program.bit_slots(0) + kWindowPlaces - 1) / kWindowPlaces * kWindowPlaces;
  frames_[0].bits.assign(places, 0);
  frames_[0].bits[1] = 1;  // not false
  packed_.assign(places / 64, 0);
  members_.assign(program.member_places().size() / 64, 0);
  set_clock(clock);
}

void AccountRun::set_clock(const Clock& clock) {
  clock_ = clock;
  is_bound_ = false;
  const Plan& plan = program_->plan();
  for (const NodeId id : plan.live) {
    const auto* test = std::get_if<InWindow>(&plan.node(id).op);
    if (test == nullptr) continue;
    const WindowBounds bounds = window_bounds(plan.windows[test->window], clock);
    windows_[index_of(id)] = plan.node(test->value).type.kind == Kind::kDate ? bounds.days : bounds.instants;
  }
}

// Constants are evaluated when texts, places or the clock are others than when they were.
void AccountRun::bind(RowTables& tables) {
  tests_.follow(tables.pools);
  if (is_bound_ && bound_generation_ == tables.pools.generation && bound_renumberings_ == tests_.renumberings()) return;
  execute(program_->constants(), tables);
  is_bound_ = true, bound_generation_ = tables.pools.generation, bound_renumberings_ = tests_.renumberings();
}

void AccountRun::run(const ProgramPart& part, RowTables& tables, RowId account, std::uint32_t* totals) {
  for (;;) {
    bind(tables);
    const std::uint64_t before = tests_.renumberings();
    collect_rows(part, tables, account);
    totals_ = totals, total_way_ = TotalWay::kReplace;
    execute(part, tables);
    totals_ = nullptr;
    if (program_->way() == ChainWay::kOneByOne) gather_members(part);
    if (tests_.renumberings() == before) return;
  }
}

void AccountRun::run_difference(const ProgramPart& part, RowTables& tables, RowId account, std::uint32_t* totals,
                                const RowDifference& difference) {
  const bool may_repeat = !program_->plan().rank_spaces.empty();
  if (may_repeat) totals_before_.assign(totals, totals + program_->total_words());
  for (;;) {
    bind(tables);
    const std::uint64_t before = tests_.renumberings();
    collect_row(part, tables, account, difference);
    totals_ = totals, total_way_ = difference.is_taken ? TotalWay::kTake : TotalWay::kAdd;
    execute(part, tables);
    totals_ = nullptr;
    if (program_->way() == ChainWay::kOneByOne) gather_members(part);
    if (tests_.renumberings() == before) return;
    if (may_repeat) std::ranges::copy(totals_before_, totals);
  }
}

// The one row, in the frames in which it lies under the account.
void AccountRun::collect_row(const ProgramPart& part, const RowTables& tables, RowId account, const RowDifference& difference) {
  frames_[0].rows[0] = account;
  const BucketId bucket = tables.tables[kAccountTable].key_of[account];
  for (const std::uint32_t index : part.frames) {
    const Frame& layout = program_->plan().frames[index];
    RunFrame& frame = frames_[index];
    frame.rows.clear(), frame.owner.clear(), frame.offsets.assign(1, 0);
    if (layout.table == difference.table && bucket != kNoBucket &&
        tables.tables[layout.table].links[layout.link].bucket(difference.row) == bucket)
      frame.rows.push_back(difference.row), frame.owner.push_back(0);
    frame.offsets.push_back(static_cast<std::uint32_t>(frame.rows.size()));
    grow(frame, index);
  }
}

void AccountRun::grow(RunFrame& frame, std::uint32_t index) {
  if (frame.rows.size() <= frame.capacity) return;
  frame.capacity = std::bit_ceil(std::max<std::size_t>(frame.rows.size(), 8));
  frame.values.assign(frame.capacity * program_->value_slots(index), 0);
  frame.bits.assign(frame.capacity * program_->bit_slots(index), 0);
}

void AccountRun::collect_rows(const ProgramPart& part, const RowTables& tables, RowId account) {
  const Plan& plan = program_->plan();
  frames_[0].rows[0] = account;
  for (const std::uint32_t index : part.frames) {
    const Frame& layout = plan.frames[index];
    RunFrame& frame = frames_[index];
    const RunFrame& outer = frames_[index_of(layout.outer)];
    const RowTable& parents = tables.tables[program_->parent_table(index)];
    const Chain& chain = tables.tables[layout.table].links[layout.link];
    frame.rows.clear(), frame.owner.clear(), frame.offsets.assign(1, 0);
    for (std::uint32_t i = 0; i < outer.rows.size(); ++i) {
      std::uint32_t at = i;
      FrameId anchor = layout.outer;
      for (; anchor != layout.anchor; anchor = plan.frames[index_of(anchor)].outer) at = frames_[index_of(anchor)].owner[at];
      const BucketId bucket = parents.key_of[frames_[index_of(anchor)].rows[at]];
      for (RowId row = chain.first(bucket); row != kNoRow; row = chain.next(row)) frame.rows.push_back(row), frame.owner.push_back(i);
      frame.offsets.push_back(static_cast<std::uint32_t>(frame.rows.size()));
    }
    grow(frame, index);
  }
}

void AccountRun::execute(const ProgramPart& part, RowTables& tables) {
  RunFrame& account = frames_[0];
  std::uint8_t* bits = account.bits.data();
  for (const Instruction& each : part.instructions) {
    switch (each.code) {
      case InstructionCode::kChains: {
        const std::uint32_t* begin = part.chains.data() + each.first;
        run_chains(bits, begin, begin + each.count);
        break;
      }
      case InstructionCode::kBatches: follow_batches(part.batches, each); break;
      case InstructionCode::kRanges:
        test_value_ranges(account.values[each.first], bits[each.count] != 0, program_->range_lows().data() + each.low,
                          program_->range_widths().data() + each.low, each.width, bits + std::size_t{2} * each.out);
        break;
      case InstructionCode::kRange: {
        const bool holds = static_cast<std::uint64_t>(account.values[each.first]) - each.low <= each.width;
        const std::uint8_t bit = bits[each.count] & (holds ? 1 : 0);
        bits[2 * each.out] = bit, bits[2 * each.out + 1] = bit ^ 1;
        break;
      }
      case InstructionCode::kNode: {
        const PlanNode& node = program_->plan().node(each.node);
        RunFrame& frame = frames_[each.frame];
        std::visit(RunNode{*this, tables, each, node, frame, frame.rows.size()}, node.op);
      }
    }
  }
}

bool AccountRun::bit(Bit bit, FrameId frame, std::size_t position) const {
  const NodePlace& place = program_->place(bit.node());
  if (place.is_constant || frame == kAccountFrame) return frames_[0].bits[2 * place.slot + (bit.is_negated() ? 1 : 0)] != 0;
  const RunFrame& rows = frames_[index_of(frame)];
  return (rows.bits[place.slot * rows.capacity + position] != 0) != bit.is_negated();
}

void AccountRun::follow_batches(const BatchList& list, const Instruction& instruction) {
  std::uint8_t* bits = frames_[0].bits.data();
  pack_bits(bits, packed_.data(), (std::size_t{2} * program_->bit_slots(0) + 63) / 64);
  for (const ChainBatch& batch : std::span(list.batches).subspan(instruction.first, instruction.count)) {
    std::uint64_t result = follow_batch(list, batch, packed_.data());
    if (batch.slots == kNoSlots) {
      members_[batch.word] = result;
      continue;
    }
    const std::uint32_t* slot = list.slots.data() + batch.slots;
    for (int i = std::popcount(batch.lanes); i > 0; --i, ++slot, result >>= 1) {
      bits[2 * *slot] = static_cast<std::uint8_t>(result & 1);
      bits[2 * *slot + 1] = static_cast<std::uint8_t>(~result & 1);
    }
  }
}

// Four quarters of a word at a time, none of which waits for another.
void AccountRun::gather_members(const ProgramPart& part) {
  const std::uint8_t* bits = frames_[0].bits.data();
  for (const MemberWord& member : part.members) {
    const std::uint32_t* from = program_->member_places().data() + std::size_t{member.word} * 64;
    std::uint64_t a = 0, b = 0, c = 0, d = 0;
    for (std::size_t i = 16; i-- > 0;) {
      a = a << 1 | bits[from[i]], b = b << 1 | bits[from[16 + i]];
      c = c << 1 | bits[from[32 + i]], d = d << 1 | bits[from[48 + i]];
    }
    members_[member.word] = a | b << 16 | c << 32 | d << 48;
  }
}

std::int64_t AccountRun::value(std::uint32_t root, std::size_t position) const {
  const PlanRoot& asked = program_->roots()[root];
  if (!is_known(root, position)) return 0;
  const NodePlace& place = program_->place(asked.value);
  const RunFrame& rows = frames_[place.is_constant ? 0 : index_of(asked.frame)];
  return rows.values[place.slot * rows.capacity + (place.is_constant ? 0 : position)];
}

}  // namespace segue
