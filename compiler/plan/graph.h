// This file's interface, private to the folder, is Graph: it makes nodes of a Plan and gives equal nodes one id. Boolean nodes are
// brought into one form: chains flattened, sorted and distinct, what follows from constants and from ranges of one value resolved, negations
// on the edges.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "compiler/plan/facts.h"
#include "compiler/plan/plan.h"

namespace segue {

// Nodes by hash: open addressing, since a node is looked for several times for each that is made.
class NodeTable {
 public:
  void add(std::uint64_t hash, NodeId id);
  // The first with the hash of which `is_it` says so.
  template <typename IsIt>
  [[nodiscard]] std::optional<NodeId> find(std::uint64_t hash, IsIt is_it) const {
    if (entries_.empty()) return std::nullopt;
    for (std::size_t at = hash & (entries_.size() - 1); entries_[at].id != kNoNode; at = (at + 1) & (entries_.size() - 1)) {
      if (entries_[at].hash == hash && is_it(entries_[at].id)) return entries_[at].id;
    }
    return std::nullopt;
  }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    NodeId id = kNoNode;
  };

  void place(std::uint64_t hash, NodeId id);
  void grow();

  std::vector<Entry> entries_;  // a power of two, at most half full
  std::size_t count_ = 0;
};

class Graph {
 public:
  Graph(Plan& plan, const PlanOptions& options);

  // The node, made unless there is an equal one.
  NodeId intern(FrameId frame, const Type& type, Op op, DomainId domain = kNoDomain);
  // The same of a test or any other bit: what no row can hold, or what facts of the data settle, is no node.
  Bit bit(FrameId frame, Op op);

  // Conjunction and disjunction for each row of `frame`.
  Bit all_of(FrameId frame, std::vector<Bit> operands) { return conjunction(frame, std::move(operands), false); }
  Bit any_of(FrameId frame, std::vector<Bit> operands) { return ~conjunction(frame, complements(std::move(operands)), false); }
  Bit all_of(FrameId frame, Bit a, Bit b) {
    if (a == kFalse || b == kFalse || a == ~b) return kFalse;
    if (a == kTrue || a == b) return b;
    return b == kTrue ? a : all_of(frame, std::vector{a, b});
  }
  Bit any_of(FrameId frame, Bit a, Bit b) { return ~all_of(frame, ~a, ~b); }
  // The same, never dissolved into what uses it: what belongs to one leaf, such as a test beside its known bit.
  Bit leaf_all_of(FrameId frame, std::vector<Bit> operands) { return conjunction(frame, std::move(operands), true); }
  Bit leaf_any_of(FrameId frame, std::vector<Bit> operands) { return ~conjunction(frame, complements(std::move(operands)), true); }

  // An integer value, known and inside one of `ranges` (in any order).
  Bit in_ranges(FrameId frame, NodeId value, Bit known, std::vector<IntRange> ranges);

  // So many nodes or fewer are expected.
  void reserve(std::size_t nodes) {
    plan_.nodes.reserve(nodes);
    plan_.origins.reserve(nodes);
  }

  // A definition begins: without sharing, its nodes are its own.
  void begin_definition();
  // What is made from here on is made for this expression.
  void begin_expression(ExprId expr) { expr_ = expr; }
  // Something outside the graph refers to the node.
  void use(Bit bit) { ++plan_.nodes[index_of(bit.node())].uses; }

  DomainId domain(Domain domain) { return place(plan_.domains, domains_, std::move(domain)); }
  std::uint32_t rank_space(RankSpace space) { return place(plan_.rank_spaces, rank_spaces_, std::move(space)); }
  std::uint32_t text_predicate(TextPredicate predicate) { return place(plan_.text_predicates, text_predicates_, std::move(predicate)); }
  std::uint32_t list_predicate(ListPredicate predicate) { return place(plan_.list_predicates, list_predicates_, std::move(predicate)); }

  [[nodiscard]] const PlanNode& node(NodeId id) const { return plan_.node(id); }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const FactTable& facts() const { return facts_; }

 private:
  // The index of an entry in a table of distinct ones.
  template <typename T>
  static std::uint32_t place(std::vector<T>& table, std::map<T, std::uint32_t>& ids, T entry) {
    const auto [at, is_new] = ids.emplace(entry, static_cast<std::uint32_t>(table.size()));
    if (is_new) table.push_back(std::move(entry));
    return at->second;
  }
  static std::vector<Bit> complements(std::vector<Bit> bits);

  [[nodiscard]] std::optional<Bit> settled(FrameId frame, const Op& op);
  Bit conjunction(FrameId frame, std::vector<Bit> operands, bool is_leaf);
  bool flatten(std::vector<Bit>& operands) const;
  bool simplify(std::vector<Bit>& operands) const;
  bool merge_ranges(FrameId frame, std::vector<Bit>& operands);
  void merge_fresh(FrameId frame, std::vector<Bit>& group);
  void merge_group(FrameId frame, std::vector<Bit>& group);
  Bit make_conjunction(FrameId frame, std::vector<Bit> operands, bool is_leaf);
  Bit split(FrameId frame, std::vector<Bit> operands);
  std::optional<NodeId> find(std::uint64_t hash, FrameId frame, const Type& type, const Op& op, DomainId domain) const;
  [[nodiscard]] bool is_interned(FrameId frame, const InRanges& op) const;

  Plan& plan_;
  const PlanOptions& options_;
  FactTable facts_;
  ExprId expr_ = kNoExpr;
  std::uint64_t salt_ = 0;  // of the definition, without sharing
  NodeTable ids_;
  std::map<Domain, std::uint32_t> domains_;
  std::map<RankSpace, std::uint32_t> rank_spaces_;
  std::map<TextPredicate, std::uint32_t> text_predicates_;
  std::map<ListPredicate, std::uint32_t> list_predicates_;
};

// Ranges as a set: ascending, neither touching nor overlapping.
[[nodiscard]] std::vector<IntRange> normal_ranges(std::vector<IntRange> ranges);
[[nodiscard]] std::vector<IntRange> complement_ranges(const std::vector<IntRange>& ranges);
[[nodiscard]] std::vector<IntRange> intersect_ranges(const std::vector<IntRange>& a, const std::vector<IntRange>& b);

}  // namespace segue
