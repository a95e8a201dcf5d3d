// Columns and their readers.
#include "bindings/cpp/report/dictionary.h"

#include <optional>
#include <string>
#include <utility>

#include "compiler/check/dependencies.h"
#include "compiler/schema/column_type.h"

namespace segue {
namespace {

std::string class_word(DataClass data_class) {
  switch (data_class) {
    case DataClass::kOpen: return "";
    case DataClass::kPersonal: return "personal";
    case DataClass::kSensitive: return "sensitive";
    case DataClass::kProtected: return "protected";
  }
  return "";
}

// What a column is for beside being read by rules.
std::vector<std::string> roles_of(const Schema& schema, const SchemaTable& table, ColumnId id) {
  std::vector<std::string> roles;
  if (table.key == id) roles.emplace_back("key");
  if (table.time == id) roles.emplace_back("time");
  if (table.known_at == id) roles.emplace_back("known at");
  for (const ParentLink& parent : table.parents) {
    if (parent.column == id) roles.push_back("belongs to " + schema.tables[parent.table].name);
  }
  for (const SchemaReference& reference : table.references) {
    if (reference.by == id) roles.push_back("leads to " + reference.name);
  }
  return roles;
}

bool suppresses(const Project& project, const std::string& column) {
  for (const SuppressList& list : project.suppress) {
    if (list.by && list.by->text == column) return true;
  }
  return false;
}

CatalogueColumn described_column(const Schema& schema, const SchemaTable& table, ColumnId id) {
  const SchemaColumn& column = table.columns[id];
  CatalogueColumn described{.name = column.name,
                            .from = column.from == column.name ? std::string() : column.from,
                            .type = column_type_text(column.form, column.type),
                            .unit = column.unit,
                            .data_class = class_word(column.data_class),
                            .values = {},
                            .is_ordered = false,
                            .is_optional = column.type.optional,
                            .roles = roles_of(schema, table, id),
                            .readers = {},
                            .through = {}};
  if (column.type.enum_id != kNoEnum) {
    const EnumType& type = schema.enum_types[column.type.enum_id];
    described.values = type.values;
    described.is_ordered = type.ordered;
  }
  return described;
}

CatalogueTable described_table(const Project& project, const Schema& schema, const SchemaTable& table) {
  CatalogueTable described{.name = table.name, .source = {}, .parents = {}, .references = {}, .columns = {}};
  if (const TableSource* source = find_source(project, table.name)) described.source = source->path.text;
  for (const ParentLink& parent : table.parents) described.parents.push_back({schema.tables[parent.table].name, parent.from});
  for (const SchemaReference& reference : table.references)
    described.references.push_back({reference.name, schema.tables[reference.to].name, table.columns[reference.by].name});
  for (ColumnId id = 0; id < table.columns.size(); ++id) {
    if (table.columns[id].form == ColumnForm::kCoordinate) continue;
    described.columns.push_back(described_column(schema, table, id));
  }
  if (&table == schema.tables.data()) {
    for (CatalogueColumn& column : described.columns) {
      if (suppresses(project, column.name)) column.roles.emplace_back("suppresses");
    }
  }
  return described;
}

// The columns of all tables in one row of bits; those of a point's coordinates stand for the point.
using ColumnBits = std::vector<bool>;

ColumnBits bits_of(const Schema& schema, const std::vector<TableReads>& reads) {
  ColumnBits bits;
  for (TableId id = 0; id < schema.tables.size(); ++id) {
    const std::size_t first = bits.size();
    bits.resize(first + schema.tables[id].columns.size());
    for (ColumnId column = 0; column < reads[id].columns.size(); ++column) {
      if (reads[id].columns[column]) bits[first + schema.tables[id].columns[column].point.value_or(column)] = true;
    }
  }
  return bits;
}

// Used entries before those that use them; none uses itself, however far around.
std::vector<std::size_t> used_first(const std::vector<CatalogueEntry>& entries) {
  std::vector<std::size_t> waiting, order;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    waiting.push_back(entries[i].uses.size());
    if (waiting.back() == 0) order.push_back(i);
  }
  for (std::size_t next = 0; next < order.size(); ++next) {
    for (const std::size_t user : entries[order[next]].used_by) {
      if (--waiting[user] == 0) order.push_back(user);
    }
  }
  return order;
}

// What each entry reads itself or by way of others.
std::vector<ColumnBits> with_used(const std::vector<CatalogueEntry>& entries, std::vector<ColumnBits> bits) {
  for (const std::size_t entry : used_first(entries)) {
    for (const std::size_t used : entries[entry].uses) {
      for (std::size_t i = 0; i < bits[entry].size(); ++i) bits[entry][i] = bits[entry][i] || bits[used][i];
    }
  }
  return bits;
}

}  // namespace

std::vector<CatalogueTable> dictionary_of(const CheckedProject& project, const std::vector<CatalogueEntry>& entries,
                                          const std::vector<std::vector<DefinitionId>>& instances) {
  const Schema& schema = project.schema();
  std::vector<ColumnBits> direct;
  for (const std::vector<DefinitionId>& definitions : instances)
    direct.push_back(bits_of(schema, columns_named(project.program(), definitions)));
  const std::vector<ColumnBits> whole = with_used(entries, direct);
  std::vector<CatalogueTable> tables;
  std::size_t first = 0;
  for (const SchemaTable& table : schema.tables) {
    tables.push_back(described_table(project.workspace.project, schema, table));
    // Hidden columns stand behind all others, so the numbers of the others are theirs here, too.
    std::vector<CatalogueColumn>& columns = tables.back().columns;
    for (std::size_t entry = 0; entry < entries.size(); ++entry) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        if (direct[entry][first + i]) columns[i].readers.push_back(entry);
        else if (whole[entry][first + i]) columns[i].through.push_back(entry);
      }
    }
    first += table.columns.size();
  }
  return tables;
}

}  // namespace segue
