// This file's external interface is explain: the clauses of one definition for one account, with the values that they saw.
#pragma once

#include "compiler/check/program.h"
#include "compiler/interpret/trace.h"
#include "compiler/source/source.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

// Evaluates a definition of the account for one row of the account table, as `interpret` does, and says how it came about; of an audience, which of the
// account's rows are in. The columns that it needs have been read, and so has the account's key.
[[nodiscard]] Trace explain(const CheckedProgram& program, const Database& database, const Clock& clock, const SourceMap& sources,
                            DefinitionId definition, RowId account);

}  // namespace segue
