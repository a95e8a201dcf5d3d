// This file's external interface is by which column's missing values accounts are undetermined. For each column that a definition reads and that may be
// missing there is a copy of the definition in which `and column is missing` stands behind every condition: since that is never unknown, exactly those of its accounts are
// undetermined that are so for the definition and miss the column. Private to this folder.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/check/program.h"

namespace segue {

// One copy and what it is about.
struct DecidingColumn {
  std::size_t root = 0;  // index into the roots that were given
  std::string column;    // `employees`, `contacts.title`, `parent.customer`
};

struct DecidingProgram {
  CheckedProgram program;
  std::vector<DefinitionId> roots;  // one a column
  std::vector<DecidingColumn> columns;
};

// `asked` are the roots to ask about, as indices into `roots`; none is a score. Of a related table a column counts where one of the rows that the
// definition may look at misses it, whatever the row's window or filter.
[[nodiscard]] DecidingProgram deciding_program(const CheckedProgram& program, const std::vector<DefinitionId>& roots,
                                               const std::vector<std::size_t>& asked);

}  // namespace segue
