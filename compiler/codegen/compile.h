// This file's external interface is `compile`: native code for a plan, bound to a database and a clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "compiler/machine/target.h"
#include "compiler/plan/plan.h"
#include "runtime/program.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

class CodeCache;

struct CodegenOptions {
  TargetCpu cpu = TargetCpu::kHost;
  std::size_t batch_rows = 0;           // accounts in a batch, rounded up to a multiple of 512; 0: what suits the caches. For tests
  bool keep_members = true;             // false: sizes alone are wanted of the program's runs
  CodeCache* cache = nullptr;           // code that was made before is taken from it; null: none. Borrowed during `compile`
  unsigned threads = 1;                 // that LLVM's work is shared by
  const AddedColumns* added = nullptr;  // what the plan reads behind the tables' columns; borrowed by the program
};

// Whether this machine can run code for `cpu`.
[[nodiscard]] bool is_supported(TargetCpu cpu);

// Compiles `plan` for `database`, whose columns that the plan names have been read. The program borrows `database`; it may be run once or often. Time is linear
// in the plan, plus one look at each entry of the dictionaries that text conditions ask about. The error is LLVM's: an environment in which code cannot
// be generated.
[[nodiscard]] std::expected<Program, std::string> compile(const Plan& plan, const Database& database, const Clock& clock,
                                                          const CodegenOptions& options);

}  // namespace segue
