// This file's external interface is `unite_schemas`: one schema for two versions, and where everything of each of them is in it. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/check/join.h"

namespace segue::checker {

// The place of an enum's values in the united enum.
struct EnumPlaces {
  EnumTypeId id = kNoEnum;
  std::vector<std::uint32_t> values;
  bool keeps_order = true;    // the united values stand in the same order
  bool keeps_indices = true;  // each value keeps its index
};

// Where a version's things are; nothing where there is no common meaning.
struct SchemaPlaces {
  std::vector<TableId> tables;
  std::vector<std::vector<std::optional<ColumnId>>> columns;
  std::vector<std::vector<std::uint32_t>> parents;
  std::vector<std::vector<std::optional<std::uint32_t>>> references;
  std::vector<EnumPlaces> enums;
  std::vector<std::uint16_t> units;
  // The differences that reading it means, by table and column; those of a table come first.
  std::vector<std::vector<std::uint32_t>> of_table;
  std::vector<std::vector<std::vector<std::uint32_t>>> of_column, of_reference;
  std::uint32_t source_shift = 0;
};

struct UnitedSchemas {
  Schema schema;
  std::vector<EnumType> enums;
  std::vector<UnitOfMeasure> units;
  SchemaPlaces base, head;
  std::vector<SchemaDifference> differences;
};

[[nodiscard]] UnitedSchemas unite_schemas(const CheckedProgram& base, const CheckedProgram& head, std::uint32_t source_shift);

}  // namespace segue::checker
