// This file's external interface is AccountProgram: a plan as a list of instructions for one account at a time. It needs no machine code of its own: a condition takes a few
// nanoseconds, and a part of the program can be cut out that answers only what a change can reach.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

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
enum class InstructionCode : std::uint8_t { kChains, kRange, kNode };

struct Instruction {
  InstructionCode code = InstructionCode::kNode;
  std::uint32_t frame = 0;
  NodeId node{};
  std::uint32_t out = 0;               // slot
  std::uint32_t first = 0, count = 0;  // kChains: words of chains (chains.h); kRange: the value's slot and the known bit's place
  std::uint64_t low = 0, width = 0;    // kRange: low <= value <= low + width
};

// Some instructions in order, and the roots that are complete after them.
struct ProgramPart {
  std::vector<Instruction> instructions;
  std::vector<std::uint32_t> chains;  // conjunctions and disjunctions that follow each other are one instruction
  std::vector<std::uint32_t> frames;  // ascending, without the account's
  std::vector<std::uint32_t> roots;
};

class AccountProgram {
 public:
  // `added` by table: columns that stand behind the schema's, as PlanOptions::population numbers them. Answers of undetermined accounts are not made.
  AccountProgram(Plan plan, const Schema& schema, const std::vector<std::uint32_t>& added);

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

  // — for the run
  [[nodiscard]] const NodePlace& place(NodeId id) const { return places_[index_of(id)]; }
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
  void give_places();
  void make_instructions();
  void find_inlined();
  Instruction instruction_of(NodeId id);
  void add_chain(NodeId id);
  void append(ProgramPart& part, const Instruction& instruction) const;
  void find_sources(const Schema& schema);
  void add_own_sources(const Schema& schema, const PlanNode& node, SourceSet& sources) const;
  void add_frame(SourceSet& sources, FrameId frame) const;
  void use_frame(std::vector<bool>& used, FrameId frame) const;
  [[nodiscard]] ProgramPart part_of(std::vector<std::uint32_t> roots) const;

  Plan plan_;
  std::vector<NodePlace> places_;
  std::vector<std::uint32_t> known_slots_;              // by node; kNoSlotHere where nobody asks
  std::vector<std::uint32_t> bit_slots_, value_slots_;  // by frame; the constants are in the account's
  std::vector<std::uint32_t> chains_;
  std::vector<bool> inlined_;  // by node: a chain that one other chain alone reads, as a part of it
  std::vector<Instruction> instructions_;
  ProgramPart constants_;
  std::map<std::uint32_t, NearCircle> circles_;
  ProgramPart whole_;
  std::vector<std::uint32_t> bases_;  // by table
  std::uint32_t clock_source_ = 0;
  std::size_t words_ = 0;
  std::vector<SourceSet> sources_;  // by root
};

inline constexpr std::uint32_t kNoPlaceHere = 0xffff'ffff;

// The columns and references that the plan reads, with the keys, and the join and reference columns that finding rows takes.
void add_kept_columns(const Plan& plan, const Schema& schema, KeptColumns& kept);

}  // namespace segue
