// This file's external interface is what all ways to make a database share: which tables are read, what is reported of one, and its columns put together.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/io/finish.h"
#include "runtime/io/load.h"
#include "runtime/io/table_data.h"

namespace segue::io {

// Marks parents of what is read, targets of needed references, and the columns that references go by.
void close_needs(std::vector<TableSpec>& specs);

// A finding with what people are told of it.
[[nodiscard]] BadValues bad_values(const TableSpec& spec, std::uint32_t table, const ReadPlan& plan, const TableData& data,
                                   const Finding& finding);

// What the states of the rows say; `orphans` is left 0.
[[nodiscard]] TableReport report_of(const TableSpec& spec, const TableData& data);

// The schema's columns out of the slots, which keep those that are none of it.
[[nodiscard]] Table make_table(const TableSpec& spec, const ReadPlan& plan, std::vector<FinishedSlot>& finished, std::size_t rows);

}  // namespace segue::io
