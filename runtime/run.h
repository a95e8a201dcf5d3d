// This file's external interface is `run`, the loop that executes a Program over a database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <vector>

#include "runtime/program.h"
#include "runtime/results.h"
#include "runtime/schemes.h"
#include "runtime/table.h"

namespace segue {

struct RunOptions {
  unsigned threads = 1;
  bool keep_members = true;  // false: sizes alone; the bitmaps of kMembers stay empty
  // Called from the calling thread with the accounts done and the accounts in all; false stops the run.
  std::function<bool(std::size_t done, std::size_t accounts)> progress = {};
  // Where somebody asks: seconds of the processor by step of the program, summed over the threads, are added to it. Asking costs some.
  std::vector<double>* step_seconds = nullptr;
  // Bytes that rows of related tables in no order may take once more, in the order of their accounts; where that is not enough, they are gathered.
  std::size_t order_bytes = std::size_t{4} << 30;
  const BlockSchemes* schemes = nullptr;  // made for the program and the database; null: every step runs for all rows. Borrowed
};

struct RunResults {
  Results results;                                // by root of the plan
  std::vector<std::uint64_t> sizes;               // members, by root
  std::vector<std::vector<std::int64_t>> values;  // by root: of kValues one a row, floats by their bits, 0 where not known
};

enum class RunFailure : std::uint8_t {
  kStopped,      // `progress` said so
  kTooManyRows,  // one batch's rows of an inner frame are more than 2^31, or than memory holds
};

// Whether `program` may be run over `database`: columns of the same storage that have missing values or none, the same dictionaries, rows in order where they were
// in order. The numbers of rows and the values do not matter.
[[nodiscard]] bool fits(const Program& program, const Database& database);

// Executes `program` over the database that it was compiled for or another that it fits. No result depends on the number of threads or the cut into batches.
[[nodiscard]] std::expected<RunResults, RunFailure> run(const Program& program, const Database& database, const RunOptions& options);

}  // namespace segue
