// This file's external interface is Assembly: the common table expressions of one statement, each behind those that it names. Private to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/sql/growth.h"
#include "compiler/sql/query.h"

namespace segue::sql {

struct CommonTable {
  std::string name, body;
  bool is_large = false;  // to be made once, for its text would grow too long where it is put in place
};

// The text of all common table expressions that `id` at `layer` needs, in order; `base_of(rows)` gives the SELECT of a base.
template <typename BaseOf>
class Assembly {
 public:
  Assembly(const Query& query, const BaseOf& base_of) : query_(query), base_of_(base_of), growth_(query) {}

  void add_rows(RowsId id, int layer) {
    const Rows& rows = query_.rows[id];
    for (const auto& [number, content] : rows.layers) {
      if (number > layer) break;
      if (!is_new(query_.name_of(id, number))) continue;
      if (number == 0) add_base(id);
      else add_layer(id, number, content);
    }
  }

  const std::vector<CommonTable>& parts() const { return parts_; }

 private:
  void add(std::string name, std::string body, bool is_large = false) { parts_.push_back({std::move(name), std::move(body), is_large}); }
  bool is_new(const std::string& name) { return names_.emplace(name, true).second; }

  void add_base(RowsId id) {
    const Rows& rows = query_.rows[id];
    if (rows.outer != kNoRows) add_rows(rows.outer, rows.outer_layer);
    for (auto& [name, body] : base_of_(id)) {
      if (is_new("base of " + name)) add(name, body);
    }
  }

  void add_layer(RowsId id, int number, const Layer& content) {
    for (const auto& [grouping, of] : content.groupings) add_grouping(grouping);
    std::string columns, joins;
    const Dialect& dialect = query_.dialect;
    for (const auto& [name, sql] : content.columns) columns += ",\n    " + sql + " AS " + quoted(dialect, name);
    for (const auto& [index, of] : content.groupings) {
      const Grouping& grouping = query_.groupings[index];
      for (const auto& [name, sql] : grouping.columns) columns += ",\n    " + quoted(dialect, grouping.name) + "." + quoted(dialect, name);
      joins += "\n  LEFT JOIN " + joined(grouping);
    }
    const std::string before = query_.name_of(id, number - 1);
    add(query_.name_of(id, number), "SELECT o.*" + columns + "\n  FROM " + quoted(dialect, before) + " AS o" + joins,
        growth_.add_layer(id, number));
  }

  std::string joined(const Grouping& grouping) const {
    const std::string name = quoted(query_.dialect, grouping.name);
    std::string on;
    const auto& identity = query_.rows[grouping.of].identity;
    for (std::size_t i = 0; i < identity.size(); ++i) {
      on += (i == 0 ? "" : " AND ") + name + "." + quoted(query_.dialect, "key " + std::to_string(i + 1)) + " = o." +
            quoted(query_.dialect, identity[i]);
    }
    return name + " ON " + on;
  }

  void add_grouping(std::uint32_t index) {
    const Grouping& grouping = query_.groupings[index];
    if (!is_new(grouping.name)) return;
    add_rows(grouping.rows, grouping.layer);
    const auto& identity = query_.rows[grouping.of].identity;
    std::string keys, numbers, columns;
    for (std::size_t i = 0; i < identity.size(); ++i) {
      keys += (i == 0 ? "" : ", ") + quoted(query_.dialect, identity[i]) + " AS " + quoted(query_.dialect, "key " + std::to_string(i + 1));
      numbers += (i == 0 ? "" : ", ") + quoted(query_.dialect, identity[i]);
    }
    const std::string rows = quoted(query_.dialect, query_.name_of(grouping.rows, grouping.layer));
    for (const auto& [name, sql] : grouping.steps) add(name, fill(sql, {rows}));
    for (const auto& [name, sql] : grouping.columns) columns += ",\n    " + sql + " AS " + quoted(query_.dialect, name);
    add(grouping.name, "SELECT " + keys + columns + "\n  FROM " +
                           (grouping.steps.empty() ? rows : quoted(query_.dialect, grouping.steps.back().first)) + "\n  GROUP BY " +
                           numbers);
  }

  const Query& query_;
  const BaseOf& base_of_;
  std::map<std::string, bool> names_;
  std::vector<CommonTable> parts_;
  Growth growth_;
};

}  // namespace segue::sql
