// ORC, at code generation level None: an optimiser costs ten times the time of code generation here and gains nothing (architecture.md).
#include "compiler/codegen/jit.h"

#include <mutex>

#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

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

bool host_has(const char* feature) { return llvm::sys::getHostCPUFeatures().lookup(feature); }

bool host_has_avx512() {
  return host_has("avx512f") && host_has("avx512bw") && host_has("avx512dq") && host_has("avx512vl") && host_has("avx512cd");
}
bool host_has_avx2() {
  return host_has("avx2") && host_has("bmi") && host_has("bmi2") && host_has("fma") && host_has("lzcnt") && host_has("movbe");
}

const char* level_name(TargetCpu cpu) {
  switch (cpu) {
    case TargetCpu::kBaseline: return "x86-64-v2";
    case TargetCpu::kAvx2: return "x86-64-v3";
    case TargetCpu::kAvx512: return "x86-64-v4";
    case TargetCpu::kHost: break;
  }
  return "";
}

unsigned vector_words_of(TargetCpu cpu) {
  const bool is_host = cpu == TargetCpu::kHost;
  if (cpu == TargetCpu::kAvx512 || (is_host && host_has_avx512())) return 8;
  if (cpu == TargetCpu::kAvx2 || (is_host && host_has_avx2())) return 4;
  return 2;
}

}  // namespace

bool is_supported(TargetCpu cpu) {
  switch (cpu) {
    case TargetCpu::kHost: return true;
    case TargetCpu::kBaseline: return host_has("sse4.2") && host_has("popcnt");
    case TargetCpu::kAvx2: return host_has_avx2();
    case TargetCpu::kAvx512: return host_has_avx512();
  }
  return false;
}

std::expected<JitTarget, std::string> find_target(TargetCpu cpu) {
  initialize_llvm();
  auto machine = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!machine) return std::unexpected(text_of(machine.takeError()));
  if (cpu != TargetCpu::kHost) {
    machine->setCPU(level_name(cpu));
    machine->getFeatures() = llvm::SubtargetFeatures();
  }
  machine->setCodeGenOptLevel(llvm::CodeGenOptLevel::None);
  return JitTarget{std::move(*machine), vector_words_of(cpu)};
}

std::expected<Jit, std::string> Jit::create(const JitTarget& target) {
  auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(target.machine).create();
  if (!jit) return std::unexpected(text_of(jit.takeError()));
  return Jit(std::shared_ptr<llvm::orc::LLJIT>(std::move(*jit)), llvm::orc::ThreadSafeContext(std::make_unique<llvm::LLVMContext>()));
}

std::unique_ptr<llvm::Module> Jit::new_module(const std::string& name) {
  auto module = std::make_unique<llvm::Module>(name, *context_.getContext());
  module->setDataLayout(jit_->getDataLayout());
  module->setTargetTriple(jit_->getTargetTriple().str());
  return module;
}

std::expected<void, std::string> Jit::add(std::unique_ptr<llvm::Module> module) {
  if (llvm::Error error = jit_->addIRModule(llvm::orc::ThreadSafeModule(std::move(module), context_)))
    return std::unexpected(text_of(std::move(error)));
  return {};
}

std::expected<void*, std::string> Jit::address(const std::string& function) {
  auto symbol = jit_->lookup(function);
  if (!symbol) return std::unexpected(text_of(symbol.takeError()));
  return symbol->toPtr<void*>();
}

}  // namespace segue
