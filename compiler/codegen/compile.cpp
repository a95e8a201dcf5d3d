// From a plan to a program: layout, the steps that have kernels, the functions that are emitted, in the order of the units.
#include "compiler/codegen/compile.h"

#include <algorithm>
#include <utility>

#include <llvm/IR/Module.h>

#include "compiler/codegen/api.h"
#include "compiler/codegen/emit.h"
#include "compiler/codegen/jit.h"
#include "compiler/codegen/steps.h"

namespace segue {

namespace {

constexpr std::size_t kFunctionsPerModule = 64;

bool is_emitted(const Unit& unit) { return unit.kind != NodeClass::kFree && unit.kind != NodeClass::kStep; }

std::string function_name(std::size_t unit) { return "unit_" + std::to_string(unit); }

// Emits all functions; gives them by unit, null where a unit has none.
std::expected<std::vector<CompiledFn>, std::string> compile_units(const ProgramLayout& layout, Emitter& emitter, Jit& jit) {
  const std::vector<Unit>& units = layout.units();
  std::unique_ptr<llvm::Module> module;
  std::size_t functions = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!is_emitted(units[i])) continue;
    if (module == nullptr) module = jit.new_module("segue_" + std::to_string(i));
    emitter.emit(*module, units[i], function_name(i));
    if (++functions % kFunctionsPerModule != 0) continue;
    if (auto added = jit.add(std::exchange(module, nullptr)); !added) return std::unexpected(added.error());
  }
  if (module != nullptr) {
    if (auto added = jit.add(std::move(module)); !added) return std::unexpected(added.error());
  }
  std::vector<CompiledFn> result(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!is_emitted(units[i])) continue;
    const auto address = jit.address(function_name(i));
    if (!address) return std::unexpected(address.error());
    result[i] = reinterpret_cast<CompiledFn>(*address);
  }
  return result;
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
  for (const std::uint32_t index : unit.roots) {
    const PlanRoot& root = layout.plan().roots[index];
    const std::uint32_t frame = index_of(root.frame);
    if (root.answer == AnswerKind::kNothing) continue;
    if (root.answer == AnswerKind::kMembers) {
      steps.push_back(FlushStep{index, layout.ref(root.members), layout.ref(root.undetermined), frame});
    } else {
      steps.push_back(FlushValueStep{index, layout.ref(root.value), layout.ref(root.known), layout.ref(root.undetermined), frame});
    }
  }
}

// Code for what needs none: no target is looked for, nothing of LLVM is started.
struct Code {
  std::vector<CompiledFn> functions;
  std::vector<std::int64_t> pool;
  std::shared_ptr<void> owner;
};

std::expected<Code, std::string> generate(const ProgramLayout& layout, const BoundConstants& constants, const Clock& clock,
                                          const CodegenOptions& options) {
  if (std::none_of(layout.units().begin(), layout.units().end(), is_emitted))
    return Code{std::vector<CompiledFn>(layout.units().size()), {}, nullptr};
  const auto target = find_target(options.cpu);
  if (!target) return std::unexpected(target.error());
  auto jit = Jit::create(*target);
  if (!jit) return std::unexpected(jit.error());
  Emitter emitter(layout, constants, clock, target->vector_words);
  auto functions = compile_units(layout, emitter, *jit);
  if (!functions) return std::unexpected(functions.error());
  return Code{std::move(*functions), emitter.pool(), jit->owner()};
}

}  // namespace

std::expected<Program, std::string> compile(const Plan& plan, const Database& database, const Clock& clock, const CodegenOptions& options) {
  const BoundConstants constants = bind_constants(plan, clock);
  ProgramLayout layout(plan, database, options.added, constants);
  const auto code = generate(layout, constants, clock, options);
  if (!code) return std::unexpected(code.error());
  Program program;
  StepMaker maker(layout, clock);
  for (std::size_t i = 0; i < layout.units().size(); ++i) {
    const Unit& unit = layout.units()[i];
    if (unit.kind == NodeClass::kStep) program.steps.push_back(maker.make(unit.nodes.front()));
    if (is_emitted(unit)) program.steps.push_back(CompiledStep{unit.frame, code->functions[i]});
    add_flushes(program.steps, layout, unit);
  }
  for (const PlanRoot& root : plan.roots) program.roots.push_back({kind_of(root.answer), plan.frames[index_of(root.frame)].table});
  program.added = options.added;
  program.frames = layout.frames;
  program.spans = layout.spans;
  program.constants = constants.blocks;
  program.pool = code->pool;
  program.code = code->owner;
  program.batch_rows = options.batch_rows == 0 ? suitable_batch_rows(layout.frames.front())
                                               : (options.batch_rows + kBlockRows - 1) / kBlockRows * kBlockRows;
  return program;
}

}  // namespace segue

const segue::CodegenApi& segue_codegen_api() {
  static constexpr segue::CodegenApi kApi{&segue::compile, &segue::is_supported, &segue::evaluate_native};
  return kApi;
}
