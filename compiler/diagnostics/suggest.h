// This file's external interface is did-you-mean: the names that a user most likely meant.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

// The number of insertions, deletions, substitutions and swaps of neighbours between two texts, by code units after lower-casing
// ASCII letters (optimal string alignment, Boytsov 2011, section 2.2). Gives `limit` + 1 as soon as it is more than `limit`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

// Up to `count` candidates that `name` may be a slip of, the nearest first, ties in alphabetical order; none when nothing is near
// (more than a third of the letters differ and neither is the beginning of the other).
[[nodiscard]] std::vector<std::string> near_names(std::string_view name, std::span<const std::string> candidates, std::size_t count = 3);

// The nearest candidate, if there is one.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates);

// ``; did you mean `a` or `b`?`` or empty: the tail of a message.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace segue
