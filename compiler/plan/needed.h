// This file's external interface is `columns_needed`: what of a plan's columns has to be read where facts of the data settle some of its tests.
#pragma once

#include <vector>

#include "compiler/plan/plan.h"

namespace segue {

// The columns of `columns_read` whose values matter to an answer, for data that keep to `options.facts` (about tables whose rows no reference leads to).
// The plan gives the same answers where another column that has facts holds any value within them in all rows, or no value in any where all are missing.
// A column without facts must be as it is. Linear in the live nodes.
[[nodiscard]] std::vector<TableColumn> columns_needed(const Plan& plan, const PlanOptions& options);

// Whether the rows of a table change any answer: false where the facts leave none of them to anything that counts, adds up or picks rows of it. Of plans that
// answer for accounts alone, and of tables that no other one belongs to.
[[nodiscard]] bool are_rows_needed(const Plan& plan, std::uint32_t table, const PlanOptions& options);

}  // namespace segue
