// This file's external interface is `prepared_result`: tables that are held or prepared, where they are what reading the sources would give. Private to
// this folder.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/table_notes.h"
#include "runtime/prepared/manifest.h"
#include "runtime/table.h"

namespace segue {

// What load_database gives, over tables that somebody else may have, too.
struct PreparedResult {
  std::shared_ptr<const Database> database;
  std::vector<TableReport> tables;
  std::vector<BadValues> bad;
  std::vector<MissingRates> missing_rates;
};

struct PreparedAnswer {
  std::optional<PreparedResult> result;  // nothing: the sources are to be read
  std::vector<Diagnostic> diagnostics;   // why, where that is not as usual, and what to do
};

// Of what `specs` need. Looks at the sources' stamps, not into them.
[[nodiscard]] PreparedAnswer prepared_result(const CheckedProject& project, const DataOptions& options,
                                             const std::vector<TableSpec>& specs);

struct HeldTables {
  Manifest manifest;  // without files
  std::shared_ptr<const Database> database;
};

// Where prepared tables of a project lie, and as messages name it.
[[nodiscard]] std::filesystem::path prepared_folder(const CheckedProject& project, const DataOptions& options);
[[nodiscard]] std::string shown_folder(const DataOptions& options);

// Why stored tables are not what reading would give, their sources apart.
enum class Misfit : std::uint8_t {
  kTable,    // a table is not stored, or not all columns
  kReading,  // the schema or the project file has changed, or other sources are given
  kClock,
  kRates,
  kBadRows,  // with fewer columns, fewer rows may be bad
};

// The notes of each table that `wanted` names.
struct FittingTables {
  std::vector<const StoredTable*> tables;  // by table; null where it is not read
  std::vector<TableNotes> notes;
};
[[nodiscard]] std::expected<FittingTables, Misfit> fitting_tables(const CheckedProject& project, const std::vector<TableSpec>& specs,
                                                                  const std::vector<std::vector<bool>>& wanted, const Manifest& manifest,
                                                                  std::int64_t clock);

// A stored table, mapped: the columns that are wanted, its links, and those of its references that are needed. The error names the file, and says what is wrong with it.
[[nodiscard]] std::expected<Table, std::string> mapped_table(const std::string& folder, const StoredTable& stored,
                                                             const std::vector<TableSpec>& specs, std::uint32_t table,
                                                             const std::vector<bool>& wanted, const Manifest& manifest, bool is_thorough);

// An empty table with its columns' types, as a reader leaves one that is not needed.
[[nodiscard]] Table unread_table(const TableSpec& spec);

// `the prepared tables in … are damaged`: why a manifest cannot be used, and what to do.
[[nodiscard]] std::string fault_message(ManifestFault fault, const std::string& folder);

}  // namespace segue
