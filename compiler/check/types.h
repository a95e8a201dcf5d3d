// This file's external interface is the types that rules write out, `int` and `decimal(2)`, and the values that a `param` takes from
// the rules or from `--param`.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/check/context.h"

namespace segue::checker {

// The type that a parameter is declared with; nothing where that was reported. A duration of any kind is kDays.
[[nodiscard]] std::optional<Type> check_type_name(Context& ctx, const ast::TypeName& name);

// A number's type as a declaration writes it, in back-quotes: `decimal(2)`.
[[nodiscard]] std::string type_name(const Type& type);

// Whether a value of `given` may stand for a parameter of `declared`; folding and missing values aside.
[[nodiscard]] bool is_acceptable(const Type& declared, const Type& given);

// An example of the type, to check a body with.
[[nodiscard]] Constant placeholder_of(const Type& type);

// Declares a `param`: its type, and its value from the call or the rules.
void check_param(Context& ctx, DeclId id);

// What the call gives for params that are not there.
void check_param_names(Context& ctx);

}  // namespace segue::checker
