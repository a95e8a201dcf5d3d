// This file's external interface is `prepare`: the tables of a project kept ready on disk, so that evaluations need not read and check their
// sources again; and `hold_tables`, the same in memory, for those who ask repeatedly. docs/prepared-tables.md.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/project.h"

namespace segue {

enum class PreparedState : std::uint8_t {
  kKept,      // nothing has changed
  kExtended,  // files have joined the table, and only they were read
  kRead,      // the whole table was read
};

struct PreparedTable {
  std::string table;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;  // that are stored
  std::uint64_t ranked = 0;   // of them, with codes for the comparisons that the rules make
  std::uint64_t bytes = 0;    // on disk
  PreparedState state = PreparedState::kRead;
};

struct PreparedTables {
  std::string folder;  // as asked; else below the project's folder
  std::vector<PreparedTable> tables;
  std::vector<TableSummary> data;       // what the tables held
  std::vector<Diagnostic> diagnostics;  // about the data
};

struct PrepareOptions {
  DataOptions data;
  std::function<void()> waits;  // called when another process is preparing the same tables, and before waiting for it
};

// Reads what has changed of the tables that have a source, and stores them in `data.prepared_folder` or, without it, in `.segue/prepared` of the
// project's folder. Evaluations at any time see the tables before or those after, whole. A Failure as of `evaluate`; kEnvironment also where the folder
// cannot be written.
[[nodiscard]] std::expected<PreparedTables, Failure> prepare(const OpenedProject& project, const PrepareOptions& options);

struct VerifiedTables {
  std::string folder;
  std::uint64_t files = 0;
  std::vector<Diagnostic> diagnostics;  // one for each file that is not what was written
};

// Compares every file of the prepared tables with its checksum. A Failure where there are no prepared tables that this version can use.
[[nodiscard]] std::expected<VerifiedTables, Failure> verify_prepared(const OpenedProject& project, const DataOptions& options);

// Tables in memory, for DataOptions::held. Cheap to copy.
struct HeldTables;

// The prepared tables of the project where they are there and true, mapped; else all tables that have a source, read into memory. They stay as they are, whatever
// becomes of the files.
[[nodiscard]] std::expected<std::shared_ptr<const HeldTables>, Failure> hold_tables(const OpenedProject& project,
                                                                                    const DataOptions& options);

}  // namespace segue
