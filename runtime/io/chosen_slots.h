// This file's external interface is `chosen_slots`: which columns of a group of rows have to be read, by what the file states of them and what a visitor asks.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/chunks.h"
#include "runtime/io/row_groups.h"
#include "runtime/io/table_data.h"

namespace segue::io {

// What is asked of a group's rows.
struct ChosenSlots {
  std::vector<bool> wanted;  // by slot; a number that is stated may stand in for the others
  bool needs_rows = true;    // false: the rows change no answer
};

// What may hold bad cells is read in any case, as are keys, join columns and known_at.
[[nodiscard]] ChosenSlots chosen_slots(const ReadPlan& plan, std::uint32_t table, const std::vector<GroupFacts>& facts,
                                       ChunkVisitor& visitor);

}  // namespace segue::io
