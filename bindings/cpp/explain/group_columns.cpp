// Borrowed columns, and bits behind them.
#include "bindings/cpp/explain/group_columns.h"

#include "bindings/cpp/explain/clauses.h"

namespace segue {

ExprId add_group_column(CheckedProgram& program, FrameId frame) {
  std::vector<SchemaColumn>& columns = program.schema.tables[program.frame(frame).table].columns;
  const auto column = static_cast<std::uint32_t>(columns.size());
  columns.emplace_back().type = Type{.kind = Kind::kBool};
  return add_expr(program, ColumnRead{column}, frame);
}

Database borrowed_tables(const std::shared_ptr<const Database>& database) {
  const auto bits = [&](const Bitmap& from) { return from.empty() ? Bitmap() : Bitmap::borrow(from.words(), from.size(), database); };
  const auto array = [&]<typename T>(const Array<T>& from) {
    return from.empty() ? Array<T>() : Array<T>::borrow(from.data(), from.size(), database);
  };
  Database out;
  for (const Table& from : database->tables) {
    Table& table = out.tables.emplace_back();
    table.name = from.name;
    table.rows = from.rows;
    for (const Column& column : from.columns) {
      Column& copy = table.columns.emplace_back();
      copy.type = column.type;
      copy.storage = column.storage;
      copy.rows = column.rows;
      copy.valid = bits(column.valid);
      copy.bits = bits(column.bits);
      if (column.data.size() != 0) copy.data = Buffer::borrow(column.data.data(), column.data.size(), database);
      copy.offsets = array(column.offsets);
      copy.dictionary = column.dictionary;
      copy.element_values = column.element_values;
      copy.ranks = column.ranks;
      copy.statistics = column.statistics;
    }
    for (const Link& link : from.links) table.links.push_back({array(link.parent_of), array(link.offsets), array(link.children)});
    for (const Array<RowId>& reference : from.references) table.references.push_back(array(reference));
  }
  return out;
}

void append_group(Database& database, std::uint32_t table, const Bitmap& group) {
  Column& bits = database.tables[table].columns.emplace_back();
  bits.type = Type{.kind = Kind::kBool};
  bits.storage = Storage::kBits;
  bits.rows = group.size();
  bits.bits = group;
}

}  // namespace segue
