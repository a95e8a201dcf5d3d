// This file's external interface is the prelude: the parts of the library of rules that projects `use`, as text. The files stand in stdlib/prelude.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace segue {

// `use std.regions` is the part `std.regions`; `text` is its file of rules.
struct PreludePart {
  std::string_view name;
  std::string_view text;
};

// All parts, by name.
[[nodiscard]] std::span<const PreludePart> prelude_parts();

// The text of a part; nothing where there is none of that name.
[[nodiscard]] std::optional<std::string_view> prelude_text(std::string_view name);

}  // namespace segue
