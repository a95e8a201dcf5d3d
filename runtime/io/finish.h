// This file's external interface is what happens to a table once all its rows are there: `settle_rows` says which of them stay, `finish_slot`
// lays the values of those out as a Column.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/io/table_data.h"

namespace segue::io {

// Marks rows that repeat an equal row under `dedupe`, and rows that repeat a key; the latter are findings.
void settle_rows(TableData& data, const TableSpec& spec, const ReadPlan& plan);

struct FinishedSlot {
  Column column;
  std::vector<RowId> unfit;  // join columns: rows whose cell does not fit the key's type
};

// The rows in state kGood, in order. Frees the slot's pieces.
[[nodiscard]] FinishedSlot finish_slot(TableData& data, const ReadPlan& plan, std::size_t slot);

}  // namespace segue::io
