// From a plan to a program: layout, the steps that have kernels, the functions that are emitted, in the order of the units.
#include "compiler/codegen/compile.h"

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/codegen/api.h"
#include "compiler/codegen/host_cpu.h"
#include "compiler/codegen/machine_code.h"
#include "compiler/codegen/steps.h"

namespace segue {

namespace {

bool is_emitted(const Unit& unit) {
  return unit.kind != NodeClass::kFree && unit.kind != NodeClass::kStep && unit.kind != NodeClass::kGroups;
}

// Batches are as large as keeps a batch's bits of the account's frame in about half of a small second-level cache.
std::size_t suitable_batch_rows(const FrameLayout& account) {
  constexpr std::size_t kCacheBytes = 256 * 1024, kMostRows = 16384;
  const std::size_t bytes_per_block =
      kBlockRows * (account.value_slots * 8 + account.inputs.size() * 4) + account.bit_slots * kBlockRows / 8 + 1;
  return std::clamp(kCacheBytes / bytes_per_block * kBlockRows, 4 * kBlockRows, kMostRows);
}

RootKind kind_of(AnswerKind answer) {
  switch (answer) {
    case AnswerKind::kMembers: return RootKind::kMembers;
    case AnswerKind::kScores: return RootKind::kScores;
    case AnswerKind::kCodes: return RootKind::kCodes;
    case AnswerKind::kValues: return RootKind::kValues;
    case AnswerKind::kNothing: return RootKind::kNothing;
  }
  return RootKind::kNothing;
}

void add_flushes(std::vector<Step>& steps, const ProgramLayout& layout, const Unit& unit) {
  const Plan& plan = layout.plan();
  for (const Finish& flush : unit.flushes)
    steps.push_back(FlushStep{flush.root, layout.ref(flush.bit), index_of(plan.roots[flush.root].frame), flush.is_undetermined});
  for (const std::uint32_t index : unit.values) {
    const PlanRoot& root = plan.roots[index];
    steps.push_back(FlushValueStep{index, layout.ref(root.value), layout.ref(root.known), index_of(root.frame)});
  }
}

std::vector<std::uint32_t> indices_of(const std::vector<NodeId>& nodes) {
  std::vector<std::uint32_t> result;
  for (const NodeId node : nodes) result.push_back(index_of(node));
  return result;
}

// What the program takes for granted of the columns that it reads.
void add_shape(Program& program, const ProgramLayout& layout) {
  const Plan& plan = layout.plan();
  std::set<std::pair<std::uint32_t, std::uint32_t>> columns;
  const auto add = [&](std::uint32_t table, std::uint32_t index) {
    if (!columns.emplace(table, index).second) return;
    const Column& column = column_of(layout.database(), program.added, table, index);
    program.shape.push_back({table, index, column.storage, !column.valid.empty(), column.dictionary, nullptr});
  };
  // Where a frame of the table reads ranks, tests are made for these cuts.
  const auto reads_ranks = [&](const ColumnShape& shape) {
    return std::ranges::any_of(layout.frames, [&](const FrameLayout& frame) {
      return frame.table == shape.table && std::ranges::any_of(frame.inputs, [&](const ColumnInput& input) {
               return input.column == shape.column && input.part == ColumnPart::kRanks;
             });
    });
  };
  for (const NodeId id : plan.live) {
    const PlanNode& node = plan.node(id);
    const auto read = [&](std::uint32_t column) { add(plan.frames[index_of(node.frame)].table, column); };
    if (const auto* value = std::get_if<ColumnValue>(&node.op)) read(value->column);
    if (const auto* bit = std::get_if<ColumnBit>(&node.op)) read(bit->column);
    if (const auto* known = std::get_if<ColumnKnown>(&node.op)) read(known->column);
    const bool refers = std::visit([](const auto& op) { return requires { op.references; }; }, node.op);
    if (refers || node.type.kind == Kind::kList) program.bound_to = &layout.database();
    if (node.domain == kNoDomain) continue;
    for (const DomainPart& part : plan.domains[node.domain]) {
      if (!part.literal) add(part.table, part.column);
    }
  }
  for (ColumnShape& shape : program.shape) {
    if (reads_ranks(shape)) shape.ranks = column_of(layout.database(), program.added, shape.table, shape.column).ranks;
  }
}

// The node of a step, and those that a look-up answers with it. What is flushed between them would be overwritten: then they stand alone.
std::vector<NodeId> lookups_from(const ProgramLayout& layout, const StepMaker& maker, std::size_t first) {
  const std::vector<Unit>& units = layout.units();
  std::vector<NodeId> nodes;
  for (std::size_t i = first; i < units.size() && units[i].kind == NodeClass::kStep; ++i) {
    if (i > first && !(layout.is_lookup(units[i].nodes.front()) && units[i].frame == units[first].frame)) break;
    nodes.push_back(units[i].nodes.front());
    if (!layout.is_lookup(nodes.front()) || !units[i].flushes.empty() || !units[i].values.empty()) break;
  }
  if (nodes.size() > 1) nodes.resize(maker.lookups_together(nodes));
  return nodes;
}

// Puts a function's part of the pool, its counters and its outputs behind those of the others.
CompiledStep add_function(Program& program, std::uint32_t frame, const UnitCode& unit, CompiledFn function) {
  const auto size_of = [](const auto& all) { return static_cast<std::uint32_t>(all.size()); };
  const CompiledStep step{
      frame, function, unit.recipe.is_over_bits, size_of(program.pool), size_of(program.counters), size_of(program.outputs)};
  program.pool.insert(program.pool.end(), unit.pool.begin(), unit.pool.end());
  for (const Finish& counted : unit.counted) program.counters.push_back({counted.root, counted.is_undetermined});
  program.outputs.insert(program.outputs.end(), unit.kept.begin(), unit.kept.end());
  return step;
}

NarrowStep narrow_step(const ProgramLayout& layout, const FrameGuard& guard) {
  NarrowStep step;
  for (const FrameId frame : guard.frames) step.frames.push_back(index_of(frame));
  for (const std::vector<Bit>& term : guard.terms) {
    std::vector<BitRef>& bits = step.terms.emplace_back();
    for (const Bit bit : term) bits.push_back(layout.ref(bit));
  }
  return step;
}

std::shared_ptr<CodeCache> make_code_cache(const std::optional<std::filesystem::path>& folder) {
  if (!folder) return std::make_shared<CodeCache>(default_cache_folder());
  return std::make_shared<CodeCache>(folder->empty() ? std::nullopt : folder);
}

}  // namespace

std::expected<Program, std::string> compile(const Plan& plan, const Database& database, const Clock& clock, const CodegenOptions& options) {
  const BoundConstants constants = bind_constants(plan, clock);
  ProgramLayout layout(plan, database, options.added, constants);
  std::vector<UnitCode> recipes;
  for (const Unit& unit : layout.units()) {
    if (is_emitted(unit)) recipes.push_back(make_recipe(layout, constants, clock, unit, options.keep_members));
  }
  const auto code = machine_code(recipes, options);
  if (!code) return std::unexpected(code.error());
  Program program;
  StepMaker maker(layout, clock, vector_words_of(options.cpu));
  std::size_t next = 0;
  for (std::size_t i = 0; i < layout.units().size(); ++i) {
    const std::size_t first = i;
    std::vector<NodeId> nodes = layout.units()[i].nodes;
    for (const std::uint32_t guard : layout.units()[i].narrows) program.steps.push_back(narrow_step(layout, layout.guards()[guard]));
    program.step_nodes.resize(program.steps.size());
    if (layout.units()[i].kind == NodeClass::kStep) {
      nodes = lookups_from(layout, maker, i);
      program.steps.push_back(layout.is_lookup(nodes.front()) ? maker.make_lookups(nodes) : maker.make(nodes.front()));
      i += nodes.size() - 1;
    }
    if (layout.units()[i].kind == NodeClass::kGroups) program.steps.push_back(maker.make_groups(nodes));
    if (is_emitted(layout.units()[i])) {
      program.steps.push_back(add_function(program, layout.units()[i].frame, recipes[next], code->functions[next]));
      ++next;
    }
    if (program.steps.size() > program.step_nodes.size()) program.step_nodes.push_back(indices_of(nodes));
    for (std::size_t unit = first; unit <= i; ++unit) add_flushes(program.steps, layout, layout.units()[unit]);
    program.step_nodes.resize(program.steps.size());
  }
  for (const PlanRoot& root : plan.roots) program.roots.push_back({kind_of(root.answer), plan.frames[index_of(root.frame)].table});
  program.added = options.added;
  program.keeps_members = options.keep_members;
  add_shape(program, layout);
  program.frames = layout.frames;
  program.spans = layout.spans;
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) program.node_slots.push_back(layout.bit_slot(NodeId{i}));
  program.constants = constants.blocks;
  program.code = code->owner;
  program.batch_rows = options.batch_rows == 0 ? suitable_batch_rows(layout.frames.front())
                                               : (options.batch_rows + kBlockRows - 1) / kBlockRows * kBlockRows;
  return program;
}

}  // namespace segue

const segue::CodegenApi& segue_codegen_api() {
  static constexpr segue::CodegenApi kApi{.compile = &segue::compile,
                                          .is_supported = &segue::is_supported,
                                          .make_schemes = &segue::make_schemes,
                                          .evaluate_native = &segue::evaluate_native,
                                          .evaluate_chunks = &segue::evaluate_chunks,
                                          .make_code_cache = &segue::make_code_cache,
                                          .code_report = [](const segue::CodeCache& cache) { return cache.report(); }};
  return kApi;
}
