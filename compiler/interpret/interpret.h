// This file's external interface is the reference interpreter: the meaning of the language, row by row and nothing else. Whatever the
// native engine answers must be what `interpret` answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "compiler/check/program.h"
#include "runtime/results.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

// Called now and then with the accounts done and the accounts in all; false stops the evaluation.
using InterpretProgress = std::function<bool(std::size_t done, std::size_t accounts)>;

// What evaluations made of each expression that is a bool, in any row: bit 0 when it was true, bit 1 when it was false (or missing). By expression; grown
// as is needed, so that several evaluations of one program may share it.
struct ConditionsSeen {
  std::vector<std::uint8_t> by_expr;
};

// Evaluates results (or a `define` that is a bool or a float) for every row of their frame: accounts, of an audience the rows of its relation that belong
// to one. One entry of the results for each root, in that order: members and the undetermined count for a bool, scores for a float, codes for an
// enum. The columns that the roots need have been read; for `latest`, `earliest` and `sequence` so has the table's time, for `top` and a
// split the key. Nothing is returned when `progress` stopped it.
// A score whose terms hold infinities of both signs has no sum; it is 0 before its range applies.
[[nodiscard]] std::optional<Results> interpret(const CheckedProgram& program, const Database& database, const Clock& clock,
                                               std::span<const DefinitionId> roots, const InterpretProgress& progress = {},
                                               ConditionsSeen* seen = nullptr);

}  // namespace segue
