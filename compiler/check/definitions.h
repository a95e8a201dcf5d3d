// This file's external interface is the checking of definitions: each once for its own sake, and once more for every frame and every arguments that
// it is used with. A definition that another needs is checked on the way; cycles are found there.
#pragma once

#include <span>

#include "compiler/check/context.h"

namespace segue::checker {

// Checks a definition for its own sake unless that has been done; false where it is in error, or rests on something in error. `use` is
// where it was asked for.
bool ensure_checked(Context& ctx, DeclId id, Span use);

// Settles what a `define` says of itself before anybody uses it: its relation and its parameters; and the relation of an audience.
void prepare_define(Context& ctx, DeclId id);
void prepare_audience(Context& ctx, DeclId id);

// The most definitions that parameters may make of definitions.
inline constexpr std::size_t kMaxInstances = 100'000;

// The value of another declaration for the row of `frame`: any definition (with these arguments) or `param`.
[[nodiscard]] Value read_definition(Context& ctx, const Scope& scope, DeclId id, FrameId frame, std::span<const Value> arguments,
                                    Span span);

// Whether a checked `define` with parameters speaks of nothing else: of no column, related table or other accounts. It then stands in any rows, those
// of its arguments.
[[nodiscard]] bool is_about_no_table(const Context& ctx, DeclId id);

// The type that a declaration's value has; a bool where it is in error.
[[nodiscard]] Type type_of_definition(Context& ctx, DeclId id);

// Records that the declaration of `scope` uses another.
void note_use(Context& ctx, const Scope& scope, DeclId used);

// The claims of a definition about the data, once all definitions are checked: they may name each other.
void check_expectations(Context& ctx, DeclId id);

}  // namespace segue::checker
