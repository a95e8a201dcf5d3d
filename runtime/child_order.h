// This file's interface, private to the folder, is ChildOrder: rows of child tables that lie in no order, brought into the order of their accounts for one run.
//
// One pass over such a table writes what steps read of a row as a record, to the bucket of the row's account: so many neighbouring accounts that their rows fit
// into the cache. A thread then places the records of a bucket, column by column, where they would lie if the table were in order. So memory is read and written in
// order but for the cache's part (radix partitioning: Boncz, Manegold, Kersten, "Database Architecture Optimized for the New Bottleneck: Memory Access", VLDB 1999).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/program.h"
#include "runtime/table.h"

namespace segue {

// A part of a column as it lies in the records: a value as it is stored, or a bit as a byte.
struct OrderedField {
  ColumnInput input;
  std::uint32_t offset = 0, bytes = 0;
};

struct FreeBytes {
  void operator()(std::byte* bytes) const;
};

// The rows of a table under one of its links. Record i belongs to the bucket whose accounts' children are, by number, around i; inside a bucket they stand in the
// table's order.
struct OrderedTable {
  std::uint32_t table = 0, link = 0;
  std::vector<OrderedField> fields;
  std::size_t record_bytes =
      0;  // the account's place in its bucket, two bytes, then the fields; 0 where no step reads anything of the rows but that they are there
  std::unique_ptr<std::byte, FreeBytes> records;
};

struct ChildOrder {
  unsigned shift = 0;  // a bucket has 2^shift accounts, a multiple of kBlockRows
  std::vector<OrderedTable> tables;
  std::vector<std::uint32_t> table_of;               // by frame: index into `tables`; kNoSlot where its rows are not ordered
  std::vector<std::vector<std::uint32_t>> field_of;  // by frame, by input

  // How many accounts from this one on its bucket has.
  [[nodiscard]] std::size_t left_in_bucket(std::size_t account) const {
    const std::size_t size = std::size_t{1} << shift;
    return tables.empty() ? ~std::size_t{0} : size - account % size;
  }
  [[nodiscard]] bool is_ordered(std::size_t frame) const { return frame < table_of.size() && table_of[frame] != kNoSlot; }
};

// Orders what the frames read that lie right under the account, in no order. `is_wanted`, by frame, says which of them are worth it. Tables whose records would take
// more than `most_bytes` together stay as they are, and are gathered.
[[nodiscard]] ChildOrder order_children(const Program& program, const Database& database, const std::vector<bool>& is_wanted,
                                        unsigned threads, std::size_t most_bytes);

// A table's rows of one bucket, in the order of their accounts.
struct PlacedRows {
  static constexpr std::size_t kNone = ~std::size_t{0};
  std::size_t bucket = kNone;
  std::size_t origin = 0;             // the number of the row at position 0, a multiple of 64
  std::vector<AlignedBytes> columns;  // by field; bits as words. Positions around the bucket's rows hold zeros
  std::vector<std::uint32_t> next;    // by account of the bucket: where its next row goes
};

// Puts a bucket's rows there, unless they are there already.
void place_bucket(const ChildOrder& order, std::size_t table, const Link& link, std::size_t bucket, PlacedRows& placed);

// What an input reads from the child with number `first` on, a multiple of 64 that is not below the origin.
[[nodiscard]] const void* placed_input(const OrderedTable& table, const PlacedRows& placed, std::size_t field, std::size_t first);

}  // namespace segue
