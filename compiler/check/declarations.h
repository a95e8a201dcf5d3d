// This file's external interface is the names that the rules declare: collected from all files, checked against each other and the columns, and put
// into an order in which a definition mostly stands after those that it uses.
#pragma once

#include <vector>

#include "compiler/check/context.h"

namespace segue::checker {

// Fills ctx.declared and ctx.by_name from all files; refuses what belongs to later versions.
void collect_declarations(Context& ctx);

// All declarations, used ones before their users as far as names tell: only a hint, which keeps the checker from going deep.
[[nodiscard]] std::vector<DeclId> order_of_checking(const Context& ctx);

}  // namespace segue::checker
