// This file's external interface is the reference interpreter: the meaning of the language, row by row and nothing else. Whatever the
// native engine answers must be what `interpret` answers.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include "compiler/check/program.h"
#include "runtime/results.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

// Called now and then with the accounts done and the accounts in all; false stops the evaluation.
using InterpretProgress = std::function<bool(std::size_t done, std::size_t accounts)>;

// Evaluates results (or a `define` that is a bool or a float) for every row of their frame: accounts, of an audience the rows of its relation that belong
// to one. One entry of the results for each root, in that order: members and the undetermined count for a bool, scores for a float, codes for an
// enum. The columns that the roots need have been read; for `latest`, `earliest` and `sequence` so has the table's time, for `top` and a
// split the key. Nothing is returned when `progress` stopped it.
// A score whose terms hold infinities of both signs has no sum; it is 0 before its range applies.
[[nodiscard]] std::optional<Results> interpret(const CheckedProgram& program, const Database& database, const Clock& clock,
                                               std::span<const DefinitionId> roots, const InterpretProgress& progress = {});

}  // namespace segue
