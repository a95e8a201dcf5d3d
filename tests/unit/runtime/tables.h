// Tables for the tests of the run loop.
#pragma once

#include <cstring>
#include <vector>

#include "runtime/table.h"

namespace segue::test {

inline Column int_column(const std::vector<std::int32_t>& values) {
  Column column{.type = {.kind = Kind::kInt},
                .storage = Storage::kInt32,
                .rows = values.size(),
                .valid = {},
                .bits = {},
                .data = {},
                .offsets = {},
                .dictionary = {},
                .element_values = {}};
  column.data.resize((values.size() + 127) / 64 * 64 * sizeof(std::int32_t));
  if (!values.empty()) std::memcpy(column.data.data(), values.data(), values.size() * sizeof(std::int32_t));
  return column;
}

// Parents with 0, 1, 2, 0, 1, 2 … children, in the parents' order or backwards.
inline Database families(std::size_t parents, bool in_order) {
  Database database;
  database.tables.resize(2);
  database.tables[0].rows = parents;
  Link link;
  link.offsets.push_back(0);
  for (std::size_t i = 0; i < parents; ++i) link.offsets.push_back(link.offsets.back() + i % 3);
  const std::size_t children = link.offsets.back();
  std::vector<std::int32_t> values(children);
  for (std::size_t i = 0; i < children; ++i) {
    const std::size_t row = in_order ? i : children - 1 - i;
    if (!in_order) link.children.push_back(static_cast<RowId>(row));
    values[row] = static_cast<std::int32_t>(i);
  }
  database.tables[1].rows = children;
  database.tables[1].columns.push_back(int_column(values));
  database.tables[1].links.push_back(std::move(link));
  return database;
}

}  // namespace segue::test
