// This file's external interface is Growth: how long an expression becomes in an engine that puts the text of a column at each place that names it, as
// PostgreSQL does where a SELECT stands over a SELECT. Three steps of two mentions each are eight; a day counted in a time zone has twenty steps.
// Private to this folder.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sql/query.h"

namespace segue::sql {

class Growth {
 public:
  explicit Growth(const Query& query) : query_(query) {}

  // Notes the columns of a layer, whose layers before were noted. True where one of them would grow beyond `kMostMentions`: the layer is to be made
  // once, as a table, and its columns count as columns of a table from then on.
  bool add_layer(RowsId id, int layer);

 private:
  static constexpr std::size_t kMostMentions = 64;

  struct Noted {
    int layer = 0;
    std::size_t mentions = 1;  // of columns of tables, with everything put in place
  };
  struct Columns {
    std::map<std::string, Noted, std::less<>> noted;
    std::vector<int> tables;  // the layers that are made once
  };

  std::size_t mentions_in(RowsId id, int layer, std::string_view sql) const;
  std::size_t mentions_of(RowsId id, int layer, std::string_view name) const;

  const Query& query_;
  std::map<RowsId, Columns> rows_;
};

}  // namespace segue::sql
