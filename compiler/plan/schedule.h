// This file's interface, private to the folder, is which definitions and expressions a set of roots needs, and in which order.
#pragma once

#include <utility>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/plan/plan.h"

namespace segue {

// The expressions of a definition's body that no other call has seen, ascending, and the definitions whose values they read. `seen`, by expression, starts at 0.
struct Body {
  std::vector<ExprId> exprs;
  std::vector<DefinitionId> reads;
  bool is_shared = false;  // another body that was seen has some of its expressions
};
[[nodiscard]] Body collect_body(const CheckedProgram& program, DefinitionId definition, std::vector<std::uint32_t>& seen);

// The definitions that the roots need, each after those that it reads, with the expressions that no earlier body had.
[[nodiscard]] std::vector<std::pair<DefinitionId, std::vector<ExprId>>> schedule(const CheckedProgram& program,
                                                                                 const std::vector<DefinitionId>& roots);

// Fills in what is known once all roots are there: the live nodes, and uses by those and the roots alone.
void finish(Plan& plan);

}  // namespace segue
