// This file's external interface is TableSpec: what the reader must know of a table, taken from schema and project file by whoever calls it.
// `language.md`, "Schema and project file" and "Data files".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/type.h"

namespace segue {

// How a column's values lie in the data.
enum class CellForm : std::uint8_t {
  kValue,       // one value in one column
  kPoint,       // two columns, which two columns of form kCoordinate hold; itself it is never read
  kCoordinate,  // latitude or longitude of a point, in degrees
  kMoney,  // an amount of any scale, with its currency in a column beside it; the Column that is made holds decimals in the currency of the rates
};

// One column of the schema.
struct ColumnSpec {
  std::string name;                                    // as rules write it
  std::string from;                                    // as the data write it
  Type type;                                           // of the Column that is made
  bool accepts_missing = false;                        // a missing cell is not bad
  bool bad_is_missing = false;                         // `on_bad: missing`
  std::vector<std::string> true_values, false_values;  // of a bool in CSV; empty: `true`, `false` in any case
  std::string format;                                  // of a date or timestamp in CSV, in strptime's letters; empty: ISO 8601
  std::string separator = ";";                         // between the values of a list in CSV
  std::vector<std::string> enum_values;                // of an enum, or of a list of enum
  bool enum_is_folded = false;                         // values match by simple case folding
  CellForm form = CellForm::kValue;
  std::string currency_from;                         // of kMoney: the data's column that holds the currency
  std::optional<std::uint32_t> latitude, longitude;  // of kPoint: its coordinates' columns
  std::optional<std::uint32_t> point;                // of kCoordinate: whose it is
  // Read it; keys, known_at and, under `dedupe`, all columns are read in any case, as are both coordinates of a point of which one is needed, and the
  // table's time for money.
  bool is_needed = false;
};

// A way from a row to the row of a parent: the join column holds the parent's key, in the parent's type.
struct ParentSpec {
  std::uint32_t table = 0;              // index into the vector of specs
  std::string from;                     // the join column, as the data write it
  std::optional<std::uint32_t> column;  // the join column's index, where the schema lists it
};

// A way from a row to the row of `to` whose key equals the value of column `by`.
struct ReferenceSpec {
  std::uint32_t to = 0;
  std::uint32_t by = 0;
  bool is_needed = false;
};

struct TableSpec {
  std::string name;
  std::string path;  // as the project writes it, for messages
  std::vector<std::string>
      files;  // what `path` means: one file or folder, or the files of a glob; relative to LoadOptions::root, or absolute
  char delimiter = ',';
  std::vector<std::string> null_values;
  std::vector<ColumnSpec> columns;  // by the schema's column index
  std::optional<std::uint32_t> key, known_at;
  std::optional<std::uint32_t> time;  // gives the day of a row's amounts of money; without it, the clock does
  bool dedupe = false;
  std::vector<ParentSpec> parents;
  std::vector<ReferenceSpec> references;
  bool is_needed = false;  // read it; the parents of what is read and the targets of needed references are read too, for their keys
};

}  // namespace segue
