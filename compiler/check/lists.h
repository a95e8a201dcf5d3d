// This file's external interface is how `[..]` and named lists become sets of constants of the kind that is tested. `language.md`, "Predicates"
// and "Whole-population constructs" (`list`).
#pragma once

#include <optional>
#include <string_view>

#include "compiler/check/context.h"

namespace segue::checker {

// What the set is tested against.
struct Tested {
  Type type;          // of the operand, or of the elements of a list
  std::string words;  // the operand as written
};

// The set that stands after `in` or `has`; nothing where it was reported. `are_days` is set when the operand is a timestamp and
// the values are days, so that the operand has to turn into its local day.
[[nodiscard]] std::optional<SetId> check_set(Context& ctx, const Scope& scope, ast::ExprId set, const Tested& tested, bool& are_days);

// What is wrong with a `list` whatever column it is tested with: it is empty, or a value stands twice.
void check_list_declaration(Context& ctx, DeclId id);

}  // namespace segue::checker
