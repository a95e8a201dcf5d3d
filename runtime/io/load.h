// This file's external interface is `load_database`: the tables of a project, read from CSV, Parquet and Arrow IPC files, checked,
// typed and linked. `language.md`, "Data files", "Related tables" and "History".
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/exchange_rates.h"
#include "runtime/io/table_spec.h"
#include "runtime/table.h"
#include "stdlib/time_zone.h"

namespace segue {

struct LoadProgress {
  std::string table;
  std::uint64_t bytes_read = 0;   // over all tables
  std::uint64_t bytes_total = 0;  // size of all files
};

struct LoadOptions {
  std::string root;                      // folder that relative paths start from; empty: the current one
  std::int64_t clock = 0;                // µs since 1970-01-01T00:00:00Z; rows with a later `known_at` do not exist
  const TimeZone* zone = &utc_zone();    // of wall time, and of the clock's local day
  const ExchangeRates* rates = nullptr;  // of columns of money; null: no amount has a rate
  unsigned threads = 1;
  std::vector<const Table*> ready =
      {};  // by table, null elsewhere; empty: none. Tables that somebody has already, neither read nor linked again
  std::function<void(const LoadProgress&)> progress;  // called now and then, by any thread but never by two at once
  const std::atomic<bool>* cancel = nullptr;          // set from outside: reading ends with kCancelled
};

enum class BadKind : std::uint8_t {
  kType,     // a value that does not fit its type
  kMissing,  // a missing value in a column that is not optional
  kEnum,     // a value outside an enum
  kKeyMissing,
  kKeyRepeated,  // all rows of a key but the first
  kEncoding,     // a cell that is not UTF-8
  kCells,        // a row with too few or too many cells; concerns no column
};

struct BadExample {
  std::uint64_t row = 0;              // from 1, without headers, over all files of the table in order
  std::string value;                  // valid UTF-8; empty for a missing one
  std::string file;                   // as messages name it
  std::optional<std::uint64_t> line;  // CSV: where the row starts in its file, from 1
};

// All bad values of one table, column and kind.
struct BadValues {
  std::uint32_t table = 0;
  std::optional<std::uint32_t> column;  // by the schema's index; nothing for kCells
  BadKind kind = BadKind::kType;
  std::uint64_t count = 0;
  bool read_as_missing = false;      // `on_bad: missing`: reported, but no row is bad for it
  std::vector<BadExample> examples;  // the first ten
  std::string message;               // for people: what is, and what to do
};

// The amounts of a column of money that are missing for want of a rate on their day.
struct MissingRates {
  std::uint32_t table = 0;
  std::uint32_t column = 0;  // by the schema's index
  std::uint64_t count = 0;
  std::vector<std::pair<std::string, std::uint64_t>> currencies;  // with their counts, by name; "" for amounts without a currency
  std::vector<BadExample> examples;                               // the first ten: `12.50 USD on 2026-03-01`
  std::string message;                                            // for people: what is, and what to do
};

// What a table held. Rows that do not exist at the clock or repeat an equal one under `dedupe` are in `rows_read` only.
struct TableReport {
  std::string name;
  bool was_read = false;
  std::uint64_t rows_read = 0;
  std::uint64_t bad_rows = 0;
  std::uint64_t orphans = 0;  // rows that name a parent they do not meet, or have none at all
  std::uint64_t not_yet_known = 0;
  std::uint64_t repeated = 0;
};

// The database without the bad rows (as `--on-bad-row skip` asks; under `fail` the caller ends the run when there are any), and what
// is to be said about the data.
struct LoadResult {
  Database database;
  std::vector<TableReport> tables;          // by table index
  std::vector<BadValues> bad;               // by table, column, kind
  std::vector<MissingRates> missing_rates;  // by table, column
  [[nodiscard]] bool has_bad_rows() const {
    for (const TableReport& table : tables) {
      if (table.bad_rows != 0) return true;
    }
    return false;
  }
};

enum class LoadErrorKind : std::uint8_t {
  kEnvironment,  // a missing or unreadable file
  kData,         // a file that is not what it claims to be, or lacks a column
  kCancelled,
};

struct LoadError {
  LoadErrorKind kind = LoadErrorKind::kData;
  std::string message;  // whole: it names the file
  std::string file;     // as messages name it; empty where there is none
  std::string table;
};

// Reads the tables that are needed. Several tables can be in error: the errors, at least one, stand in the order of the tables. The database
// does not depend on the number of threads, nor on the order of a table's files but for the order of its rows.
[[nodiscard]] std::expected<LoadResult, std::vector<LoadError>> load_database(const std::vector<TableSpec>& specs,
                                                                              const LoadOptions& options);

}  // namespace segue
