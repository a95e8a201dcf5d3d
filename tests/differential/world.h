// This file's external interface is World: a random schema with its rows as plain values, from which the schema's text, the in-memory
// Database and CSV files are made alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/schema/schema.h"
#include "runtime/constant.h"
#include "runtime/table.h"
#include "stdlib/clock.h"
#include "tests/differential/random.h"

namespace segue::differential {

struct Cell {
  bool is_known = true;
  Constant value;                      // of a known cell that is no list
  std::vector<Constant> list;          // distinct; of a point latitude and longitude
  std::optional<std::int64_t> amount;  // of money: in hundredths of its currency, before it is converted
  std::string currency;                // empty where it is missing
};

// Points, money and what has a unit stand in few conditions only (author_population.cpp).
enum class WorldForm : std::uint8_t { kPlain, kPoint, kMoney, kUnit };

struct WorldColumn {
  std::string name;
  Type type;  // enum_id is an index into World::enums; of money what rules see
  std::vector<Cell> cells;
  WorldForm form = WorldForm::kPlain;
};

struct WorldRate {
  std::string currency;
  std::int64_t valid_from = 0;  // a day
  std::int64_t rate = 0;        // in ten-thousandths
};

// One parent of a relation; the join column is not listed among the columns.
struct WorldParent {
  std::uint32_t table = 0;
  std::string join;              // name of the join column in the data
  std::vector<RowId> parent_of;  // by row; kNoRow for an orphan
};

struct WorldReference {
  std::string name;
  std::uint32_t to = 0;
  std::uint32_t by = 0;
};

struct WorldTable {
  std::string name;
  std::vector<WorldColumn> columns;
  std::optional<std::uint32_t> key, time;
  std::optional<std::uint32_t> known_at;  // no row is later than the clock; the CSV file has some that are
  std::vector<WorldParent> parents;
  std::vector<WorldReference> references;
  std::size_t rows = 0;
};

struct World {
  std::vector<EnumType> enums;
  std::vector<WorldTable> tables;  // the account, then the relations; parents stand before children
  std::string zone = "UTC";
  CalendarRules calendar;
  std::int64_t now = 0;
  std::vector<WorldRate> rates;  // to EUR
};

// Words that texts are made of.
[[nodiscard]] const std::vector<std::string>& words();

// A random schema with `accounts` rows of the account table.
[[nodiscard]] World make_world(Random& random, std::size_t accounts);

// The schema and project files of the world. `rules` is the glob of the rule files, `sources` one CSV file a table in `data/`.
[[nodiscard]] std::string schema_text(const World& world);
[[nodiscard]] std::string project_text(const World& world);

[[nodiscard]] std::string rates_text(const World& world);

// A table as CSV (RFC 4180), with its join columns; where it has a `known_at` also rows that do not exist yet.
[[nodiscard]] std::string csv_text(const World& world, const WorldTable& table);

// The world's tables as readers would leave them, for the schema that `schema_text` is read as.
[[nodiscard]] Database make_database(const World& world, const Schema& schema);

// The world with the rows of every table in another order; `order[t][i]` is the old number of the new row i.
[[nodiscard]] World permuted(const World& world, Random& random, std::vector<std::vector<RowId>>& order);

// The world without the rows of `table` from `begin` to `end`; what hung on them are orphans.
[[nodiscard]] World without_rows(const World& world, std::uint32_t table, std::size_t begin, std::size_t end);

// The world without a column; nothing where it is a key, a time or a reference's.
[[nodiscard]] std::optional<World> without_column(const World& world, std::uint32_t table, std::uint32_t column);

// The world without a relation; nothing where another hangs on it.
[[nodiscard]] std::optional<World> without_table(const World& world, std::uint32_t table);

}  // namespace segue::differential
