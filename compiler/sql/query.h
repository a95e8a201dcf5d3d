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

}  // namespace segue::sql
