// The checker knows what definitions read; the reader adds what linking the tables takes.
#include "bindings/cpp/needed_columns.h"

#include <utility>

#include "compiler/check/dependencies.h"

namespace segue {

std::vector<NeededColumns> needed_columns(const CheckedProgram& program, std::span<const DefinitionId> roots) {
  std::vector<NeededColumns> needed;
  for (TableReads& reads : columns_read(program, roots)) {
    needed.push_back({reads.is_read, std::move(reads.columns), std::move(reads.references)});
  }
  return needed;
}

}  // namespace segue
