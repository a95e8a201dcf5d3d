// This file's external interface is `live_failure`: accounts one at a time, and one change after the other, held against the interpreter.
#pragma once

#include <optional>
#include <string>

#include "bindings/cpp/account.h"
#include "compiler/check/program.h"
#include "runtime/results.h"
#include "stdlib/clock.h"
#include "tests/differential/world.h"

namespace segue::differential {

// What disagrees, or nothing. `expected` are the interpreter's answers over the world's tables.
[[nodiscard]] std::optional<std::string> live_failure(const World& world, const CheckedProgram& program, const Clock& clock,
                                                      const Results& expected, std::uint64_t seed);

// The same through the facade: accounts of the world, whose files the project reads, as records of their own.
[[nodiscard]] std::optional<std::string> record_failure(const World& world, const OpenedProject& project, const Results& expected);

}  // namespace segue::differential
