// This file's external interface is `proof_failure`: what is proved of a random program, held against the interpreter's answers.
#pragma once

#include <optional>
#include <string>

#include "compiler/check/program.h"
#include "runtime/table.h"
#include "stdlib/clock.h"
#include "tests/differential/random.h"

namespace segue::differential {

// Claims about random conditions and pairs of them: no row may meet what is proved that none meets, and every example has to hold in the interpreter. The first that is wrong.
// With SEGUE_SHOW_PROOFS in the environment each verdict goes to standard error.
[[nodiscard]] std::optional<std::string> proof_failure(const CheckedProgram& program, const SourceMap& sources, const Database& database,
                                                       const Clock& clock, Random& random);

}  // namespace segue::differential
