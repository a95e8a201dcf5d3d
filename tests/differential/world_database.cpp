// A world as tables in memory, laid out as the readers lay them out; and worlds with other rows.
#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "tests/differential/world.h"

namespace segue::differential {
namespace {

template <typename T>
void append(Buffer& bytes, T value) {
  bytes.resize(bytes.size() + sizeof(T));
  std::memcpy(bytes.data() + bytes.size() - sizeof(T), &value, sizeof(T));
}

// To a multiple of 64 rows, and at least 64 past the end.
void pad(Column& column, std::size_t values, std::size_t width) { column.data.resize((values / 64 + 2) * 64 * width); }

template <typename T>
bool fits(std::int64_t low, std::int64_t high) {
  return low >= std::numeric_limits<T>::min() && high <= std::numeric_limits<T>::max();
}

template <typename T>
void fill_integers(Column& column, const std::vector<Cell>& cells, Storage storage) {
  column.storage = storage;
  for (const Cell& cell : cells) append(column.data, cell.is_known ? static_cast<T>(std::get<std::int64_t>(cell.value)) : T{0});
  pad(column, cells.size(), sizeof(T));
}

void fill_integers(Column& column, const std::vector<Cell>& cells) {
  std::int64_t low = 0, high = 0;
  for (const Cell& cell : cells) {
    if (!cell.is_known) continue;
    low = std::min(low, std::get<std::int64_t>(cell.value));
    high = std::max(high, std::get<std::int64_t>(cell.value));
  }
  if (fits<std::int8_t>(low, high)) return fill_integers<std::int8_t>(column, cells, Storage::kInt8);
  if (fits<std::int16_t>(low, high)) return fill_integers<std::int16_t>(column, cells, Storage::kInt16);
  if (fits<std::int32_t>(low, high)) return fill_integers<std::int32_t>(column, cells, Storage::kInt32);
  fill_integers<std::int64_t>(column, cells, Storage::kInt64);
}

// Codes in the order in which the texts appear.
class Coder {
 public:
  std::int32_t code_of(const std::string& text) {
    const auto [found, is_new] = codes_.try_emplace(text, static_cast<std::int32_t>(codes_.size()));
    if (is_new) dictionary_->append(text);
    return found->second;
  }
  std::shared_ptr<const Dictionary> dictionary() const { return dictionary_; }

 private:
  std::map<std::string, std::int32_t> codes_;
  std::shared_ptr<Dictionary> dictionary_ = std::make_shared<Dictionary>();
};

void fill_texts(Column& column, const std::vector<Cell>& cells) {
  column.storage = Storage::kCodes;
  Coder coder;
  for (const Cell& cell : cells) append(column.data, cell.is_known ? coder.code_of(std::get<std::string>(cell.value)) : std::int32_t{0});
  pad(column, cells.size(), sizeof(std::int32_t));
  column.dictionary = coder.dictionary();
}

std::int64_t element_bits(const Constant& value) {
  if (const auto* number = std::get_if<double>(&value)) return std::bit_cast<std::int64_t>(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  return std::get<std::int64_t>(value);
}

void fill_lists(Column& column, const std::vector<Cell>& cells) {
  column.storage = Storage::kLists;
  Coder coder;
  std::map<std::int64_t, std::int32_t> codes;
  column.offsets.push_back(0);
  std::size_t count = 0;
  for (const Cell& cell : cells) {
    std::set<std::int32_t> held;
    for (const Constant& value : cell.list) {
      if (!cell.is_known) break;
      if (const auto* text = std::get_if<std::string>(&value)) {
        held.insert(coder.code_of(*text));
        continue;
      }
      const auto [found, is_new] = codes.try_emplace(element_bits(value), static_cast<std::int32_t>(codes.size()));
      if (is_new) column.element_values.push_back(element_bits(value));
      held.insert(found->second);
    }
    for (const std::int32_t code : held) append(column.data, code);
    count += held.size();
    column.offsets.push_back(count);
  }
  pad(column, count, sizeof(std::int32_t));
  if (column.type.element == Kind::kText) column.dictionary = coder.dictionary();
}

void fill_floats(Column& column, const std::vector<Cell>& cells) {
  column.storage = Storage::kFloat64;
  for (const Cell& cell : cells) append(column.data, cell.is_known ? std::get<double>(cell.value) : 0.0);
  pad(column, cells.size(), sizeof(double));
}

void fill_bits(Column& column, const std::vector<Cell>& cells) {
  column.storage = Storage::kBits;
  column.bits = Bitmap(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) column.bits.set(i, cells[i].is_known && std::get<bool>(cells[i].value));
}

Column make_column(const WorldColumn& from, const Type& type) {
  Column column;
  column.type = type;
  column.rows = from.cells.size();
  if (!std::ranges::all_of(from.cells, &Cell::is_known)) {
    column.valid = Bitmap(from.cells.size());
    for (std::size_t i = 0; i < from.cells.size(); ++i) column.valid.set(i, from.cells[i].is_known);
  }
  switch (type.kind) {
    case Kind::kBool: fill_bits(column, from.cells); break;
    case Kind::kFloat: fill_floats(column, from.cells); break;
    case Kind::kText: fill_texts(column, from.cells); break;
    case Kind::kList: fill_lists(column, from.cells); break;
    default: fill_integers(column, from.cells);
  }
  return column;
}

// A point's latitude (0) or longitude (1), as a column of floats.
WorldColumn coordinate(const WorldColumn& point, std::size_t part) {
  WorldColumn made = point;
  for (Cell& cell : made.cells) {
    if (cell.is_known) cell.value = cell.list[part];
  }
  return made;
}

Link make_link(const std::vector<RowId>& parent_of, std::size_t parents) {
  Link link;
  link.parent_of = parent_of;
  link.offsets.assign(parents + 1, 0);
  for (const RowId parent : parent_of) {
    if (parent != kNoRow) ++link.offsets[parent + 1];
  }
  std::partial_sum(link.offsets.begin(), link.offsets.end(), link.offsets.begin());
  link.children.resize(link.offsets.back());
  std::vector<std::uint64_t> next(link.offsets.begin(), link.offsets.end());
  for (std::size_t row = 0; row < parent_of.size(); ++row) {
    if (parent_of[row] != kNoRow) link.children[next[parent_of[row]]++] = static_cast<RowId>(row);
  }
  bool is_in_order = true;
  for (std::size_t i = 0; i < link.children.size(); ++i) is_in_order = is_in_order && link.children[i] == i;
  if (is_in_order) link.children.clear();
  return link;
}

std::vector<RowId> targets_of(const World& world, const WorldTable& table, const WorldReference& reference) {
  const WorldTable& to = world.tables[reference.to];
  std::map<Constant, RowId> rows;
  for (RowId row = 0; row < to.rows; ++row) rows.emplace(to.columns[*to.key].cells[row].value, row);
  std::vector<RowId> targets;
  for (const Cell& cell : table.columns[reference.by].cells) {
    const auto found = cell.is_known ? rows.find(cell.value) : rows.end();
    targets.push_back(found == rows.end() ? kNoRow : found->second);
  }
  return targets;
}

// The rows of `table` that `kept` names, in that order; parents and children follow.
void keep_rows(World& world, std::uint32_t index, const std::vector<RowId>& kept) {
  WorldTable& table = world.tables[index];
  std::vector<RowId> now(table.rows, kNoRow);
  for (std::size_t i = 0; i < kept.size(); ++i) now[kept[i]] = static_cast<RowId>(i);
  for (WorldColumn& column : table.columns) {
    std::vector<Cell> cells;
    for (const RowId row : kept) cells.push_back(column.cells[row]);
    column.cells = std::move(cells);
  }
  for (WorldParent& parent : table.parents) {
    std::vector<RowId> parents;
    for (const RowId row : kept) parents.push_back(parent.parent_of[row]);
    parent.parent_of = std::move(parents);
  }
  table.rows = kept.size();
  for (WorldTable& child : world.tables) {
    for (WorldParent& parent : child.parents) {
      if (parent.table != index) continue;
      for (RowId& row : parent.parent_of) row = row == kNoRow ? kNoRow : now[row];
    }
  }
}

}  // namespace

Database make_database(const World& world, const Schema& schema) {
  Database database;
  for (std::size_t i = 0; i < world.tables.size(); ++i) {
    const WorldTable& from = world.tables[i];
    Table table;
    table.name = from.name;
    table.rows = from.rows;
    table.columns.resize(schema.tables[i].columns.size());
    for (std::size_t column = 0; column < from.columns.size(); ++column) {
      const SchemaColumn& declared = schema.tables[i].columns[column];
      if (from.columns[column].form == WorldForm::kPoint) {
        for (const std::size_t part : {0, 1}) {
          const ColumnId hidden = part == 0 ? *declared.latitude : *declared.longitude;
          table.columns[hidden] = make_column(coordinate(from.columns[column], part), schema.tables[i].columns[hidden].type);
        }
      } else {
        table.columns[column] = make_column(from.columns[column], declared.type);
      }
    }
    for (const WorldParent& parent : from.parents) table.links.push_back(make_link(parent.parent_of, world.tables[parent.table].rows));
    for (const WorldReference& reference : from.references) table.references.push_back(targets_of(world, from, reference));
    database.tables.push_back(std::move(table));
  }
  return database;
}

World permuted(const World& world, Random& random, std::vector<std::vector<RowId>>& order) {
  World made = world;
  order.clear();
  for (std::uint32_t i = 0; i < made.tables.size(); ++i) {
    std::vector<RowId> rows(made.tables[i].rows);
    std::iota(rows.begin(), rows.end(), RowId{0});
    random.shuffle(rows);
    keep_rows(made, i, rows);
    order.push_back(std::move(rows));
  }
  return made;
}

World without_rows(const World& world, std::uint32_t table, std::size_t begin, std::size_t end) {
  World made = world;
  std::vector<RowId> kept;
  for (std::size_t row = 0; row < world.tables[table].rows; ++row) {
    if (row < begin || row >= end) kept.push_back(static_cast<RowId>(row));
  }
  keep_rows(made, table, kept);
  return made;
}

std::optional<World> without_column(const World& world, std::uint32_t table, std::uint32_t column) {
  World made = world;
  WorldTable& from = made.tables[table];
  if (from.key == column || from.time == column || from.known_at == column) return std::nullopt;
  std::erase_if(from.references, [&](const WorldReference& reference) { return reference.by == column; });
  from.columns.erase(from.columns.begin() + column);
  const auto shift = [&](std::uint32_t& index) { index -= index > column ? 1 : 0; };
  if (from.key) shift(*from.key);
  if (from.time) shift(*from.time);
  if (from.known_at) shift(*from.known_at);
  for (WorldReference& reference : from.references) shift(reference.by);
  return made;
}

std::optional<World> without_table(const World& world, std::uint32_t table) {
  World made = world;
  for (WorldTable& each : made.tables) {
    for (WorldParent& parent : each.parents) {
      if (parent.table == table) return std::nullopt;
      parent.table -= parent.table > table ? 1 : 0;
    }
    std::erase_if(each.references, [&](const WorldReference& reference) { return reference.to == table; });
    for (WorldReference& reference : each.references) reference.to -= reference.to > table ? 1 : 0;
  }
  made.tables.erase(made.tables.begin() + table);
  return made;
}

}  // namespace segue::differential
