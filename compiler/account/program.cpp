// From nodes to instructions; what each root depends on.
#include "compiler/account/program.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "compiler/account/chains.h"

namespace segue {

namespace {

constexpr std::size_t kLeastBatch = 8;   // chains for which a batch is worth while
constexpr std::size_t kLeastRanges = 3;  // of one value
constexpr std::uint32_t kCopyWords = kChainHead + 1;

const std::vector<Bit>* chain_operands(const Op& op) {
  if (const auto* all = std::get_if<AllOf>(&op)) return &all->operands;
  if (const auto* any = std::get_if<AnyOf>(&op)) return &any->operands;
  return nullptr;
}

}  // namespace

ChainWay best_chain_way() { return has_batches() ? ChainWay::kBatches : ChainWay::kOneByOne; }

AccountProgram::AccountProgram(Plan plan, const Schema& schema, const std::vector<std::uint32_t>& added, ChainWay way)
    : plan_(std::move(plan)),
      way_(plan_.live.size() * 2 < std::size_t{kMostWindows} * kWindowPlaces ? way : ChainWay::kOneByOne),
      places_(plan_.nodes.size()),
      known_slots_(plan_.nodes.size(), kNoPlaceHere),
      bit_slots_(plan_.frames.size()),
      value_slots_(plan_.frames.size()),
      inlined_(plan_.nodes.size()),
      member_chains_(plan_.nodes.size()) {
  for (PlanRoot& root : plan_.roots) root.undetermined = kFalse;
  number_sources(schema, added);
  find_inlined();
  if (way_ == ChainWay::kBatches) find_member_chains(), find_range_groups();
  give_places();
  make_instructions();
  find_sources(schema);
  std::vector<std::uint32_t> all(plan_.roots.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  whole_ = part_of(std::move(all));
}

// ── what goes together ──

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

void AccountProgram::find_member_chains() {
  std::vector<std::uint32_t> uses(plan_.nodes.size());
  for (std::uint32_t root = 0; root < plan_.roots.size(); ++root) {
    if (is_account_member(root)) ++uses[index_of(plan_.roots[root].members.node())];
  }
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    member_chains_[index_of(id)] =
        node.frame == kAccountFrame && chain_operands(node.op) != nullptr && node.uses > 0 && node.uses == uses[index_of(id)];
  }
}

// Ranges of one value are tested eight at a time.
void AccountProgram::find_range_groups() {
  std::map<std::pair<NodeId, Bit>, std::vector<NodeId>> by_value;
  for (const NodeId id : plan_.live) {
    const auto* test = std::get_if<InRanges>(&plan_.node(id).op);
    if (test != nullptr && plan_.node(id).frame == kAccountFrame && test->ranges.size() == 1 && !test->ranges[0].is_empty())
      by_value[{test->value, test->known}].push_back(id);
  }
  for (auto& [value, nodes] : by_value) {
    if (nodes.size() < kLeastRanges) continue;
    for (const NodeId id : nodes) range_leaders_.emplace(index_of(id), nodes.front());
    range_groups_.emplace(index_of(nodes.front()), std::move(nodes));
  }
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
    if (id == kFalse.node() || inlined_[index_of(id)] || member_chains_[index_of(id)]) continue;
    if (known != nullptr) {  // comes with the value
      const PlanNode& value = plan_.node(known->value);
      std::uint32_t& slot = known_slots_[index_of(known->value)];
      if (slot == kNoPlaceHere) slot = bit_slots_[frame_of(value)]++;
      places_[index_of(id)] = {value.frame == kNoFrame, slot};
      continue;
    }
    if (const auto leader = range_leaders_.find(index_of(id)); leader != range_leaders_.end()) {
      if (leader->second == id) give_range_slots(id);
      continue;
    }
    std::uint32_t& slots = is_value(node.op) ? value_slots_[frame_of(node)] : bit_slots_[frame_of(node)];
    places_[index_of(id)] = {node.frame == kNoFrame, slots++};
  }
}

// One after the other, with room for the last eight.
void AccountProgram::give_range_slots(NodeId leader) {
  for (const NodeId id : range_groups_.at(index_of(leader))) places_[index_of(id)] = {false, bit_slots_[0]++};
  while ((bit_slots_[0] - place(leader).slot) % 8 != 0) ++bit_slots_[0];
}

// ── instructions ──

void AccountProgram::make_instructions() {
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    if (id == kFalse.node() || std::holds_alternative<KnownOf>(node.op) || inlined_[index_of(id)]) continue;
    if (const auto leader = range_leaders_.find(index_of(id)); leader != range_leaders_.end() && leader->second != id) continue;
    if (const auto* near = std::get_if<NearTest>(&node.op))
      circles_.emplace(index_of(id), make_near_circle(near->center_latitude, near->center_longitude, near->kilometres));
    const Instruction made = instruction_of(id);
    if (node.frame == kNoFrame) append(constants_, made);
    else if (member_chains_[index_of(id)]) member_chain_of_.emplace(index_of(id), made);
    else instructions_.push_back(made);
  }
  order_instructions();
  for (std::uint32_t root = 0; root < plan_.roots.size(); ++root) {
    const Bit members = plan_.roots[root].members;
    const bool has_place = is_account_member(root) && !member_chains_[index_of(members.node())];
    member_places_.push_back(has_place ? bit_place(members) : 0);
    copies_.insert(copies_.end(), {0, 0, 1, 0, member_places_.back()});
  }
  member_places_.resize((member_places_.size() + 63) / 64 * 64);
}

// Chains that do not read each other come to stand together: first what reads no chain, then the chains of those, what reads these, and so on.
void AccountProgram::order_instructions() {
  std::vector<std::uint32_t> ranks(plan_.nodes.size());  // odd of chains
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    std::uint32_t rank = 0;
    const auto look = [&](NodeId operand) { rank = std::max(rank, ranks[index_of(operand)]); };
    for_each_operand(node.op, look, [&](Bit operand) { look(operand.node()); });
    const bool is_chain = node.frame == kAccountFrame && chain_operands(node.op) != nullptr;
    ranks[index_of(id)] = is_chain && !inlined_[index_of(id)] ? (rank + 1) / 2 * 2 + 1 : (rank + 1) / 2 * 2;
  }
  const auto rank_of = [&](const Instruction& each) { return ranks[index_of(each.node)]; };
  std::ranges::stable_sort(instructions_, {}, rank_of);
  for (const Instruction& each : instructions_) ranks_.push_back(rank_of(each));
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
    if (range_groups_.contains(index_of(id))) make_ranges(made);
  }
  return made;
}

void AccountProgram::make_ranges(Instruction& made) {
  made.code = InstructionCode::kRanges, made.low = range_lows_.size();
  for (const NodeId id : range_groups_.at(index_of(made.node))) {
    const IntRange& range = std::get<InRanges>(plan_.node(id).op).ranges[0];
    range_lows_.push_back(static_cast<std::uint64_t>(range.low));
    range_widths_.push_back(static_cast<std::uint64_t>(range.high) - static_cast<std::uint64_t>(range.low));
  }
  range_lows_.resize((range_lows_.size() + 7) / 8 * 8), range_widths_.resize(range_lows_.size());
  made.width = range_lows_.size() - made.low;
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

// Chains of one rank: in batches where they are enough.
void AccountProgram::append_chains(ProgramPart& part, std::span<const Instruction> chains) const {
  if (way_ == ChainWay::kOneByOne || chains.size() < kLeastBatch) {
    for (const Instruction& chain : chains) append(part, chain);
    return;
  }
  Instruction made{.code = InstructionCode::kBatches, .first = static_cast<std::uint32_t>(part.batches.batches.size())};
  std::vector<BatchLane> lanes;
  for (std::size_t i = 0; i < chains.size(); ++i) {
    lanes.push_back({words_of(chains[i])});
    if (lanes.size() < kBatchLanes && i + 1 < chains.size()) continue;
    add_slot_batch(part.batches, lanes);
    lanes.clear();
  }
  made.count = static_cast<std::uint32_t>(part.batches.batches.size()) - made.first;
  part.instructions.push_back(made);
}

// Word by word of the members, a lane for each root of the part.
void AccountProgram::append_members(ProgramPart& part) const {
  for (const std::uint32_t root : part.roots) {
    if (!is_account_member(root)) {
      part.others.push_back(root);
      continue;
    }
    if (part.members.empty() || part.members.back().word != root / 64) part.members.push_back({root / 64, 0});
    part.members.back().mask |= std::uint64_t{1} << (root % 64);
  }
  if (way_ == ChainWay::kOneByOne || part.members.empty()) return;
  Instruction made{.code = InstructionCode::kBatches, .first = static_cast<std::uint32_t>(part.batches.batches.size())};
  for (const MemberWord& member : part.members) {
    std::vector<BatchLane> lanes(kBatchLanes);
    for (std::uint32_t lane = 0; lane < kBatchLanes; ++lane) {
      if (((member.mask >> lane) & 1) == 0) continue;
      const std::uint32_t root = member.word * 64 + lane;
      const Bit bit = plan_.roots[root].members;
      const auto chain = member_chain_of_.find(index_of(bit.node()));
      lanes[lane] = chain == member_chain_of_.end() ? BatchLane{std::span(copies_).subspan(root * kCopyWords, kCopyWords)}
                                                    : BatchLane{words_of(chain->second), bit.is_negated()};
    }
    add_member_batch(part.batches, lanes, member.word);
  }
  made.count = static_cast<std::uint32_t>(part.batches.batches.size()) - made.first;
  part.instructions.push_back(made);
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
  find_totals(by_node);
}

bool AccountProgram::touch(const SourceSet& sources, std::uint32_t table) const {
  const std::uint32_t end = table + 1 < bases_.size() ? bases_[table + 1] : clock_source_;
  for (std::uint32_t source = bases_[table]; source < end; ++source) {
    if (((sources[source / 64] >> (source % 64)) & 1) != 0) return true;
  }
  return false;
}

// Whether a node of rows right under the account says of a row what no other row of its table can change.
bool AccountProgram::is_of_one_row(const PlanNode& node, const std::vector<bool>& is_local, const std::vector<SourceSet>& by_node) const {
  if (node.frame == kNoFrame) return true;
  if (node.frame == kAccountFrame || plan_.frames[index_of(node.frame)].outer != kAccountFrame) return false;
  const std::uint32_t table = plan_.frames[index_of(node.frame)].table;
  return std::visit(
      [&](const auto& op) {
        using T = std::decay_t<decltype(op)>;
        bool is = true;
        if constexpr (std::is_same_v<T, BroadcastBit>) {
          is = !touch(by_node[index_of(op.operand.node())], table);
        } else if constexpr (std::is_same_v<T, BroadcastValue>) {
          is = !touch(by_node[index_of(op.operand)], table);
        } else if constexpr (requires { op.rows; }) {
          is = false;
        } else {
          if constexpr (requires { op.references; }) is = std::ranges::find(op.tables, table) == op.tables.end();
          for_each_operand(
              node.op, [&](NodeId operand) { is = is && is_local[index_of(operand)]; },
              [&](Bit operand) { is = is && is_local[index_of(operand.node())]; });
        }
        return is;
      },
      node.op);
}

bool AccountProgram::is_total(const PlanNode& node, const std::vector<bool>& is_local) const {
  if (node.frame != kAccountFrame) return false;
  const auto holds = [&](FrameId rows, Bit filter) {
    return plan_.frames[index_of(rows)].outer == kAccountFrame && is_local[index_of(filter.node())];
  };
  if (const auto* any = std::get_if<AnyRow>(&node.op)) return holds(any->rows, any->filter);
  if (const auto* count = std::get_if<CountRows>(&node.op)) return holds(count->rows, count->filter);
  const auto* reduce = std::get_if<ReduceRows>(&node.op);
  return reduce != nullptr && (reduce->fn == ReduceFn::kSum || reduce->fn == ReduceFn::kAverage) &&
         plan_.node(reduce->value).type.kind != Kind::kFloat && is_local[index_of(reduce->value)] && holds(reduce->rows, reduce->filter);
}

void AccountProgram::find_totals(const std::vector<SourceSet>& by_node) {
  constexpr std::size_t kSumWords = 5;
  total_places_.assign(plan_.nodes.size(), kNoPlaceHere);
  std::vector<bool> is_local(plan_.nodes.size());
  is_local[index_of(kFalse.node())] = true;
  for (const NodeId id : plan_.live) {
    const PlanNode& node = plan_.node(id);
    is_local[index_of(id)] = is_of_one_row(node, is_local, by_node);
    if (!is_total(node, is_local)) continue;
    total_places_[index_of(id)] = static_cast<std::uint32_t>(total_words_);
    const std::uint32_t table = plan_.frames[index_of(rows_read(node.op))].table;
    totals_.push_back({id, table, total_places_[index_of(id)], by_node[index_of(id)]});
    total_words_ += std::holds_alternative<ReduceRows>(node.op) ? kSumWords : 1;
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

ProgramPart AccountProgram::total_part() const { return part_of({}, totals_); }

bool AccountProgram::takes_difference(const ProgramPart& part, const SourceSet& sources, std::uint32_t table) const {
  SourceSet accounts = no_sources();
  add_rows(accounts, kAccountTable);
  if (part.reads_rows || part.totals.empty() || meet(sources, accounts)) return false;
  return std::ranges::none_of(part.totals,
                              [&](std::uint32_t total) { return totals_[total].table != table && meet(totals_[total].sources, sources); });
}

void AccountProgram::use_frame(std::vector<bool>& used, FrameId frame) const {
  for (FrameId at = frame; at != kNoFrame; at = plan_.frames[index_of(at)].outer) used[index_of(at)] = true;
}

ProgramPart AccountProgram::part_of(std::vector<std::uint32_t> roots, const std::vector<RowTotal>& totals) const {
  std::vector<bool> needed(plan_.nodes.size()), used(plan_.frames.size());
  const auto need_value = [&](NodeId id) {
    needed[index_of(id)] = true;
    if (const auto leader = range_leaders_.find(index_of(id)); leader != range_leaders_.end()) needed[index_of(leader->second)] = true;
  };
  const auto need_bit = [&](Bit bit) { need_value(bit.node()); };
  for (const std::uint32_t index : roots) {
    const PlanRoot& root = plan_.roots[index];
    need_bit(root.members), need_bit(root.known);
    if (root.value != kNoNode) need_value(root.value);
    use_frame(used, root.frame);
  }
  for (const RowTotal& total : totals) need_value(total.node);
  ProgramPart part;
  for (std::size_t i = plan_.live.size(); i-- > 0;) {
    const NodeId id = plan_.live[i];
    if (!needed[index_of(id)]) continue;
    const PlanNode& node = plan_.node(id);
    for_each_operand(node.op, need_value, need_bit);
    use_frame(used, node.frame);
    std::visit(
        [&](const auto& op) {
          if constexpr (requires { op.rows; }) use_frame(used, op.rows), part.reads_rows |= total_place(id) == kNoPlaceHere;
        },
        node.op);
  }
  for (std::uint32_t i = 0; i < totals_.size(); ++i) {
    if (needed[index_of(totals_[i].node)]) part.totals.push_back(i);
  }
  for (const std::uint32_t root : roots) part.reads_rows |= plan_.roots[root].frame != kAccountFrame;
  part.roots = std::move(roots);
  std::vector<Instruction> chains;
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    if (!chains.empty() && ranks_[i] != ranks_[i - 1]) append_chains(part, std::exchange(chains, {}));
    if (!needed[index_of(instructions_[i].node)]) continue;
    if (instructions_[i].code == InstructionCode::kChains) chains.push_back(instructions_[i]);
    else append(part, instructions_[i]);
  }
  append_chains(part, chains);
  append_members(part);
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
