// This file's external interface is the rule on personal data: a definition that reads a personal or sensitive column states a `basis`.
// `language.md`, "Governance".
#pragma once

#include "compiler/check/context.h"

namespace segue::checker {

// Reports each result that reads such a column, by itself or through a `define`, without a basis. Other results
// answer for themselves.
void check_basis(Context& ctx);

}  // namespace segue::checker
