// This file's external interface is what definitions rest on: the other definitions, and the tables, columns, joins and references that their
// evaluation reads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/check/program.h"

namespace segue {

// The definitions that `roots` need, themselves included, in order of evaluation.
[[nodiscard]] std::vector<DefinitionId> definitions_needed(const CheckedProgram& program, std::span<const DefinitionId> roots);

// What is read of one table; all by index into the schema table's vectors.
struct TableReads {
  bool is_read = false;
  std::vector<bool> columns;
  std::vector<bool> parents;     // whose rows it is grouped by
  std::vector<bool> references;  // that are followed
};

// One entry a table of the schema. Of a table that is read, the key and `known_at` are too; of one over which `latest` or `earliest` run, its
// time; of a joined one, the join column where it is listed, and its parent with the parent's key; of a reference, its `by` column and the
// target's key. A table with `dedupe` that is read is read whole. The account is always read.
// With kText only what the text of the rules names: no keys, `known_at` and join columns that evaluation needs besides, and no whole tables.
enum class ReadsOf : std::uint8_t { kEvaluation, kText };
[[nodiscard]] std::vector<TableReads> columns_read(const CheckedProgram& program, std::span<const DefinitionId> roots,
                                                   ReadsOf of = ReadsOf::kEvaluation);

// What the text of these definitions itself names, without that of the definitions that they use.
[[nodiscard]] std::vector<TableReads> columns_named(const CheckedProgram& program, std::span<const DefinitionId> definitions);

}  // namespace segue
