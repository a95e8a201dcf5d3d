// Interning of nodes, and the one form of conjunctions. A disjunction is the complement of a conjunction of complements.
#include "compiler/plan/graph.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <iterator>

namespace segue {

namespace {

struct Hasher {
  std::uint64_t state = 0x9e37'79b9'7f4a'7c15;

  void word(std::uint64_t value) { state = std::rotl((state ^ value) * 0xff51'afd7'ed55'8ccd, 31) * 0xc4ce'b9fe'1a85'ec53; }
  void add(NodeId id) { word(index_of(id)); }
  void add(Bit bit) { word(bit.raw); }
  void add(double value) { word(std::bit_cast<std::uint64_t>(value)); }
  void add(const std::string& text) { word(std::hash<std::string>{}(text)); }
  void add(const IntRange& range) { word(static_cast<std::uint64_t>(range.low)), word(static_cast<std::uint64_t>(range.high)); }
  void add(const FloatRange& range) { add(range.low), add(range.high); }
  template <typename T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  void add(T value) {
    word(static_cast<std::uint64_t>(value));
  }
  template <typename T>
  void add(const std::vector<T>& values) {
    word(values.size());
    for (const auto& value : values) {
      if constexpr (std::is_same_v<T, bool>) {
        add(static_cast<bool>(value));
      } else {
        add(value);
      }
    }
  }
  void add(const std::optional<std::pair<double, double>>& range) {
    word(range.has_value());
    if (range) add(range->first), add(range->second);
  }
};

std::uint64_t hash_of(std::uint64_t salt, FrameId frame, const Type& type, const Op& op, DomainId domain) {
  Hasher hasher;
  hasher.word(salt);
  hasher.add(frame), hasher.add(type.kind), hasher.add(type.scale), hasher.word(domain), hasher.word(op.index());
  std::visit([&](const auto& node) { std::apply([&](const auto&... field) { (hasher.add(field), ...); }, node.fields()); }, op);
  return hasher.state;
}

bool is_equal(const Op& a, const Op& b) {
  if (a.index() != b.index()) return false;
  return std::visit([&](const auto& left) { return left.fields() == std::get<std::decay_t<decltype(left)>>(b).fields(); }, a);
}

// The operands of `bit` read as a conjunction, if it is one that may be dissolved: a chain that stands nowhere else, or a short one.
const std::vector<Bit>* conjuncts(const PlanNode& node, bool is_negated) {
  constexpr std::size_t kShort = 4;
  const std::vector<Bit>* operands = nullptr;
  if (const auto* all = std::get_if<AllOf>(&node.op); all != nullptr && !is_negated && !all->is_leaf) operands = &all->operands;
  if (const auto* any = std::get_if<AnyOf>(&node.op); any != nullptr && is_negated && !any->is_leaf) operands = &any->operands;
  return operands != nullptr && (node.uses == 0 || operands->size() <= kShort) ? operands : nullptr;
}

// Whether what a test or a function needs is known; null for nodes that need nothing.
const Bit* known_of(const Op& op) {
  return std::visit(
      [](const auto& node) -> const Bit* {
        if constexpr (requires { node.known; }) return &node.known;
        else return nullptr;
      },
      op);
}

bool is_never_known(const Op& op) {
  const Bit* known = known_of(op);
  return known != nullptr && *known == kFalse;
}

}  // namespace

Graph::Graph(Plan& plan, const PlanOptions& options) : plan_(plan), options_(options), facts_(options.facts, options.clock) {
  plan_.nodes.push_back({FalseBit{}, kNoFrame, Type{}, kNoDomain, 0});
  plan_.origins.push_back(kNoExpr);
}

void Graph::begin_definition() {
  if (!options_.share) ++salt_;
}

NodeId Graph::intern(FrameId frame, const Type& type, Op op, DomainId domain) {
  Type plain{.kind = type.kind, .scale = type.scale, .element = type.element, .enum_id = kNoEnum};
  const std::uint64_t hash = hash_of(salt_, frame, plain, op, domain);
  if (const auto found = find(hash, frame, plain, op, domain)) return *found;
  const NodeId id{static_cast<std::uint32_t>(plan_.nodes.size())};
  const auto use_node = [this](NodeId operand) { ++plan_.nodes[index_of(operand)].uses; };
  for_each_operand(op, use_node, [this](Bit operand) { use(operand); });
  plan_.nodes.push_back({std::move(op), frame, plain, domain, 0});
  plan_.origins.push_back(expr_);
  ids_.add(hash, id);
  return id;
}

std::optional<NodeId> Graph::find(std::uint64_t hash, FrameId frame, const Type& type, const Op& op, DomainId domain) const {
  return ids_.find(hash, [&](NodeId id) {
    const PlanNode& node = plan_.node(id);
    return node.frame == frame && node.type == type && node.domain == domain && is_equal(node.op, op);
  });
}

void NodeTable::add(std::uint64_t hash, NodeId id) {
  if (2 * (count_ + 1) > entries_.size()) grow();
  place(hash, id);
  ++count_;
}

void NodeTable::place(std::uint64_t hash, NodeId id) {
  std::size_t at = hash & (entries_.size() - 1);
  while (entries_[at].id != kNoNode) at = (at + 1) & (entries_.size() - 1);
  entries_[at] = {hash, id};
}

void NodeTable::grow() {
  constexpr std::size_t kLeastEntries = 256;
  std::vector<Entry> old(std::max(kLeastEntries, 2 * entries_.size()));
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.id != kNoNode) place(entry.hash, entry.id);
  }
}

Bit Graph::bit(FrameId frame, Op op) {
  if (const auto known = settled(frame, op)) return *known;
  return bit_of(intern(frame, Type{}, std::move(op)));
}

std::optional<Bit> Graph::settled(FrameId frame, const Op& op) {
  if (const auto* known = std::get_if<KnownOf>(&op))
    return is_never_known(plan_.node(known->value).op) ? std::optional(kFalse) : std::nullopt;
  const Bit* known = known_of(op);
  if (known == nullptr) return std::nullopt;
  if (*known == kFalse) return kFalse;
  switch (facts_.test(plan_, frame, op)) {
    case Outcome::kOpen: return std::nullopt;
    case Outcome::kNever: return kFalse;
    case Outcome::kAlways: return *known;
  }
  return std::nullopt;
}

std::vector<Bit> Graph::complements(std::vector<Bit> bits) {
  for (Bit& bit : bits) bit = ~bit;
  return bits;
}

Bit Graph::in_ranges(FrameId frame, NodeId value, Bit known, std::vector<IntRange> ranges) {
  ranges = normal_ranges(std::move(ranges));
  if (known == kFalse || ranges.empty()) return kFalse;
  if (const auto* constant = std::get_if<ConstantValue>(&node(value).op)) {
    return std::ranges::any_of(ranges, [&](const IntRange& range) { return range.low <= constant->bits && constant->bits <= range.high; })
               ? known
               : kFalse;
  }
  std::vector<IntRange> others = complement_ranges(ranges);
  if (others.empty()) return known;
  // Where nothing is missing a set and its complement are one node: the one with fewer ranges, which does not begin at the least value.
  const bool is_simpler =
      others.size() < ranges.size() || (others.size() == ranges.size() && ranges.front().low == std::numeric_limits<std::int64_t>::min());
  if (known == kTrue && is_simpler) return ~bit(frame, InRanges{value, known, std::move(others)});
  return bit(frame, InRanges{value, known, std::move(ranges)});
}

Bit Graph::conjunction(FrameId frame, std::vector<Bit> operands, bool is_leaf) {
  // Before chains are dissolved, too: a chain beside its own complement is seen only while it is one.
  if (!simplify(operands)) return kFalse;
  if (!is_leaf && flatten(operands) && !simplify(operands)) return kFalse;
  if (!is_leaf && merge_ranges(frame, operands) && !simplify(operands)) return kFalse;
  if (operands.empty()) return kTrue;
  if (operands.size() == 1) return operands.front();
  if (operands.size() > kMaxOperands) return split(frame, std::move(operands));
  return make_conjunction(frame, std::move(operands), is_leaf);
}

// Whether there was a chain to dissolve.
bool Graph::flatten(std::vector<Bit>& operands) const {
  const auto inner_of = [this](Bit operand) { return conjuncts(node(operand.node()), operand.is_negated()); };
  if (std::ranges::none_of(operands, [&](Bit operand) { return inner_of(operand) != nullptr; })) return false;
  std::vector<Bit> flat;
  flat.reserve(2 * operands.size());
  for (const Bit operand : operands) {
    if (const auto* inner = inner_of(operand)) {
      for (const Bit bit : *inner) flat.push_back(operand.is_negated() ? ~bit : bit);
    } else {
      flat.push_back(operand);
    }
  }
  operands = std::move(flat);
  return true;
}

// Sorts, drops repetitions and kTrue; false where the conjunction is.
bool Graph::simplify(std::vector<Bit>& operands) const {
  std::sort(operands.begin(), operands.end());
  operands.erase(std::unique(operands.begin(), operands.end()), operands.end());
  std::erase(operands, kTrue);
  if (!operands.empty() && operands.front() == kFalse) return false;
  return std::adjacent_find(operands.begin(), operands.end(), [](Bit a, Bit b) { return a == ~b; }) == operands.end();
}

// Ranges on one value become one, where that makes no test that is wanted besides. Whether any did.
bool Graph::merge_ranges(FrameId frame, std::vector<Bit>& operands) {
  const auto test_of = [this](Bit operand) { return std::get_if<InRanges>(&node(operand.node()).op); };
  if (std::ranges::count_if(operands, [&](Bit operand) { return test_of(operand) != nullptr; }) < 2) return false;
  std::vector<Bit> tests;
  std::ranges::copy_if(operands, std::back_inserter(tests), [&](Bit operand) { return test_of(operand) != nullptr; });
  const auto key_of = [&](Bit operand) { return std::pair(test_of(operand)->value, test_of(operand)->known); };
  std::ranges::sort(tests, {}, [&](Bit operand) { return std::pair(key_of(operand), operand); });
  std::vector<Bit> merged;
  bool changed = false;
  for (std::size_t begin = 0, end = 0; begin < tests.size(); begin = end) {
    while (end < tests.size() && key_of(tests[end]) == key_of(tests[begin])) ++end;
    if (end - begin == 1) {
      merged.push_back(tests[begin]);
      continue;
    }
    std::vector<Bit> group(tests.begin() + static_cast<std::ptrdiff_t>(begin), tests.begin() + static_cast<std::ptrdiff_t>(end));
    merge_group(frame, group);
    if (group.size() == end - begin) merge_fresh(frame, group);
    changed |= group.size() != end - begin;
    merged.insert(merged.end(), group.begin(), group.end());
  }
  if (!changed) return false;
  std::erase_if(operands, [&](Bit operand) { return test_of(operand) != nullptr; });
  operands.insert(operands.end(), merged.begin(), merged.end());
  return true;
}

// Of tests of which some are wanted elsewhere, those that are not.
void Graph::merge_fresh(FrameId frame, std::vector<Bit>& group) {
  const auto is_used = [this](Bit operand) { return node(operand.node()).uses > 0; };
  const auto fresh = std::partition(group.begin(), group.end(), is_used);
  std::vector<Bit> rest(fresh, group.end());
  if (rest.size() < 2 || rest.size() == group.size()) return;
  merge_group(frame, rest);
  group.erase(fresh, group.end());
  group.insert(group.end(), rest.begin(), rest.end());
}

void Graph::merge_group(FrameId frame, std::vector<Bit>& group) {
  const InRanges first = std::get<InRanges>(node(group.front().node()).op);
  std::vector<IntRange> inside = complement_ranges({}), outside;
  bool has_positive = first.known == kTrue, is_fresh = true;
  for (const Bit operand : group) {
    const PlanNode& test = node(operand.node());
    const std::vector<IntRange>& ranges = std::get<InRanges>(test.op).ranges;
    is_fresh &= test.uses == 0;
    has_positive |= !operand.is_negated();
    if (operand.is_negated()) {
      outside.insert(outside.end(), ranges.begin(), ranges.end());
    } else {
      inside = intersect_ranges(inside, ranges);
    }
  }
  outside = normal_ranges(std::move(outside));
  std::vector<IntRange> ranges = has_positive ? intersect_ranges(inside, complement_ranges(outside)) : outside;
  constexpr std::size_t kFewRanges = 8, kManyTests = 32;
  const bool is_there =
      is_interned(frame, {first.value, first.known, ranges}) || is_interned(frame, {first.value, first.known, complement_ranges(ranges)});
  const bool is_worth = is_fresh && (ranges.size() <= kFewRanges || group.size() >= kManyTests);
  if (!is_there && !is_worth && !(ranges.empty() && has_positive)) return;
  // Who asks for one of them again gets that one: two tests that many combine are better than all their combinations.
  for (const Bit operand : group) use(operand);
  const Bit bit = in_ranges(frame, first.value, first.known, std::move(ranges));
  group = {has_positive ? bit : ~bit};
}

bool Graph::is_interned(FrameId frame, const InRanges& op) const {
  return find(hash_of(salt_, frame, Type{}, op, kNoDomain), frame, Type{}, op, kNoDomain).has_value();
}

// As the conjunction or as the disjunction, whichever has fewer complements; of two with the same number, the one whose first operand has none.
Bit Graph::make_conjunction(FrameId frame, std::vector<Bit> operands, bool is_leaf) {
  const auto negated = static_cast<std::size_t>(std::count_if(operands.begin(), operands.end(), [](Bit bit) { return bit.is_negated(); }));
  const bool as_any = 2 * negated > operands.size() || (2 * negated == operands.size() && operands.front().is_negated());
  if (!as_any) return bit(frame, AllOf{std::move(operands), is_leaf});
  return ~bit(frame, AnyOf{complements(std::move(operands)), is_leaf});
}

Bit Graph::split(FrameId frame, std::vector<Bit> operands) {
  std::vector<Bit> parts;
  for (std::size_t begin = 0; begin < operands.size(); begin += kMaxOperands) {
    const std::size_t end = std::min(operands.size(), begin + kMaxOperands);
    std::vector<Bit> part(operands.begin() + static_cast<std::ptrdiff_t>(begin), operands.begin() + static_cast<std::ptrdiff_t>(end));
    parts.push_back(part.size() == 1 ? part.front() : make_conjunction(frame, std::move(part), true));
  }
  return conjunction(frame, std::move(parts), true);
}

}  // namespace segue
