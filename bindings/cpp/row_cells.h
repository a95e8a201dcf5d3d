// This file's external interface is how values that embedders and changes give become cells of RowTables, and back. Private to this folder.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/cell_input.h"
#include "bindings/cpp/checked_project.h"
#include "compiler/account/row_tables.h"

namespace segue {

// The cell; nothing where the value is missing. The error says, without naming the column, what the value is and what to write.
[[nodiscard]] std::expected<std::optional<std::int64_t>, std::string> cell_of(const CheckedProject& project, const Type& type,
                                                                              const CellInput& input, ValuePools& pools);

// The same for a column of the schema: in the column's own form, and not missing unless it may be.
[[nodiscard]] std::expected<std::optional<std::int64_t>, std::string> cell_of(const CheckedProject& project, const SchemaColumn& column,
                                                                              const CellInput& input, ValuePools& pools);

// A cell of a key's type as text, as it stands in data.
[[nodiscard]] std::string cell_text(const CheckedProject& project, const Type& type, std::int64_t cell, const ValuePools& pools);

// The columns that definitions read, with the keys and references that finding rows takes: empty, all of them false.
[[nodiscard]] KeptColumns no_columns(const Schema& schema);

}  // namespace segue
