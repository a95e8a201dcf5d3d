// Cells → columns, parents → links, keys → references.
#include "bindings/cpp/test_database.h"

#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <utility>

#include "stdlib/number.h"

namespace segue {
namespace {

using Rows = std::vector<const TestRow*>;

// As the reader of files pads them.
std::size_t padded(std::size_t count) { return (count + 63) / 64 * 64 + 64; }

template <typename T>
T* make_data(Column& column, std::size_t count) {
  column.data.resize(padded(count) * sizeof(T));
  return reinterpret_cast<T*>(column.data.data());
}

bool is_known(const TestCell& cell) { return cell.state == TestCell::State::kKnown; }

// A bool, a number or an index as the number that columns hold.
std::int64_t number_of(const Constant& constant) {
  if (const bool* truth = std::get_if<bool>(&constant)) return *truth ? 1 : 0;
  if (const double* real = std::get_if<double>(&constant)) return std::bit_cast<std::int64_t>(canonical_float(*real));
  return std::get<std::int64_t>(constant);
}

// ---- columns

// Texts get codes as they are met; the code of a missing one is 0.
class Codes {
 public:
  Codes() { dictionary_->append(""); }

  std::int32_t code_of(const std::string& text) {
    const auto [place, is_new] = codes_.try_emplace(text, 0);
    if (is_new) place->second = dictionary_->append(text);
    return place->second;
  }
  [[nodiscard]] std::shared_ptr<const Dictionary> dictionary() const { return dictionary_; }

 private:
  std::shared_ptr<Dictionary> dictionary_ = std::make_shared<Dictionary>();
  std::map<std::string, std::int32_t, std::less<>> codes_;
};

void fill_texts(const Rows& rows, ColumnId id, Column& column) {
  Codes codes;
  column.storage = Storage::kCodes;
  auto* out = make_data<std::int32_t>(column, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TestCell& cell = rows[i]->cells[id];
    out[i] = is_known(cell) ? codes.code_of(std::get<std::string>(cell.value)) : 0;
  }
  column.dictionary = codes.dictionary();
}

void fill_bits(const Rows& rows, ColumnId id, Column& column) {
  column.storage = Storage::kBits;
  column.bits = Bitmap(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TestCell& cell = rows[i]->cells[id];
    column.bits.set(i, is_known(cell) && std::get<bool>(cell.value));
  }
}

void fill_floats(const Rows& rows, ColumnId id, Column& column) {
  column.storage = Storage::kFloat64;
  auto* out = make_data<double>(column, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TestCell& cell = rows[i]->cells[id];
    out[i] = is_known(cell) ? std::get<double>(cell.value) : 0.0;
  }
}

void fill_integers(const Rows& rows, ColumnId id, Column& column) {
  column.storage = Storage::kInt64;
  auto* out = make_data<std::int64_t>(column, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TestCell& cell = rows[i]->cells[id];
    out[i] = is_known(cell) ? std::get<std::int64_t>(cell.value) : 0;
  }
}

std::int32_t element_code(const Constant& element, Codes& texts, std::vector<std::int64_t>& values) {
  if (const auto* text = std::get_if<std::string>(&element)) return texts.code_of(*text);
  const std::int64_t number = number_of(element);
  const auto found = std::ranges::find(values, number);
  const auto code = static_cast<std::int32_t>(found - values.begin());
  if (found == values.end()) values.push_back(number);
  return code;
}

void fill_lists(const Rows& rows, ColumnId id, Column& column) {
  Codes texts;
  std::vector<std::int32_t> codes;
  column.storage = Storage::kLists;
  column.offsets.push_back(0);
  for (const TestRow* row : rows) {
    const auto first = static_cast<std::ptrdiff_t>(codes.size());
    for (const Constant& element : row->cells[id].elements) codes.push_back(element_code(element, texts, column.element_values));
    std::sort(codes.begin() + first, codes.end());
    codes.erase(std::unique(codes.begin() + first, codes.end()), codes.end());
    column.offsets.push_back(codes.size());
  }
  std::ranges::copy(codes, make_data<std::int32_t>(column, codes.size()));
  if (column.type.element == Kind::kText) column.dictionary = texts.dictionary();
}

void fill_validity(const Rows& rows, ColumnId id, Column& column) {
  const auto knows = [&](const TestRow* row) { return is_known(row->cells[id]); };
  if (std::ranges::all_of(rows, knows)) return;
  column.valid = Bitmap(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) column.valid.set(i, knows(rows[i]));
}

// The column of a point holds nothing itself: rules read its coordinates.
Column make_column(const Rows& rows, ColumnId id, const SchemaColumn& schema) {
  Column column;
  column.type = schema.type;
  column.rows = rows.size();
  if (schema.form == ColumnForm::kPoint) return column;
  fill_validity(rows, id, column);
  switch (column.type.kind) {
    case Kind::kText: fill_texts(rows, id, column); break;
    case Kind::kBool: fill_bits(rows, id, column); break;
    case Kind::kFloat: fill_floats(rows, id, column); break;
    case Kind::kList: fill_lists(rows, id, column); break;
    default: fill_integers(rows, id, column); break;
  }
  return column;
}

// ---- links

Link make_link(std::vector<RowId> parent_of, std::size_t parents) {
  Link link{.parent_of = std::move(parent_of), .offsets = {0}, .children = {}};
  for (RowId parent = 0; parent < parents; ++parent) {
    for (RowId child = 0; child < link.parent_of.size(); ++child) {
      if (link.parent_of[child] == parent) link.children.push_back(child);
    }
    link.offsets.push_back(link.children.size());
  }
  return link;
}

std::vector<RowId> parents_of(const Rows& rows, std::size_t link, const std::vector<RowId>& places) {
  std::vector<RowId> parents;
  for (const TestRow* row : rows) parents.push_back(row->parents[link] ? places[*row->parents[link]] : kNoRow);
  return parents;
}

std::vector<RowId> targets_of(const Rows& rows, ColumnId by, const Rows& targets, ColumnId key) {
  std::map<Constant, RowId> by_key;
  for (RowId i = 0; i < targets.size(); ++i) by_key.try_emplace(targets[i]->cells[key].value, i);
  std::vector<RowId> found;
  for (const TestRow* row : rows) {
    const auto target = is_known(row->cells[by]) ? by_key.find(row->cells[by].value) : by_key.end();
    found.push_back(target == by_key.end() ? kNoRow : target->second);
  }
  return found;
}

}  // namespace

TestTables test_database(const Schema& schema, const CheckedTest& test) {
  TestTables made;
  std::vector<Rows> rows(schema.tables.size());
  for (TableId id = 0; id < schema.tables.size(); ++id) {
    std::vector<RowId>& places = made.rows.emplace_back();
    for (const TestRow& row : test.tables[id]) {
      places.push_back(row.exists ? static_cast<RowId>(rows[id].size()) : kNoRow);
      if (row.exists) rows[id].push_back(&row);
    }
  }
  for (TableId id = 0; id < schema.tables.size(); ++id) {
    const SchemaTable& from = schema.tables[id];
    Table& table = made.database.tables.emplace_back();
    table.name = from.name;
    table.rows = rows[id].size();
    for (ColumnId column = 0; column < from.columns.size(); ++column)
      table.columns.push_back(make_column(rows[id], column, from.columns[column]));
    for (std::size_t link = 0; link < from.parents.size(); ++link) {
      const TableId parent = from.parents[link].table;
      table.links.push_back(make_link(parents_of(rows[id], link, made.rows[parent]), rows[parent].size()));
    }
    for (const SchemaReference& reference : from.references) {
      table.references.push_back(targets_of(rows[id], reference.by, rows[reference.to], *schema.tables[reference.to].key));
    }
  }
  return made;
}

}  // namespace segue
