// This file's external interface is `meanings_of`: which expressions of a program say the same. Private to this folder.
#pragma once

#include <vector>

#include "compiler/check/lint_facts.h"

namespace segue::linter {

// One meaning an expression. Equal meanings give equal answers for every row; the reverse is not promised.
[[nodiscard]] std::vector<Meaning> meanings_of(const CheckedProgram& program);

}  // namespace segue::linter
