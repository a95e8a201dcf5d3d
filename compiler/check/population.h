// This file's external interface is what compares a row with all others: `top N by e` and `percentile(e among p)`. `language.md`,
// "Whole-population constructs".
#pragma once

#include <cstdint>
#include <optional>

#include "compiler/check/context.h"

namespace segue::checker {

// How a `top` ranks, and how many it keeps: `count`, or the share of 10^-`share_scale`.
struct Ranking {
  ExprId by{};
  Span by_span;
  std::optional<std::int64_t> count;
  std::int64_t share = 0;
  std::uint8_t share_scale = 0;
};

// What `top` says by itself, for rows of `scope`; nothing where it was reported.
[[nodiscard]] std::optional<Ranking> check_ranking(Context& ctx, const Scope& scope, const ast::Top& top);

// The condition that a row is among the greatest of those for which `candidates` holds. Both become definitions of their own.
[[nodiscard]] ExprId make_top(Context& ctx, const Scope& scope, const Ranking& ranking, ExprId candidates, Span span);

// A definition without a name, for an operand that is answered for all rows of a table before others: of TopOf, Percentile, an expectation.
[[nodiscard]] DefinitionId add_hidden(Context& ctx, ExprId body, FrameId frame, Span span);

}  // namespace segue::checker
