// This file's interface, private to the folder, is Jit: modules of LLVM IR to machine code in this process.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <llvm/ExecutionEngine/Orc/LLJIT.h>

#include "compiler/codegen/compile.h"

namespace segue {

// A target and what codegen wants to know of it.
struct JitTarget {
  llvm::orc::JITTargetMachineBuilder machine;
  unsigned vector_words = 2;  // 64-bit words in its widest register
};
[[nodiscard]] std::expected<JitTarget, std::string> find_target(TargetCpu cpu);

class Jit {
 public:
  [[nodiscard]] static std::expected<Jit, std::string> create(const JitTarget& target);

  // An empty module for the target, to be handed to `add`.
  [[nodiscard]] std::unique_ptr<llvm::Module> new_module(const std::string& name);
  [[nodiscard]] std::expected<void, std::string> add(std::unique_ptr<llvm::Module> module);
  // Compiles what is not compiled.
  [[nodiscard]] std::expected<void*, std::string> address(const std::string& function);

  // Keeps the code alive.
  [[nodiscard]] std::shared_ptr<void> owner() const { return jit_; }

 private:
  Jit(std::shared_ptr<llvm::orc::LLJIT> jit, llvm::orc::ThreadSafeContext context) : jit_(std::move(jit)), context_(std::move(context)) {}

  std::shared_ptr<llvm::orc::LLJIT> jit_;
  llvm::orc::ThreadSafeContext context_;
};

}  // namespace segue
