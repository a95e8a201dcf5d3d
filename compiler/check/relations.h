// This file's external interface is how the name of a related table becomes the frame of its rows: `events`, `contacts.logins`,
// `account.events`. `language.md`, "Related tables".
#pragma once

#include <cstddef>
#include <optional>

#include "compiler/check/context.h"

namespace segue::checker {

// The way from a row around to the rows of a relation: `steps` are the tables and by which parent they hang on the one before.
struct RelationPath {
  struct Step {
    TableId table = kAccountTable;
    std::uint32_t link = 0;
  };
  FrameId start = kAccountFrame;
  std::vector<Step> steps;  // at least one
};

// What a path names from the rows of `scope`; nothing where that was reported.
[[nodiscard]] std::optional<RelationPath> resolve_relation(Context& ctx, const Scope& scope, const ast::Path& path);

// The same for `define … for R`, where the name of any relation will do: its rows stand in those of its first parents.
[[nodiscard]] std::optional<RelationPath> resolve_rows(Context& ctx, const Scope& account, const ast::Path& path);

// The frame of the relation's rows for an aggregate over `extent` (its whole text). Where the way leads out of the rows at hand (`account.events`
// inside a relation), a row between stands around the new rows only if the aggregate's text reads it.
[[nodiscard]] FrameId frame_of_relation(Context& ctx, const Scope& scope, const RelationPath& path, Span extent);

// The frame of the row that an aggregate over `rows` belongs to: the one around the first relation of its path of so many steps.
[[nodiscard]] FrameId frame_around(const Context& ctx, FrameId rows, std::size_t steps);

}  // namespace segue::checker
