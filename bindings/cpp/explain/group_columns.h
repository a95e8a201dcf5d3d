// This file's external interface is groups of rows as columns: `condition and group` is unknown exactly for the rows of the group for which the condition is. Private to the
// facade.
#pragma once

#include <cstdint>
#include <memory>

#include "compiler/check/program.h"
#include "runtime/bitmap.h"
#include "runtime/table.h"

namespace segue {

// A further column of the frame's table, a bool that is never missing; gives an expression that reads it.
ExprId add_group_column(CheckedProgram& program, FrameId frame);

// The tables of another database, which are only read and kept alive, with room for further columns.
[[nodiscard]] Database borrowed_tables(const std::shared_ptr<const Database>& database);

// The column behind the others of a table, in the order of add_group_column.
void append_group(Database& database, std::uint32_t table, const Bitmap& group);

}  // namespace segue
