// This file's external interface is `needed_columns`: which columns definitions read. Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "bindings/cpp/table_specs.h"
#include "compiler/check/program.h"

namespace segue {

// What `roots` and all that they use read, the keys, times and join columns that this takes included; always the account's key.
[[nodiscard]] std::vector<NeededColumns> needed_columns(const CheckedProgram& program, std::span<const DefinitionId> roots);

}  // namespace segue
