// This file's external interface is RowTables: tables whose rows can be added, changed and taken away one at a time. A row lies in memory as one piece, since one account
// is read at a time; who belongs to whom is found by buckets, one for each value of a table's key, whether a row has the key or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/account/values.h"
#include "compiler/schema/schema.h"
#include "runtime/table.h"

namespace segue {

using BucketId = std::uint32_t;
inline constexpr BucketId kNoBucket = 0xffff'ffff;

// The values of a table's key, numbered. Values that no row has stay numbered: rows of other tables may name them.
class KeyIndex {
 public:
  [[nodiscard]] BucketId find(std::int64_t value) const;
  BucketId place(std::int64_t value);
  // A bucket that no value leads to.
  BucketId add() {
    rows_.push_back(kNoRow);
    return static_cast<BucketId>(rows_.size() - 1);
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  void truncate(std::size_t size) { rows_.resize(size); }
  [[nodiscard]] RowId row(BucketId bucket) const { return bucket == kNoBucket ? kNoRow : rows_[bucket]; }
  void set_row(BucketId bucket, RowId row) { rows_[bucket] = row; }
  // The values are others now; each keeps its bucket.
  template <typename Renew>
  void renew(Renew&& renew_value) {
    for (std::int64_t& value : values_) value = renew_value(value);
    fill_slots();
  }

 private:
  [[nodiscard]] std::size_t slot_of(std::int64_t value) const;
  void fill_slots();

  std::vector<RowId> rows_;           // by bucket: who has the key
  std::vector<std::int64_t> values_;  // by bucket, of those that values lead to: the first ones
  std::vector<BucketId> slots_;       // a power of two
};

// The rows of one table by the bucket that they name in another.
class Chain {
 public:
  void put(RowId row, BucketId bucket);
  void take(RowId row);
  [[nodiscard]] BucketId bucket(RowId row) const { return row < buckets_.size() ? buckets_[row] : kNoBucket; }
  [[nodiscard]] RowId first(BucketId bucket) const { return bucket < first_.size() ? first_[bucket] : kNoRow; }
  [[nodiscard]] RowId next(RowId row) const { return next_[row]; }

 private:
  std::vector<RowId> first_;            // by bucket
  std::vector<RowId> next_, previous_;  // by row
  std::vector<BucketId> buckets_;       // by row
};

// Cells are int64: ints, decimals' raws, days, µs, enum indexes, bools as they are, floats by their bits, texts and lists as ids of the pools; 0 where missing.
class RowTable {
 public:
  static constexpr std::uint32_t kNotKept = 0xffff'ffff;

  // Keeps the columns that `is_kept` says, by index.
  void lay_out(const std::vector<bool>& is_kept, std::size_t links, std::size_t references);

  [[nodiscard]] bool keeps(std::uint32_t column) const { return column < places_.size() && places_[column] != kNotKept; }
  [[nodiscard]] std::size_t column_count() const { return places_.size(); }
  // Rows and gaps between them.
  [[nodiscard]] std::size_t size() const { return exists_.size(); }
  [[nodiscard]] std::size_t cell_bytes() const { return cells_.size() * sizeof(std::int64_t); }
  [[nodiscard]] std::size_t count() const { return exists_.size() - free_.size(); }
  [[nodiscard]] bool exists(RowId row) const { return row < exists_.size() && exists_[row] != 0; }

  [[nodiscard]] std::uint32_t place(std::uint32_t column) const { return places_[column]; }
  [[nodiscard]] const std::int64_t* words(RowId row) const { return cells_.data() + std::size_t{row} * stride_; }
  // By place, from `words`.
  [[nodiscard]] bool is_known_in(const std::int64_t* words, std::uint32_t place) const {
    return ((static_cast<std::uint64_t>(words[place / 64]) >> (place % 64)) & 1) != 0;
  }
  [[nodiscard]] std::int64_t value_in(const std::int64_t* words, std::uint32_t place) const { return words[known_words_ + place]; }

  [[nodiscard]] std::optional<std::int64_t> cell(RowId row, std::uint32_t column) const {
    const std::int64_t* from = words(row);
    return is_known_in(from, places_[column]) ? std::optional(value_in(from, places_[column])) : std::nullopt;
  }
  void set(RowId row, std::uint32_t column, std::optional<std::int64_t> value);

  // A row without values.
  RowId add();
  // Its links and references must be taken before.
  void remove(RowId row);
  // Rows from `size` on, none of them free.
  void truncate(std::size_t size);

  KeyIndex keys;
  std::vector<BucketId> key_of;   // by row: the bucket of its key; kNoBucket in tables without one
  std::vector<Chain> links;       // by the schema's parent index: buckets of the parent's keys
  std::vector<Chain> references;  // by the schema's reference index: buckets of the target's keys

 private:
  std::vector<std::uint32_t> places_;  // by column
  std::size_t known_words_ = 1, stride_ = 1;
  std::vector<std::int64_t> cells_;
  std::vector<std::uint8_t> exists_;
  std::vector<RowId> free_;
};

struct RowTables {
  std::vector<RowTable> tables;  // by the schema's index
  ValuePools pools;

  // The row that a reference of a row leads to, or kNoRow.
  [[nodiscard]] RowId target(std::uint32_t table, RowId row, std::uint32_t reference, std::uint32_t to) const {
    return tables[to].keys.row(tables[table].references[reference].bucket(row));
  }
};

// What a plan needs kept of each table: by table, by column; `added` columns stand behind those of the schema.
struct KeptColumns {
  std::vector<std::vector<bool>> columns;
  std::vector<std::vector<bool>> references;
};

// Empty tables.
[[nodiscard]] RowTables make_row_tables(const Schema& schema, const KeptColumns& kept);

// The tables of a database, whose kept columns have been read. Orphans of a link stay without a parent unless the join column is one of the table's columns.
[[nodiscard]] RowTables load_row_tables(const Schema& schema, const KeptColumns& kept, const Database& database);

// Gives new ids to the texts and lists that the tables hold, and forgets all others.
void renew_pools(const Schema& schema, RowTables& tables);

// A cell of a column in memory, with its texts in the pools.
class CellReader {
 public:
  CellReader(const Column& column, ValuePools& pools);
  [[nodiscard]] std::optional<std::int64_t> cell(std::size_t row);

 private:
  const Column& column_;
  ValuePools& pools_;
  std::vector<std::int64_t> texts_;  // by code
  std::vector<std::int64_t> elements_;
};

}  // namespace segue
