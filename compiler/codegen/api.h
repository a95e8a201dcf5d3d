// This file's external interface is CodegenApi: what the library offers to those who open it on first use rather than link it, so that a start without
// work does not pay for LLVM. `dlsym` finds `segue_codegen_api`.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/compile.h"
#include "compiler/codegen/native.h"
#include "compiler/codegen/schemes.h"

namespace segue {

struct CodegenApi {
  decltype(&segue::compile) compile;
  decltype(&segue::is_supported) is_supported;
  decltype(&segue::make_schemes) make_schemes;
  decltype(&segue::evaluate_native) evaluate_native;
  decltype(&segue::evaluate_chunks) evaluate_chunks;
  // Code is kept in a folder too: nothing means the one that the environment names, if any; an empty path, none.
  std::shared_ptr<CodeCache> (*make_code_cache)(const std::optional<std::filesystem::path>& folder);
  CodeReport (*code_report)(const CodeCache& cache);
};

}  // namespace segue

extern "C" const segue::CodegenApi& segue_codegen_api();
