// This file's external interface is `join`: two checked versions of a project as one program over one schema, so that whatever looks at
// both (the plan, the prover) shares what they have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check/program.h"

namespace segue {

// What a difference of two schemas does to definitions that read it.
enum class SchemaEffect : std::uint8_t {
  kNone,          // nothing: a unit, who may look at it
  kAdded,         // only head has it
  kRemoved,       // only base has it
  kValues,        // the values that it may have: one version takes rows that are bad to the other
  kReading,       // the same cells may give other values: where and how they are read
  kIncompatible,  // another type: there is no common meaning
};

// One table, column or reference that two schemas declare differently.
struct SchemaDifference {
  std::string name;    // `contacts`, `account.employees`
  std::string detail;  // for people: `int → int?`, `values \"lost\" added`
  SchemaEffect effect{};
  bool is_table = false;
  std::vector<std::string> lost_values;  // of an enum: those that only base has
  Span base_span, head_span;             // in the joined sources; of no source where a version lacks it
};

struct JoinedProgram {
  // Head's definitions, then base's. Spans of base have `source_shift` added to their source. Without expectations. The enums of two definitions or columns of
  // one name are one, with the values of both in head's order where that can be. `results`: head's, then base's.
  CheckedProgram program;
  std::vector<std::optional<DefinitionId>> base, head;    // the new id of each definition
  std::vector<std::string> base_left_out, head_left_out;  // by definition: why it is not in `program`; empty where it is
  std::vector<SchemaDifference> differences;              // by table, then column, in head's order, then what only base has
  std::vector<std::vector<std::uint32_t>> base_reads,
      head_reads;  // by definition: the differences that it reads, itself or through others; ascending
};

// Neither program has errors. `source_shift` is the number of head's sources.
[[nodiscard]] JoinedProgram join(const CheckedProgram& base, const CheckedProgram& head, std::uint32_t source_shift);

}  // namespace segue
