// This file's interface, private to the folder, is `machine_code`: the functions of recipes, from what is kept or by LLVM.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "compiler/codegen/compile.h"
#include "compiler/codegen/recipe.h"
#include "runtime/program.h"

namespace segue {

struct MachineCode {
  std::vector<CompiledFn> functions;  // by recipe
  std::shared_ptr<void> owner;        // keeps them alive
};

// LLVM is not touched where all code is in `options.cache`; its work is shared by `options.threads`.
[[nodiscard]] std::expected<MachineCode, std::string> machine_code(const std::vector<UnitCode>& units, const CodegenOptions& options);

}  // namespace segue
