// This file's external interface is `table_specs`: what the reader must know of each table, from the schema, the project file and the
// call. Private to this folder.
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/project.h"
#include "runtime/io/table_spec.h"

namespace segue {

// What is needed of one table.
struct NeededColumns {
  bool table = false;
  std::vector<bool> columns;     // by column index
  std::vector<bool> references;  // by reference index
};

// Everything that the schema has.
[[nodiscard]] std::vector<NeededColumns> all_columns(const Schema& schema);

// One spec a table, by the schema's index. A Failure: a source for a table that is not there (kCall), or a needed table without a source (kRules).
[[nodiscard]] std::expected<std::vector<TableSpec>, Failure> table_specs(const CheckedProject& project, std::span<const NamedText> sources,
                                                                         const std::vector<NeededColumns>& needed);

}  // namespace segue
