// This file's external interface is the table of simple case folding as the two texts that `translate` takes. Private to this folder.
#pragma once

#include <string>
#include <utility>

namespace segue::sql {

// Every code point that folds to another, and what it folds to, in the same order.
[[nodiscard]] const std::pair<std::string, std::string>& folding_table();

}  // namespace segue::sql
