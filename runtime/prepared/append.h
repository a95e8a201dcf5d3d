// This file's external interface is tables that grow: what two parts of a table are as one.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/table.h"

namespace segue {

// The rows of `first`, then those of `second`; both have the same type. What the result holds is what reading both at once would give, but for the codes
// of its dictionary.
[[nodiscard]] Column joined_columns(const Column& first, const Column& second);

// Whether some known value of `first` is one of `second`, a short column of the same type: text, bool, or an integer kind.
[[nodiscard]] bool share_a_value(const Column& first, const Column& second);

// From the parent of each row.
[[nodiscard]] Link link_by_parent(std::vector<RowId> parent_of, std::size_t parents);

}  // namespace segue
