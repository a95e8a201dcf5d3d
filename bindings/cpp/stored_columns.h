// This file's external interface is which columns `prepare` stores: all that have a source, but for those that would cost rows nobody asked to lose.
#pragma once

#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/table_specs.h"
#include "runtime/io/load.h"
#include "runtime/io/table_spec.h"

namespace segue {

// Everything of the tables that have a source.
[[nodiscard]] std::vector<NeededColumns> all_with_source(const CheckedProject& project, const DataOptions& options);

// What the rules and the project's options read.
[[nodiscard]] std::vector<NeededColumns> asked_columns(const CheckedProject& project);

// A column that has bad values and that nobody asks for is left out: it must not cost anybody rows. Whether there is one.
[[nodiscard]] bool leave_out_bad(const std::vector<NeededColumns>& asked, const LoadResult& loaded, std::vector<TableSpec>& specs);

}  // namespace segue
