// This file's interface, private to the folder, is ProgramLayout: the live nodes of a plan in the order in which they are evaluated, cut into units, and where
// each node's bits or values lie. It knows nothing of LLVM.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "compiler/codegen/constants.h"
#include "compiler/plan/guards.h"
#include "compiler/plan/plan.h"
#include "runtime/program.h"
#include "runtime/table.h"

namespace segue {

// How a node is evaluated. Within a phase the classes follow each other in this order.
enum class NodeClass : std::uint8_t {
  kFree,     // nothing to do: constants, columns, the known bits that come with a value
  kStep,     // a kernel of its own
  kGroups,   // a reduction that one kernel does for several nodes in one pass over the rows
  kValue,    // emitted: arithmetic, 64 rows at a time
  kAtom,     // emitted: a test of raw values, 64 rows at a time
  kBoolean,  // emitted: conjunctions and disjunctions of bits
};

// Bits that a root is answered with: its members, or the rows for which it is not determined.
struct Finish {
  Bit bit;
  std::uint32_t root = 0;
  bool is_undetermined = false;
};

// A kernel, or a function to emit.
struct Unit {
  NodeClass kind = NodeClass::kFree;
  std::uint32_t frame = 0;
  std::vector<NodeId> nodes;
  std::vector<Finish> finishes;        // counted and kept by the function itself, of the account's frame
  std::vector<Finish> flushes;         // by a step after it
  std::vector<std::uint32_t> values;   // roots whose values are complete after it
  std::vector<std::uint32_t> narrows;  // guards (ProgramLayout::guards) whose frames' rows are put in place before it
};

// Arithmetic that is emitted; everything else calls the kernel of the table of builtins.
enum class EmittedMath : std::uint8_t { kNone, kAddInt, kSubtractInt, kMultiplyInt, kAddFloat, kSubtractFloat, kMultiplyFloat };

// More ranges than this are searched by a kernel.
inline constexpr std::size_t kMaxEmittedRanges = 16;

// Of more arithmetic than this the rest calls the kernels: LLVM takes some 0.6 ms for an addition of 64 integers that watches for overflow, a kernel none, so
// that a sum of 100,000 terms would compile for a minute.
inline constexpr std::size_t kMaxEmittedMath = 512;

// A test of a column that its ranks answer: inside one of the ranges of codes as they are stored. Missing rows are in none.
struct RankTest {
  std::uint32_t input = 0;
  Storage storage = Storage::kNone;
  std::vector<IntRange> ranges;
};

// The `decay` of a column of the rows by a constant half-life that a node sums up, if it does: its weights are made by the kernel of the sum. Else null.
[[nodiscard]] const Map* summed_decay(const Plan& plan, const PlanNode& node);

class ProgramLayout {
 public:
  ProgramLayout(const Plan& plan, const Database& database, const AddedColumns* added, const BoundConstants& constants);

  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const Database& database() const { return database_; }
  [[nodiscard]] const std::vector<Unit>& units() const { return units_; }
  [[nodiscard]] const std::vector<FrameGuard>& guards() const { return guards_; }
  std::vector<FrameLayout> frames;  // with inputs and numbers of slots
  std::vector<RowSpan> spans;

  // A test of texts or lists of a column as it is, for which nothing but atoms comes first: several are answered by one step. Those of one column follow each other.
  [[nodiscard]] bool is_lookup(NodeId node) const;
  // Where a bit or value is read.
  [[nodiscard]] BitRef ref(Bit bit) const;
  [[nodiscard]] ValueRef ref(NodeId value) const;
  [[nodiscard]] std::uint32_t bit_slot(NodeId node) const { return bit_slots_[index_of(node)]; }
  [[nodiscard]] std::uint32_t value_slot(NodeId node) const { return value_slots_[index_of(node)]; }
  // The slot of the known bit that a value's kernel writes; kNoSlot where nobody asks.
  [[nodiscard]] std::uint32_t known_slot(NodeId value) const;
  // How a Map is emitted, if it is.
  [[nodiscard]] EmittedMath math_of(const Map& map) const;
  // A conjunction or disjunction that only the function that holds it reads or finishes: it needs no slot.
  [[nodiscard]] bool is_inlined(NodeId node) const { return inlined_[index_of(node)]; }
  // The validity of a column, where a test may read it in place; for known bits that are a ColumnKnown.
  [[nodiscard]] std::optional<std::uint32_t> validity_input(Bit known) const;
  // How a test reads the ranks of its column instead of the values, if it does.
  [[nodiscard]] std::optional<RankTest> rank_test(NodeId id) const;
  [[nodiscard]] std::uint32_t bits_input(NodeId column_bit) const;
  [[nodiscard]] std::optional<std::uint32_t> validity_of_bits(NodeId column_bit) const;
  [[nodiscard]] std::uint32_t span(FrameId rows, FrameId to);
  [[nodiscard]] const Column& column(const PlanNode& node, std::uint32_t column) const {
    return column_of(database_, added_, plan_.frames[index_of(node.frame)].table, column);
  }

 private:
  struct Place {
    NodeClass kind = NodeClass::kFree;
    std::uint32_t phase = 0;
  };

  void use_frame(FrameId frame);
  void lay_out_frames();
  void collect_inputs();
  void collect_values();
  [[nodiscard]] std::optional<std::vector<IntRange>> rank_ranges(NodeId id) const;
  std::uint32_t add_input(FrameId frame, ColumnInput input);
  void choose_math();
  void find_summed();
  void find_known_values();
  [[nodiscard]] std::optional<bool> constant_bit(NodeId node) const;
  [[nodiscard]] NodeClass class_of(NodeId node) const;
  [[nodiscard]] bool is_plain_values(NodeId value) const;
  [[nodiscard]] bool is_emitted_comparison(const KernelTest& test) const;
  [[nodiscard]] bool is_narrow(NodeId value) const;
  [[nodiscard]] std::vector<std::uint32_t> group_keys() const;
  void place_nodes();
  void place_nodes(const std::vector<std::uint32_t>& first_phases);
  [[nodiscard]] bool stands_before(NodeClass kind, NodeId operand) const;
  [[nodiscard]] std::vector<std::uint32_t> phases_behind_guards() const;
  void mark_narrowed();
  void order_units();
  void add_to_units(NodeId node);
  void assign_roots();
  void finish(Bit bit, std::uint32_t root, bool is_undetermined);
  void add_finishing_units();
  void mark_inlined();
  void assign_slots();

  const Plan& plan_;
  const Database& database_;
  const AddedColumns* added_;
  const BoundConstants& constants_;
  std::vector<FrameGuard> guards_;
  std::vector<Unit> units_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> unit_of_;
  std::vector<std::uint32_t> bit_slots_, value_slots_;
  std::vector<bool> inlined_;
  std::vector<bool> emits_math_;       // by node
  std::vector<bool> is_summed_;        // by node: its values are made by the sums that read them (summed_decay)
  std::vector<bool> is_read_by_slot_;  // ColumnKnown: by more than tests that read it in place
  std::vector<NodeId> known_of_;       // by value: its KnownOf node
  std::map<std::pair<std::uint32_t, std::pair<std::uint32_t, ColumnPart>>, std::uint32_t> input_ids_;
};

}  // namespace segue
