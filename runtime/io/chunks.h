// This file's external interface is `open_chunks`: the tables of a project as a ChunkSource, read as the evaluation goes, within a budget of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "runtime/chunks.h"
#include "runtime/io/load.h"
#include "runtime/io/table_spec.h"

namespace segue {

struct ChunkOptions {
  std::uint64_t memory = 0;            // bytes that the tables may take, of which a part is in use at once
  std::uint64_t bytes_of_account = 0;  // that the answers take for each account
  std::size_t accounts_of_chunk = 0;   // at most; 0: what fits. For tests
  // Nothing is asked of related rows but by accounts, and nothing of all accounts together.
  bool answers_accounts_alone = false;
};

// What `load_database` gives but for the tables themselves. Reports are whole after the first pass.
class Chunks : public ChunkSource {
 public:
  [[nodiscard]] virtual LoadResult reports() const = 0;
  [[nodiscard]] virtual const std::vector<LoadError>& errors() const = 0;
};

// About how many bytes the tables that are needed take in memory while they are read, and the answers. The errors are those of `load_database`.
[[nodiscard]] std::expected<std::uint64_t, std::vector<LoadError>> estimated_bytes(const std::vector<TableSpec>& specs,
                                                                                   const LoadOptions& options,
                                                                                   std::uint64_t bytes_of_account);

// Whether reading in chunks is the faster way, whatever memory there is: many accounts alone, or many rows of one related table in the order of the accounts, of
// numbers, in Parquet files with large row groups. `answers_accounts_alone` as in ChunkOptions.
[[nodiscard]] bool are_better_cut(const std::vector<TableSpec>& specs, const LoadOptions& options, bool answers_accounts_alone);

// Why the tables cannot be cut into chunks, in words that continue "because"; empty where they can.
[[nodiscard]] std::string why_whole(const std::vector<TableSpec>& specs);

// Chunks of tables that can be cut. Where accounts stand alone but for tables that references lead to, they are read in each pass, file by file. Where they have
// related rows, all are read once, checked, and laid on disk by accounts; but where the rows lie in the order of the accounts, they are read in each pass, too, and
// none is laid anywhere. `options` must outlive the chunks.
[[nodiscard]] std::expected<std::unique_ptr<Chunks>, std::vector<LoadError>> open_chunks(const std::vector<TableSpec>& specs,
                                                                                         const LoadOptions& options,
                                                                                         const ChunkOptions& chunks);

}  // namespace segue
