// From nodes to instructions; what each root depends on.
#include "compiler/account/program.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace segue {

AccountProgram::AccountProgram(Plan plan, const Schema& schema, const std::vector<std::uint32_t>& added)
    : plan_(std::move(plan)),
      places_(plan_.nodes.size()),
      known_slots_(plan_.nodes.size(), kNoPlaceHere),
      bit_slots_(plan_.frames.size()),
      value_slots_(plan_.frames.size()),
      inlined_(plan_.nodes.size()) {
  for (PlanRoot& root : plan_.roots) root.undetermined = kFalse;
  number_sources(schema, added);
  give_places();
  make_instructions();
  find_sources(schema);
  std::vector<std::uint32_t> all(plan_.roots.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  whole_ = part_of(std::move(all));
}

// ── places ──

// Constants lie in the account's frame, which has one row. Node 0, which is false, has its first bit.
void AccountProgram::give_places() {
  bit_slots_[0] = 1;
  places_[0] = {true, 0};
  const auto frame_of = [](const PlanNode& node) { return node.frame == kNoFrame ? 0 : index_of(node.frame); };
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    const auto* known = std::get_if<KnownOf>(&node.op);
    if (id == kFalse.node()) continue;
    if (known != nullptr) {  // comes with the value
      const PlanNode& value = plan_.node(known->value);
      std::uint32_t& slot = known_slots_[index_of(known->value)];
      if (slot == kNoPlaceHere) slot = bit_slots_[frame_of(value)]++;
      places_[index_of(id)] = {value.frame == kNoFrame, slot};
      continue;
    }
    std::uint32_t& slots = is_value(node.op) ? value_slots_[frame_of(node)] : bit_slots_[frame_of(node)];
    places_[index_of(id)] = {node.frame == kNoFrame, slots++};
  }
}

// ── instructions ──

namespace {

const std::vector<Bit>* chain_operands(const Op& op) {
  if (const auto* all = std::get_if<AllOf>(&op)) return &all->operands;
  if (const auto* any = std::get_if<AnyOf>(&op)) return &any->operands;
  return nullptr;
}

}  // namespace

// What is inlined has operands of its own that are not.
void AccountProgram::find_inlined() {
  for (std::size_t i = plan_.live.size(); i-- > 0;) {
    const PlanNode& node = plan_.node(plan_.live[i]);
    const std::vector<Bit>* operands = chain_operands(node.op);
    if (operands == nullptr || node.frame != kAccountFrame || inlined_[index_of(plan_.live[i])]) continue;
    for (const Bit operand : *operands) {
      const PlanNode& inner = plan_.node(operand.node());
      inlined_[index_of(operand.node())] = inner.uses == 1 && inner.frame == kAccountFrame && chain_operands(inner.op) != nullptr;
    }
  }
}

void AccountProgram::make_instructions() {
  find_inlined();
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    if (id == kFalse.node() || std::holds_alternative<KnownOf>(node.op) || inlined_[index_of(id)]) continue;
    if (const auto* near = std::get_if<NearTest>(&node.op))
      circles_.emplace(index_of(id), make_near_circle(near->center_latitude, near->center_longitude, near->kilometres));
    const Instruction made = instruction_of(id);
    if (node.frame == kNoFrame) append(constants_, made);
    else instructions_.push_back(made);
  }
}

Instruction AccountProgram::instruction_of(NodeId id) {
  const PlanNode& node = plan_.node(id);
  Instruction made{.frame = node.frame == kNoFrame ? 0 : index_of(node.frame), .node = id, .out = place(id).slot};
  if (made.frame != 0) return made;
  if (chain_operands(node.op) != nullptr) {
    made.code = InstructionCode::kChains, made.first = static_cast<std::uint32_t>(chains_.size());
    add_chain(id);
    made.count = static_cast<std::uint32_t>(chains_.size()) - made.first;
  }
  if (const auto* test = std::get_if<InRanges>(&node.op); test != nullptr && test->ranges.size() == 1 && !test->ranges[0].is_empty()) {
    made.code = InstructionCode::kRange, made.first = place(test->value).slot, made.count = bit_place(test->known);
    made.low = static_cast<std::uint64_t>(test->ranges[0].low);
    made.width = static_cast<std::uint64_t>(test->ranges[0].high) - made.low;
  }
  return made;
}

// A disjunction is what is left when not all complements of its operands hold. What is inlined adds its operands where it must hold as a whole, else it is a group.
void AccountProgram::add_chain(NodeId id) {
  const PlanNode& node = plan_.node(id);
  const bool is_all = std::holds_alternative<AllOf>(node.op);
  std::vector<std::uint32_t> plain, groups;
  std::uint32_t group_count = 0;
  for (const Bit operand : *chain_operands(node.op)) {
    const Bit wanted = is_all ? operand : ~operand;
    if (!inlined_[index_of(operand.node())]) {
      plain.push_back(bit_place(wanted));
      continue;
    }
    const Op& inner = plan_.node(operand.node()).op;
    const bool is_whole = std::holds_alternative<AllOf>(inner) != wanted.is_negated();
    if (!is_whole) ++group_count, groups.push_back(static_cast<std::uint32_t>(chain_operands(inner)->size()));
    for (const Bit each : *chain_operands(inner)) (is_whole ? plain : groups).push_back(bit_place(wanted.is_negated() ? ~each : each));
  }
  chains_.insert(chains_.end(), {place(id).slot, is_all ? 0U : 1U, static_cast<std::uint32_t>(plain.size()), group_count});
  chains_.insert(chains_.end(), plain.begin(), plain.end());
  chains_.insert(chains_.end(), groups.begin(), groups.end());
}

// Neighbouring chains become one instruction.
void AccountProgram::append(ProgramPart& part, const Instruction& instruction) const {
  if (instruction.code != InstructionCode::kChains) {
    part.instructions.push_back(instruction);
    return;
  }
  const auto from = chains_.begin() + instruction.first;
  const auto begin = static_cast<std::uint32_t>(part.chains.size());
  part.chains.insert(part.chains.end(), from, from + instruction.count);
  if (!part.instructions.empty() && part.instructions.back().code == InstructionCode::kChains) {
    part.instructions.back().count += instruction.count;
    return;
  }
  part.instructions.push_back(instruction);
  part.instructions.back().first = begin;
}

// ── dependencies ──

void AccountProgram::number_sources(const Schema& schema, const std::vector<std::uint32_t>& added) {
  std::uint32_t next = 0;
  for (std::size_t table = 0; table < schema.tables.size(); ++table) {
    bases_.push_back(next);
    next += 1 + static_cast<std::uint32_t>(schema.tables[table].columns.size()) + (table < added.size() ? added[table] : 0);
  }
  clock_source_ = next;
  words_ = next / 64 + 1;
}

void AccountProgram::add_frame(SourceSet& sources, FrameId frame) const {
  for (FrameId at = frame; at != kAccountFrame && at != kNoFrame; at = plan_.frames[index_of(at)].outer)
    add_rows(sources, plan_.frames[index_of(at)].table);
}

void AccountProgram::add_own_sources(const Schema& schema, const PlanNode& node, SourceSet& sources) const {
  const std::uint32_t table = node.frame == kNoFrame ? 0 : plan_.frames[index_of(node.frame)].table;
  std::visit(
      [&](const auto& op) {
        using T = std::decay_t<decltype(op)>;
        if constexpr (requires { op.references; }) {
          std::uint32_t from = table;
          for (std::size_t i = 0; i < op.references.size(); ++i) {
            add_cell(sources, from, schema.tables[from].references[op.references[i]].by);
            from = op.tables[i];
            add_rows(sources, from);
          }
          add_cell(sources, from, op.column);
        } else if constexpr (std::is_same_v<T, ColumnValue> || std::is_same_v<T, ColumnBit> || std::is_same_v<T, ColumnKnown>) {
          add_cell(sources, table, op.column);
        } else if constexpr (requires { op.rows; }) {
          add_frame(sources, op.rows);
        } else if constexpr (std::is_same_v<T, InWindow> || std::is_same_v<T, ClockValue> || std::is_same_v<T, Map>) {
          add_clock(sources);  // some functions of a Map ask it, and their kernels do not tell
        }
      },
      node.op);
}

void AccountProgram::find_sources(const Schema& schema) {
  std::vector<SourceSet> by_node(plan_.nodes.size());
  const auto merge = [&](SourceSet& into, const SourceSet& from) {
    for (std::size_t i = 0; i < from.size(); ++i) into[i] |= from[i];
  };
  for (const NodeId id : plan_.live) {
    SourceSet& sources = by_node[index_of(id)] = no_sources();
    add_own_sources(schema, plan_.node(id), sources);
    for_each_operand(
        plan_.node(id).op, [&](NodeId operand) { merge(sources, by_node[index_of(operand)]); },
        [&](Bit operand) { merge(sources, by_node[index_of(operand.node())]); });
  }
  for (const PlanRoot& root : plan_.roots) {
    SourceSet& sources = sources_.emplace_back(no_sources());
    add_rows(sources, 0);
    add_frame(sources, root.frame);
    merge(sources, by_node[index_of(root.members.node())]);
    merge(sources, by_node[index_of(root.known.node())]);
    if (root.value != kNoNode) merge(sources, by_node[index_of(root.value)]);
  }
}

namespace {

bool meet(const SourceSet& a, const SourceSet& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if ((a[i] & b[i]) != 0) return true;
  }
  return false;
}

}  // namespace

bool AccountProgram::reads_clock() const {
  SourceSet clock = no_sources();
  add_clock(clock);
  return std::ranges::any_of(sources_, [&](const SourceSet& sources) { return meet(sources, clock); });
}

ProgramPart AccountProgram::part(const SourceSet& sources) const {
  std::vector<std::uint32_t> roots;
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    if (meet(sources_[i], sources)) roots.push_back(i);
  }
  return part_of(std::move(roots));
}

void AccountProgram::use_frame(std::vector<bool>& used, FrameId frame) const {
  for (FrameId at = frame; at != kNoFrame; at = plan_.frames[index_of(at)].outer) used[index_of(at)] = true;
}

ProgramPart AccountProgram::part_of(std::vector<std::uint32_t> roots) const {
  std::vector<bool> needed(plan_.nodes.size()), used(plan_.frames.size());
  const auto need_value = [&](NodeId id) { needed[index_of(id)] = true; };
  const auto need_bit = [&](Bit bit) { needed[index_of(bit.node())] = true; };
  for (const std::uint32_t index : roots) {
    const PlanRoot& root = plan_.roots[index];
    need_bit(root.members), need_bit(root.known);
    if (root.value != kNoNode) need_value(root.value);
    use_frame(used, root.frame);
  }
  for (std::size_t i = plan_.live.size(); i-- > 0;) {
    const NodeId id = plan_.live[i];
    if (!needed[index_of(id)]) continue;
    const PlanNode& node = plan_.node(id);
    for_each_operand(node.op, need_value, need_bit);
    use_frame(used, node.frame);
    std::visit(
        [&](const auto& op) {
          if constexpr (requires { op.rows; }) use_frame(used, op.rows);
        },
        node.op);
  }
  ProgramPart part{.instructions = {}, .chains = {}, .frames = {}, .roots = std::move(roots)};
  for (const Instruction& instruction : instructions_) {
    if (needed[index_of(instruction.node)]) append(part, instruction);
  }
  for (std::uint32_t frame = 1; frame < used.size(); ++frame) {
    if (used[frame]) part.frames.push_back(frame);
  }
  return part;
}

// ── columns ──

void add_kept_columns(const Plan& plan, const Schema& schema, KeptColumns& kept) {
  const auto keep = [&](std::uint32_t table, std::uint32_t column) {
    if (column < kept.columns[table].size()) kept.columns[table][column] = true;
  };
  for (const NodeId id : plan.live) {
    const PlanNode& node = plan.node(id);
    const std::uint32_t table = node.frame == kNoFrame ? 0 : plan.frames[index_of(node.frame)].table;
    std::visit(
        [&](const auto& op) {
          using T = std::decay_t<decltype(op)>;
          if constexpr (requires { op.references; }) {
            std::uint32_t from = table;
            for (std::size_t i = 0; i < op.references.size(); ++i) {
              keep(from, schema.tables[from].references[op.references[i]].by);
              kept.references[from][op.references[i]] = true;
              from = op.tables[i];
            }
            keep(from, op.column);
          } else if constexpr (std::is_same_v<T, ColumnValue> || std::is_same_v<T, ColumnBit> || std::is_same_v<T, ColumnKnown>) {
            keep(table, op.column);
          }
        },
        node.op);
  }
}

}  // namespace segue
