// Layers, groupings and their names.
#include "compiler/sql/query.h"

#include <fmt/format.h>

namespace segue::sql {

std::string Query::fresh_column() { return fmt::format("#{}", next_column++); }

std::string Query::name_of(RowsId id, int layer) const {
  const Rows& of = rows[id];
  int number = -1;  // those that are empty have no name
  for (const auto& [at, content] : of.layers) {
    if (at <= layer) ++number;
  }
  return number == 0 ? of.name : fmt::format("{} +{}", of.name, number);
}

Text Query::hoist(RowsId id, const Text& text, const std::string& wished) {
  if (text.is_column && wished.empty()) return text;
  Rows& of = rows[id];
  auto [found, is_new] = of.hoisted.emplace(text.sql, "");
  const int layer = text.layer + 1;
  if (is_new) {
    found->second = wished.empty() ? fresh_column() : wished;
    of.layers[layer].columns.emplace_back(found->second, text.sql);
  }
  return {.sql = quoted(dialect, found->second), .layer = layer, .is_atom = true, .is_column = true, .is_null = text.is_null, .depth = 0};
}

std::uint32_t Query::grouping_of(RowsId of_rows, int layer, RowsId of) {
  for (std::uint32_t i = 0; i < groupings.size(); ++i) {
    if (groupings[i].steps.empty() && groupings[i].rows == of_rows && groupings[i].of == of && groupings[i].layer == layer) return i;
  }
  const auto index = static_cast<std::uint32_t>(groupings.size());
  groupings.push_back({.rows = of_rows,
                       .of = of,
                       .layer = layer,
                       .name = fmt::format("{} by {} {}", rows[of_rows].name, rows[of].name, index + 1),
                       .columns = {},
                       .steps = {}});
  return index;
}

std::string Query::aggregate_column(std::uint32_t grouping, const std::string& sql) {
  for (const auto& [name, known] : groupings[grouping].columns) {
    if (known == sql) return name;
  }
  groupings[grouping].columns.emplace_back(fresh_column(), sql);
  return groupings[grouping].columns.back().first;
}

void Query::join(RowsId id, int layer, std::uint32_t grouping) {
  auto& joined = rows[id].layers[layer].groupings;
  for (const auto& [known, of] : joined) {
    if (known == grouping) return;
  }
  joined.emplace_back(grouping, id);
}

}  // namespace segue::sql
