// Code generation is at level None: an optimiser costs ten times the time of code generation here and gains nothing (architecture.md). Objects are linked by JITLink,
// not in place but as an image that needs no further change wherever it is loaded: nothing outside is called, and all references are relative.
#include "compiler/machine/compile_recipes.h"

#include <cassert>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>

#include "compiler/machine/api.h"
#include "compiler/machine/emit.h"

namespace segue {

namespace {

void initialize_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

std::string text_of(llvm::Error error) { return "cannot generate code: " + llvm::toString(std::move(error)); }

const char* level_name(TargetCpu cpu) {
  switch (cpu) {
    case TargetCpu::kBaseline: return "x86-64-v2";
    case TargetCpu::kAvx2: return "x86-64-v3";
    case TargetCpu::kAvx512: return "x86-64-v4";
    case TargetCpu::kHost: break;
  }
  return "";
}

std::expected<std::unique_ptr<llvm::TargetMachine>, std::string> target_machine(TargetCpu cpu) {
  initialize_llvm();
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder) return std::unexpected(text_of(builder.takeError()));
  if (cpu != TargetCpu::kHost) {
    builder->setCPU(level_name(cpu));
    builder->getFeatures() = llvm::SubtargetFeatures();
  }
  builder->setCodeGenOptLevel(llvm::CodeGenOptLevel::None);
  builder->setRelocationModel(llvm::Reloc::PIC_);
  builder->setCodeModel(llvm::CodeModel::Small);
  auto machine = builder->createTargetMachine();
  if (!machine) return std::unexpected(text_of(machine.takeError()));
  return std::move(*machine);
}

std::string function_name(std::size_t recipe) { return "f" + std::to_string(recipe); }

// ── linking ──

namespace jitlink = llvm::jitlink;

// Where images pretend to lie while they are linked.
constexpr std::uint64_t kLinkAddress = 1 << 20;

// Lays all segments out one after another in a vector of bytes.
class ImageMemory : public jitlink::JITLinkMemoryManager {
 public:
  void allocate(const jitlink::JITLinkDylib*, jitlink::LinkGraph& graph, OnAllocatedFunction on_allocated) override {
    jitlink::BasicLayout layout(graph);
    std::uint64_t size = 0;
    for (auto& [group, segment] : layout.segments()) {
      size = llvm::alignTo(size, segment.Alignment);
      segment.Addr = llvm::orc::ExecutorAddr(kLinkAddress + size);
      size += segment.ContentSize + segment.ZeroFillSize;
    }
    bytes.assign(size, std::byte{0});
    for (auto& [group, segment] : layout.segments())
      segment.WorkingMem = reinterpret_cast<char*>(bytes.data()) + (segment.Addr.getValue() - kLinkAddress);
    if (llvm::Error error = layout.apply()) return on_allocated(std::move(error));
    on_allocated(std::make_unique<InFlight>());
  }

  void deallocate(std::vector<FinalizedAlloc> allocations, OnDeallocatedFunction on_deallocated) override {
    for (FinalizedAlloc& allocation : allocations) allocation.release();
    on_deallocated(llvm::Error::success());
  }

  std::vector<std::byte> bytes;

 private:
  struct InFlight : InFlightAlloc {
    void abandon(OnAbandonedFunction on_abandoned) override { on_abandoned(llvm::Error::success()); }
    void finalize(OnFinalizedFunction on_finalized) override { on_finalized(FinalizedAlloc(llvm::orc::ExecutorAddr(kLinkAddress))); }
  };
};

llvm::Error error_of(const llvm::Twine& message) { return llvm::createStringError(llvm::inconvertibleErrorCode(), message); }

// What came of linking an image.
struct Linked {
  ImageMemory memory;
  std::map<std::string, std::uint64_t> places;  // by name of a function
  std::string error;
};

class ImageLink : public jitlink::JITLinkContext {
 public:
  explicit ImageLink(Linked& linked) : JITLinkContext(nullptr), linked_(linked) {}

  jitlink::JITLinkMemoryManager& getMemoryManager() override { return linked_.memory; }
  void notifyFailed(llvm::Error error) override { linked_.error = text_of(std::move(error)); }
  void lookup(const LookupMap& symbols, std::unique_ptr<jitlink::JITLinkAsyncLookupContinuation> continuation) override {
    if (symbols.empty()) return continuation->run(jitlink::AsyncLookupResult());
    continuation->run(error_of("the code calls `" + symbols.begin()->first + "`"));
  }
  llvm::Error modifyPassConfig(jitlink::LinkGraph&, jitlink::PassConfiguration& config) override {
    config.PreFixupPasses.emplace_back(refuse_addresses);
    return llvm::Error::success();
  }
  llvm::Error notifyResolved(jitlink::LinkGraph& graph) override {
    for (const jitlink::Symbol* symbol : graph.defined_symbols()) {
      if (symbol->hasName()) linked_.places[symbol->getName().str()] = symbol->getAddress().getValue() - kLinkAddress;
    }
    return llvm::Error::success();
  }
  void notifyFinalized(jitlink::JITLinkMemoryManager::FinalizedAlloc allocation) override { allocation.release(); }

 private:
  // An address in the image would be right at one place only.
  static llvm::Error refuse_addresses(jitlink::LinkGraph& graph) {
    for (jitlink::Block* block : graph.blocks()) {
      for (const jitlink::Edge& edge : block->edges()) {
        if (edge.isRelocation() && llvm::StringRef(graph.getEdgeKindName(edge.getKind())).starts_with("Pointer"))
          return error_of("the code holds an address");
      }
    }
    return llvm::Error::success();
  }

  Linked& linked_;
};

std::expected<CodeBytes, std::string> link(llvm::MemoryBufferRef object, std::size_t functions) {
  auto graph = jitlink::createLinkGraphFromObject(object);
  if (!graph) return std::unexpected(text_of(graph.takeError()));
  Linked linked;
  jitlink::link(std::move(*graph), std::make_unique<ImageLink>(linked));
  if (!linked.error.empty()) return std::unexpected(linked.error);
  CodeBytes result{{}, std::move(linked.memory.bytes)};
  for (std::size_t i = 0; i < functions; ++i) {
    const auto place = linked.places.find(function_name(i));
    assert(place != linked.places.end());
    result.functions.push_back(place->second);
  }
  return result;
}

}  // namespace

std::expected<CodeBytes, std::string> compile_recipes(const std::vector<const Recipe*>& recipes, TargetCpu cpu, unsigned vector_words) {
  const auto machine = target_machine(cpu);
  if (!machine) return std::unexpected(machine.error());
  llvm::LLVMContext context;
  llvm::Module module("segue", context);
  module.setDataLayout((*machine)->createDataLayout());
  module.setTargetTriple((*machine)->getTargetTriple().str());
  for (std::size_t i = 0; i < recipes.size(); ++i) emit_recipe(module, *recipes[i], vector_words, function_name(i));
  for (llvm::Function& function : module) function.setDoesNotThrow();  // no tables for unwinding
  auto object = llvm::orc::SimpleCompiler(**machine)(module);
  if (!object) return std::unexpected(text_of(object.takeError()));
  return link((*object)->getMemBufferRef(), recipes.size());
}

}  // namespace segue

const segue::MachineApi& segue_machine_api() {
  static constexpr segue::MachineApi kApi{.compile_recipes = &segue::compile_recipes};
  return kApi;
}
