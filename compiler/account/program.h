// This file's external interface is AccountProgram: a plan as a list of instructions for one account at a time. It needs no machine code of its own: a condition takes about a
// nanosecond, and a part of the program can be cut out that answers only what a change can reach.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compiler/account/batches.h"
#include "compiler/account/row_tables.h"
#include "compiler/plan/plan.h"
#include "stdlib/clock.h"
#include "stdlib/distance.h"

namespace segue {

// A set of what answers can depend on, as AccountProgram numbers it.
using SourceSet = std::vector<std::uint64_t>;

// Where a node's bits or values lie: in its frame, or, of what is the same for all rows, among the constants.
struct NodePlace {
  bool is_constant = false;
  std::uint32_t slot = 0;
};

// The kinds that are worth a way of their own in the account's frame, where most conditions lie; everything else goes by its node.
enum class InstructionCode : std::uint8_t { kChains, kBatches, kRange, kRanges, kNode };

struct Instruction {
  InstructionCode code = InstructionCode::kNode;
  std::uint32_t frame = 0;
  NodeId node{};
  std::uint32_t out = 0;  // slot
  std::uint32_t
      first = 0,
      count = 0;  // kChains: words of chains (chains.h); kBatches: of batches; kRange, kRanges: the value's slot and the known bit's place
  std::uint64_t low = 0, width = 0;  // kRange: low <= value <= low + width; kRanges: where they begin, and how many
};

// Members of the account's frame: the bits of a word, which stand for 64 roots, that a part answers.
struct MemberWord {
  std::uint32_t word = 0;
  std::uint64_t mask = 0;
};

// Some instructions in order, and the roots that are complete after them.
struct ProgramPart {
  std::vector<Instruction> instructions;
  std::vector<std::uint32_t> chains;  // conjunctions and disjunctions that follow each other are one instruction
  BatchList batches;
  std::vector<std::uint32_t> frames;  // ascending, without the account's
  std::vector<std::uint32_t> roots;
  std::vector<MemberWord> members;    // the roots that are members of the account's frame
  std::vector<std::uint32_t> others;  // the other ones
  std::vector<std::uint32_t> totals;  // indices into AccountProgram::totals
  bool reads_rows = false;            // of related tables, for anything but totals
  bool takes_difference = false;      // the totals are kept, and what is to come is one row more or less (AccountFollower)
};

// What one row adds to, whatever the others are: a count, or a sum of whole numbers or decimals, over rows right under the account. Its words are the count, then, of sums, 128
// bits.
struct RowTotal {
  NodeId node{};
  std::uint32_t table = 0;
  std::uint32_t place = 0;  // of its first word
  SourceSet sources;
};

// How chains are followed: one by one, or 64 at a time where the machine can (batches.h). The answers are the same.
enum class ChainWay : std::uint8_t { kOneByOne, kBatches };
[[nodiscard]] ChainWay best_chain_way();

class AccountProgram {
 public:
  // `added` by table: columns that stand behind the schema's, as PlanOptions::population numbers them. Answers of undetermined accounts are not made.
  AccountProgram(Plan plan, const Schema& schema, const std::vector<std::uint32_t>& added, ChainWay way = best_chain_way());

  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const std::vector<PlanRoot>& roots() const { return plan_.roots; }
  // What answers every root.
  [[nodiscard]] const ProgramPart& whole() const { return whole_; }
  // What is the same for all accounts; done first, and again when the clock has moved.
  [[nodiscard]] const ProgramPart& constants() const { return constants_; }

  // What a root depends on, and what changes can touch: one cell of a table's rows; that a row comes, goes or moves to other parents; the clock.
  [[nodiscard]] SourceSet no_sources() const { return SourceSet(words_); }
  void add_cell(SourceSet& sources, std::uint32_t table, std::uint32_t column) const { add(sources, bases_[table] + 1 + column); }
  void add_rows(SourceSet& sources, std::uint32_t table) const { add(sources, bases_[table]); }
  void add_clock(SourceSet& sources) const { add(sources, clock_source_); }
  [[nodiscard]] bool reads_clock() const;
  // What answers the roots that depend on any of the sources.
  [[nodiscard]] ProgramPart part(const SourceSet& sources) const;

  // Totals, and how many words they have.
  [[nodiscard]] const std::vector<RowTotal>& totals() const { return totals_; }
  [[nodiscard]] std::size_t total_words() const { return total_words_; }
  // What makes all totals.
  [[nodiscard]] ProgramPart total_part() const;
  // Whether the totals of the part, kept from before, and the row of `table` that a change of these sources touches say all that the part has to know of rows.
  [[nodiscard]] bool takes_difference(const ProgramPart& part, const SourceSet& sources, std::uint32_t table) const;

  // — for the run
  [[nodiscard]] std::uint32_t total_place(NodeId id) const { return total_places_[index_of(id)]; }
  [[nodiscard]] const NodePlace& place(NodeId id) const { return places_[index_of(id)]; }
  [[nodiscard]] ChainWay way() const { return way_; }
  [[nodiscard]] bool is_account_member(std::uint32_t root) const {
    return plan_.roots[root].frame == kAccountFrame && plan_.roots[root].answer == AnswerKind::kMembers;
  }
  // Where the account's frame has the members of each root, a false bit where they are not there; a multiple of 64. Not of batches, which give them themselves.
  [[nodiscard]] const std::vector<std::uint32_t>& member_places() const { return member_places_; }
  // Of kRanges.
  [[nodiscard]] const std::vector<std::uint64_t>& range_lows() const { return range_lows_; }
  [[nodiscard]] const std::vector<std::uint64_t>& range_widths() const { return range_widths_; }
  // Where the account's frame has a bit or its complement.
  [[nodiscard]] std::uint32_t bit_place(Bit bit) const { return 2 * place(bit.node()).slot + (bit.is_negated() ? 1 : 0); }
  [[nodiscard]] std::uint32_t known_slot(NodeId id) const { return known_slots_[index_of(id)]; }
  [[nodiscard]] std::uint32_t bit_slots(std::uint32_t frame) const { return bit_slots_[frame]; }
  [[nodiscard]] std::uint32_t value_slots(std::uint32_t frame) const { return value_slots_[frame]; }
  [[nodiscard]] const NearCircle& circle(NodeId id) const { return circles_.at(index_of(id)); }
  [[nodiscard]] std::uint32_t parent_table(std::uint32_t frame) const { return plan_.frames[index_of(plan_.frames[frame].anchor)].table; }

 private:
  static void add(SourceSet& sources, std::uint32_t source) { sources[source / 64] |= std::uint64_t{1} << (source % 64); }
  void number_sources(const Schema& schema, const std::vector<std::uint32_t>& added);
  void find_inlined();
  void find_member_chains();
  void find_range_groups();
  void give_places();
  void give_range_slots(NodeId leader);
  void make_instructions();
  void order_instructions();
  Instruction instruction_of(NodeId id);
  void make_ranges(Instruction& made);
  void add_chain(NodeId id);
  void append(ProgramPart& part, const Instruction& instruction) const;
  void append_chains(ProgramPart& part, std::span<const Instruction> chains) const;
  void append_members(ProgramPart& part) const;
  [[nodiscard]] std::span<const std::uint32_t> words_of(const Instruction& chain) const {
    return std::span(chains_).subspan(chain.first, chain.count);
  }
  void find_sources(const Schema& schema);
  void add_own_sources(const Schema& schema, const PlanNode& node, SourceSet& sources) const;
  void add_frame(SourceSet& sources, FrameId frame) const;
  void use_frame(std::vector<bool>& used, FrameId frame) const;
  void find_totals(const std::vector<SourceSet>& by_node);
  [[nodiscard]] bool is_of_one_row(const PlanNode& node, const std::vector<bool>& known, const std::vector<SourceSet>& by_node) const;
  [[nodiscard]] bool is_total(const PlanNode& node, const std::vector<bool>& is_local) const;
  [[nodiscard]] bool touch(const SourceSet& sources, std::uint32_t table) const;
  [[nodiscard]] ProgramPart part_of(std::vector<std::uint32_t> roots, const std::vector<RowTotal>& totals = {}) const;

  Plan plan_;
  ChainWay way_;
  std::vector<NodePlace> places_;
  std::vector<std::uint32_t> known_slots_;              // by node; kNoSlotHere where nobody asks
  std::vector<std::uint32_t> bit_slots_, value_slots_;  // by frame; the constants are in the account's
  std::vector<std::uint32_t> chains_;
  std::vector<bool> inlined_;                                  // by node: a chain that one other chain alone reads, as a part of it
  std::vector<bool> member_chains_;                            // by node: a chain that only members are, which batches give
  std::map<std::uint32_t, Instruction> member_chain_of_;       // those, by node
  std::map<std::uint32_t, std::vector<NodeId>> range_groups_;  // by the first of several ranges of one value
  std::map<std::uint32_t, NodeId> range_leaders_;              // by node of such a group
  std::vector<std::uint64_t> range_lows_, range_widths_;
  std::vector<std::uint32_t> member_places_;  // by root
  std::vector<std::uint32_t> copies_;         // by root: a chain of one operand, its members
  std::vector<Instruction> instructions_;
  std::vector<std::uint32_t> ranks_;  // by instruction: chains of one rank do not read each other
  ProgramPart constants_;
  std::map<std::uint32_t, NearCircle> circles_;
  ProgramPart whole_;
  std::vector<std::uint32_t> bases_;  // by table
  std::uint32_t clock_source_ = 0;
  std::size_t words_ = 0;
  std::vector<SourceSet> sources_;  // by root
  std::vector<RowTotal> totals_;
  std::vector<std::uint32_t> total_places_;  // by node
  std::size_t total_words_ = 0;
};

inline constexpr std::uint32_t kNoPlaceHere = 0xffff'ffff;

// The columns and references that the plan reads, with the keys, and the join and reference columns that finding rows takes.
void add_kept_columns(const Plan& plan, const Schema& schema, KeptColumns& kept);

}  // namespace segue
