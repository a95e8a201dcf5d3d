// This file's external interface is Query: the common table expressions of one statement while it is being written. Rows grow in layers: a layer is a
// SELECT over the one before that adds columns, so that what several expressions need is computed once, and no text grows beyond measure.
// Private to this folder.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/sql/dialect.h"

namespace segue::sql {

// An expression in SQL over the columns of some rows.
struct Text {
  std::string sql;
  int layer = 0;           // the first layer of its rows that has all columns it names
  bool is_atom = false;    // a column, a literal or a call: needs no brackets
  bool is_column = false;  // may stand twice: a column or a literal
  bool is_null = true;     // may be NULL
  int depth = 0;           // of brackets
};

inline constexpr std::uint32_t kNoRows = 0xffff'ffff;
using RowsId = std::uint32_t;

// Columns that a layer adds, and what it joins to compute them.
struct Layer {
  std::vector<std::pair<std::string, std::string>> columns;  // name, expression
  std::vector<std::pair<std::uint32_t, RowsId>> groupings;   // joined by the identity of these rows
};

// The rows of a frame, beside the columns of the rows around them.
struct Rows {
  FrameId frame = kNoFrame;
  RowsId outer = kNoRows;
  int outer_layer = 0;
  std::string name;                   // of the common table expressions
  std::string prefix;                 // of its columns
  std::vector<std::string> identity;  // columns that tell its rows apart
  bool has_identity = true;
  std::map<int, Layer> layers;  // 0 is the base
  std::map<std::uint32_t, Text> values;
  std::map<std::string, std::string> hoisted;  // expression → column
};

// Aggregates over rows, one row for each row `of` that has any.
struct Grouping {
  RowsId rows = kNoRows, of = kNoRows;
  int layer = 0;
  std::string name;
  std::vector<std::pair<std::string, std::string>> columns;
  // Tables made of the rows, name and SELECT, each standing on the one before; the last is grouped instead of the rows. `{0}` stands for the rows.
  std::vector<std::pair<std::string, std::string>> steps;
};

// What else stands among the common table expressions: written by the emitter, in order, behind those that it names.
struct Query {
  const Dialect& dialect;
  std::deque<Rows> rows = {};
  std::deque<Grouping> groupings = {};
  std::uint32_t next_column = 1;

  std::string fresh_column();

  // The name of the common table expression that has all columns of the rows up to a layer.
  std::string name_of(RowsId id, int layer) const;

  // A column with the value of `text`; itself when it is one. The column stands one layer further.
  Text hoist(RowsId id, const Text& text, const std::string& wished = {});

  // The column of a grouping with the value of an aggregate; made where there is none.
  std::string aggregate_column(std::uint32_t grouping, const std::string& sql);
  std::uint32_t grouping_of(RowsId rows, int layer, RowsId of);

  // Makes the columns of a grouping known to the rows that it groups by, from `layer` on.
  void join(RowsId id, int layer, std::uint32_t grouping);
};

// The outermost rows: the clock.
inline constexpr RowsId kClockRows = 0;
inline constexpr RowsId kAccountRows = 1;

// The text of all common table expressions that `id` at `layer` needs, in order; `base_of(rows)` gives the SELECT of a base.
template <typename BaseOf>
class Assembly {
 public:
  Assembly(const Query& query, const BaseOf& base_of) : query_(query), base_of_(base_of) {}

  void add_rows(RowsId id, int layer) {
    const Rows& rows = query_.rows[id];
    for (const auto& [number, content] : rows.layers) {
      if (number > layer) break;
      if (!is_new(query_.name_of(id, number))) continue;
      if (number == 0) add_base(id);
      else add_layer(id, number, content);
    }
  }

  void add(std::string name, std::string body) { parts_.emplace_back(std::move(name), std::move(body)); }
  const std::vector<std::pair<std::string, std::string>>& parts() const { return parts_; }

 private:
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
    add(query_.name_of(id, number), "SELECT o.*" + columns + "\n  FROM " + quoted(dialect, before) + " AS o" + joins);
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
  std::vector<std::pair<std::string, std::string>> parts_;
};

}  // namespace segue::sql
