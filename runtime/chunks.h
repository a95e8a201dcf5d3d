// This file's external interface is ChunkSource: a database that need not fit in memory, as chunks: runs of accounts, each with all rows that are
// related to them. A database in memory is one chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/run.h"
#include "runtime/table.h"

namespace segue {

// Rows are numbered within the chunk; tables that references lead to are whole. Chunk follows chunk in the order of the accounts.
struct Chunk {
  const Database& database;
  // By table: its rows in the chunks before; 0 of whole tables. Set in `take`, and in `work` from the second pass on.
  std::vector<std::uint64_t> first_rows = {};
  // By table: the number in the whole table of each row; empty where the chunk's rows are neighbours there.
  std::vector<std::span<const RowId>> row_numbers = {};
  RunResults results = {};  // what `work` leaves for `take`
};

// What is known of a column of integers (numbers, decimals, days, microseconds) in all rows of its table that a chunk will have, before they are read.
struct StatedColumn {
  std::uint32_t table = 0, column = 0;
  bool may_be_missing = true;
  bool may_be_known = true;                     // false: all rows are missing
  std::pair<std::int64_t, std::int64_t> range;  // in which all known values lie
};

// What is done with each chunk. False ends the pass.
class ChunkVisitor {
 public:
  ChunkVisitor() = default;
  ChunkVisitor(const ChunkVisitor&) = delete;
  ChunkVisitor& operator=(const ChunkVisitor&) = delete;
  virtual ~ChunkVisitor() = default;

  // Which of some columns, given in their order, need to be read: in place of another one any known value of its range stands in all rows, or none in any where
  // all are missing. Called for several chunks at once, before `work`.
  virtual std::vector<bool> needed(std::span<const StatedColumn> stated) { return std::vector<bool>(stated.size(), true); }
  // Whether rows of a table that is related to accounts change any answer where the stated columns of it are as stated. Called as `needed` is.
  virtual bool needs_rows(std::uint32_t /*table*/, std::span<const StatedColumn> /*stated*/) { return true; }
  // Called for several chunks at once.
  virtual bool work(Chunk& chunk) = 0;
  // Called after `work`, one chunk at a time, in their order.
  virtual bool take(Chunk& chunk) = 0;
  // All chunks so far count for nothing, and come again: the data were not what they seemed to be.
  virtual void restart() = 0;
};

enum class PassEnd : std::uint8_t {
  kDone,
  kStopped,  // by the visitor
  kFailed,   // the source knows why
};

class ChunkSource {
 public:
  ChunkSource() = default;
  ChunkSource(const ChunkSource&) = delete;
  ChunkSource& operator=(const ChunkSource&) = delete;
  virtual ~ChunkSource() = default;

  // Goes over all chunks; may be called again, and then gives the same ones.
  virtual PassEnd pass(ChunkVisitor& visitor) = 0;
  // The rows of several columns of one type, one column after another.
  [[nodiscard]] virtual Column joined(std::span<const Column> parts) const = 0;
  // How many chunks `work` may be called for at once.
  [[nodiscard]] virtual unsigned threads() const { return 1; }
};

}  // namespace segue
