// This file's external interface is `live_failure`: accounts one at a time, and one change after the other, held against the interpreter.
#pragma once

#include <optional>
#include <string>

#include "compiler/check/program.h"
#include "runtime/results.h"
#include "stdlib/clock.h"
#include "tests/differential/world.h"

namespace segue::differential {

// What disagrees, or nothing. `expected` are the interpreter's answers over the world's tables.
[[nodiscard]] std::optional<std::string> live_failure(const World& world, const CheckedProgram& program, const Clock& clock,
                                                      const Results& expected, std::uint64_t seed);

}  // namespace segue::differential
