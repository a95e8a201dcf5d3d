// This file's external interface is `differs_with_facts`: a plan that knows facts of the data answers as the interpreter does.
#pragma once

#include <optional>
#include <string>

#include "compiler/check/program.h"
#include "stdlib/clock.h"
#include "tests/differential/random.h"
#include "tests/differential/world.h"

namespace segue::differential {

// A few neighbouring accounts with all their rows, so that facts settle much; a plan with facts of just those columns, some of them loose, and with
// or without the clock. The first difference, of the results that ask nothing of whole tables. `answers` counts what was compared.
[[nodiscard]] std::optional<std::string> differs_with_facts(const CheckedProgram& program, const World& world, const Clock& clock,
                                                            Random& random, std::uint64_t& answers);

}  // namespace segue::differential
