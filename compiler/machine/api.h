// This file's external interface is MachineApi: what the library offers to codegen, which opens it when code is not kept yet: opening LLVM alone takes as long as
// all else of a small run. `dlsym` finds `segue_machine_api`.
#pragma once

#include "compiler/machine/compile_recipes.h"

namespace segue {

struct MachineApi {
  decltype(&segue::compile_recipes) compile_recipes;
};

}  // namespace segue

extern "C" const segue::MachineApi& segue_machine_api();
