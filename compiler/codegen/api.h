// This file's external interface is CodegenApi: what the library offers to those who open it on first use rather than link it, so that a start without
// work does not pay for LLVM. `dlsym` finds `segue_codegen_api`.
#pragma once

#include "compiler/codegen/compile.h"
#include "compiler/codegen/native.h"

namespace segue {

struct CodegenApi {
  decltype(&segue::compile) compile;
  decltype(&segue::is_supported) is_supported;
  decltype(&segue::evaluate_native) evaluate_native;
};

}  // namespace segue

extern "C" const segue::CodegenApi& segue_codegen_api();
