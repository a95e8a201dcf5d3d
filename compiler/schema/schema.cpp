// Lookups in a schema.
#include "compiler/schema/schema.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace segue {

std::optional<TableId> find_table(const Schema& schema, std::string_view name) {
  const auto found = std::ranges::find(schema.tables, name, &SchemaTable::name);
  if (found == schema.tables.end()) return std::nullopt;
  return static_cast<TableId>(found - schema.tables.begin());
}

std::optional<ColumnId> find_column(const SchemaTable& table, std::string_view name) {
  const auto found = table.column_ids.find(name);
  return found == table.column_ids.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint32_t> find_reference(const SchemaTable& table, std::string_view name) {
  const auto found = std::ranges::find(table.references, name, &SchemaReference::name);
  if (found == table.references.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - table.references.begin());
}

std::vector<std::string> column_names(const SchemaTable& table) {
  std::vector<std::string> names;
  names.reserve(table.columns.size());
  for (const SchemaColumn& column : table.columns) {
    if (column.form != ColumnForm::kCoordinate) names.push_back(column.name);
  }
  return names;
}

Type key_type(const Schema& schema, const ParentLink& link) {
  const SchemaTable& parent = schema.tables[link.table];
  assert(parent.key && "a table that is a parent has a key");
  Type type = parent.columns[*parent.key].type;
  type.optional = false;
  type.folded = false;
  return type;
}

std::vector<TableId> children_of(const Schema& schema, TableId table) {
  std::vector<TableId> children;
  for (TableId id = 0; id < schema.tables.size(); ++id) {
    if (std::ranges::find(schema.tables[id].parents, table, &ParentLink::table) != schema.tables[id].parents.end()) children.push_back(id);
  }
  return children;
}

EnumTypeId intern_enum(std::vector<EnumType>& types, EnumType type) {
  const auto is_same = [&](const EnumType& other) {
    return other.ordered == type.ordered && other.folded == type.folded && other.values == type.values;
  };
  const auto found = std::ranges::find_if(types, is_same);
  const auto id = static_cast<EnumTypeId>(found - types.begin());
  if (found == types.end()) types.push_back(std::move(type));
  return id;
}

}  // namespace segue
