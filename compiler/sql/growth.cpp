#include "compiler/sql/growth.h"

#include <algorithm>

namespace segue::sql {

bool Growth::add_layer(RowsId id, int layer) {
  Columns& columns = rows_[id];
  std::size_t most = 0;
  for (const auto& [name, sql] : query_.rows[id].layers.at(layer).columns) {
    const std::size_t mentions = mentions_in(id, layer - 1, sql);
    columns.noted[name] = {.layer = layer, .mentions = mentions};
    most = std::max(most, mentions);
  }
  if (most > kMostMentions) columns.tables.push_back(layer);
  return most > kMostMentions;
}

std::size_t Growth::mentions_in(RowsId id, int layer, std::string_view sql) const {
  std::size_t sum = 0;
  for (std::size_t open = sql.find(query_.dialect.quote); open != std::string_view::npos;) {
    const std::size_t close = sql.find(query_.dialect.quote, open + 1);
    if (close == std::string_view::npos) break;
    sum += mentions_of(id, layer, sql.substr(open + 1, close - open - 1));
    open = sql.find(query_.dialect.quote, close + 1);
  }
  return sum;
}

std::size_t Growth::mentions_of(RowsId id, int layer, std::string_view name) const {
  for (; id != kNoRows; layer = query_.rows[id].outer_layer, id = query_.rows[id].outer) {
    const auto columns = rows_.find(id);
    if (columns == rows_.end()) continue;
    const auto found = columns->second.noted.find(name);
    const bool is_known = found != columns->second.noted.end();
    const auto is_between = [&](int table) { return table <= layer && (!is_known || found->second.layer <= table); };
    if (std::ranges::any_of(columns->second.tables, is_between)) return 1;
    if (is_known) return found->second.mentions;
  }
  return 1;
}

}  // namespace segue::sql
