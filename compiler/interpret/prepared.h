// This file's external interface is Prepared: what the expressions of a schedule need besides their operands, looked up once: kernels, compiled
// patterns, sets to look values up in, windows as the clock sees them. Private to the interpreter.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/interpret/population.h"
#include "compiler/interpret/schedule.h"
#include "compiler/interpret/value.h"
#include "runtime/table.h"
#include "stdlib/clock.h"
#include "stdlib/text.h"

namespace segue {

// The values of a ConstantSet by their identity (`identity_of`).
struct SetLookup {
  Type element;
  std::unordered_map<std::string, std::uint32_t> index;  // in the order written
};

// Borrows program, database, clock and population.
struct Prepared {
  const CheckedProgram& program;
  const Database& database;
  const Clock& clock;
  const Population& population;
  std::vector<ScalarKernel> kernels = {};                    // by expression; null where it has none
  std::vector<std::optional<SetLookup>> sets = {};           // by set
  std::vector<std::optional<WindowBounds>> windows = {};     // by window
  std::unordered_map<std::uint32_t, Pattern> patterns = {};  // by expression
};

// Looks up what the scheduled expressions need; nothing of what they do not.
[[nodiscard]] Prepared prepare(const CheckedProgram& program, const Database& database, const Clock& clock, const Schedule& schedule,
                               const Population& population);

// The position of a known value among the set's; nothing where it is not one of them.
[[nodiscard]] std::optional<std::uint32_t> find_in_set(const SetLookup& set, const Value& value);

}  // namespace segue
