// This file's external interface is Schema: the tables that rules may speak of, as the schema file declares them, in plain
// data, and the lookups by name. `load_schema` makes it from text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/source/source.h"
#include "runtime/type.h"

namespace segue {

// Index into Schema::tables.
using TableId = std::uint32_t;
// Index into SchemaTable::columns.
using ColumnId = std::uint32_t;
inline constexpr TableId kAccountTable = 0;

// How a column's value lies in the data.
enum class ColumnForm : std::uint8_t {
  kPlain,  // one column of the data, of type `type`
  kMoney,  // an amount, with its currency in a column beside it; `type` is what rules see: decimal(digits), in the project's currency
  kPoint,  // latitude and longitude in two columns of the data, which two hidden columns of this table hold; `type` says only whether it is optional
  // A hidden column: one coordinate of a point, a float in degrees. `from` is its column in the data; it is in no `column_ids`, and its name
  // (`location.latitude`) is none that rules could write.
  kCoordinate,
};

// Who may look at a column. `language.md`, "Governance".
enum class DataClass : std::uint8_t { kOpen, kPersonal, kSensitive, kProtected };

struct SchemaColumn {
  std::string name;  // as rules write it
  std::string from;  // the name of the column in the data; equal to `name` unless the schema says otherwise. Empty for a point
  // `type.optional`: a rule may meet a missing value here, which `on_bad: missing` alone brings about too.
  Type type;
  ColumnForm form = ColumnForm::kPlain;
  bool accepts_missing = false;  // `T?` or `optional: true`: a missing cell is no bad cell
  bool bad_is_missing = false;   // `on_bad: missing`
  // Of a bool (or a list of bool): the texts that mean true and false in CSV, exactly. Both are empty (`true` and `false` in any case) or neither.
  std::vector<std::string> true_values, false_values;
  std::string format;           // of a date or timestamp in CSV, known to compile (`compile_time_format`); empty: the usual form
  std::string separator = ";";  // between the values of a list in CSV
  std::string unit;             // of a number; empty when none
  DataClass data_class = DataClass::kOpen;
  // kMoney: the data's column that holds the currency.
  std::string currency_from;
  // kPoint: the data's columns.
  std::string latitude_from, longitude_from;
  // kPoint: its hidden columns, which stand behind all columns that the schema names; of kCoordinate: the point.
  std::optional<ColumnId> latitude, longitude, point;
  Span span;  // its name in the schema
};

// One way in which a row of a relation belongs to a row of another table: the join column holds the parent's key, read in
// the type of that key (`key_type`).
struct ParentLink {
  TableId table = kAccountTable;
  std::string from;                // the join column's name in the data
  std::optional<ColumnId> column;  // the join column, where it is listed among the columns
  Span span;                       // the parent's name in the schema
};

// A way from a row to one row of a table: the row whose key equals the value of the column `by`.
struct SchemaReference {
  std::string name;
  TableId to = kAccountTable;
  ColumnId by = 0;
  Span span;
};

struct SchemaTable {
  std::string name;  // `account`, or the relation's
  std::vector<SchemaColumn> columns;
  std::optional<ColumnId> key;       // always there for the account and for any table that is a parent or referenced
  std::optional<ColumnId> time;      // date or timestamp; relations only
  std::optional<ColumnId> known_at;  // date or timestamp
  bool dedupe = false;               // exactly equal rows count once
  std::vector<ParentLink> parents;   // none for the account, at least one for a relation
  std::vector<SchemaReference> references;
  std::map<std::string, ColumnId, std::less<>> column_ids;  // by name
  Span span;                                                // its name in the schema
};

struct Schema {
  std::vector<SchemaTable> tables;   // the account, then the relations in order of declaration
  std::vector<EnumType> enum_types;  // `Type::enum_id` is an index here
};

// The table, column or reference of that name; nothing where there is none.
[[nodiscard]] std::optional<TableId> find_table(const Schema& schema, std::string_view name);
[[nodiscard]] std::optional<ColumnId> find_column(const SchemaTable& table, std::string_view name);
[[nodiscard]] std::optional<std::uint32_t> find_reference(const SchemaTable& table, std::string_view name);

// The names of the columns that rules may write: all but the hidden ones.
[[nodiscard]] std::vector<std::string> column_names(const SchemaTable& table);

// The type in which the join column of `link` is read: that of the parent's key, never optional and never folded.
[[nodiscard]] Type key_type(const Schema& schema, const ParentLink& link);

// The tables that have `table` as a parent, in order of declaration.
[[nodiscard]] std::vector<TableId> children_of(const Schema& schema, TableId table);

// The id in `types` of an enum with the same values, order and folding as `type`; appends it where there is none. Keeps the first name.
EnumTypeId intern_enum(std::vector<EnumType>& types, EnumType type);

struct SchemaResult {
  Schema schema;  // without what is in error: whoever sees errors in `diagnostics` should not check rules against it
  std::vector<Diagnostic> diagnostics;
};

// The schema that the YAML text of `source` declares. `id` is the source's place in the SourceMap, for the spans. Any bytes give
// a schema or diagnostics, several at once, in time linear in the text.
[[nodiscard]] SchemaResult load_schema(const Source& source, SourceId id);

}  // namespace segue
