// This file's external interface is how rows of one table find rows of another by key: KeyLookup, links to parents, references.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "runtime/io/text_index.h"
#include "runtime/table.h"

namespace segue::io {

// The rows of a table by their keys, which are known and differ.
class KeyLookup {
 public:
  explicit KeyLookup(const Column& keys);

  // For each row of `column` the row whose key it holds; kNoRow where it is missing, or no row has that key. The types are those of the keys.
  [[nodiscard]] std::vector<RowId> rows_of(const Column& column, unsigned threads = 1) const;

 private:
  [[nodiscard]] RowId row_of_text(std::string_view text, std::uint64_t hash) const;
  [[nodiscard]] std::vector<RowId> rows_of_texts(const Dictionary& texts) const;
  template <typename Value>
  void rows_of_numbers(std::size_t begin, std::size_t end, Value value, std::vector<RowId>& rows) const;
  [[nodiscard]] RowId row_of_number(std::int64_t number) const;  // without `dense_`
  [[nodiscard]] std::vector<RowId> rows_of_ascending(const Dictionary& texts) const;
  void index_text() const;
  void index_numbers();

  const Column& keys_;
  mutable HashSlots slots_;
  mutable std::once_flag indexed_;     // of text: when `slots_` were filled
  bool ascends_ = false;               // text keys ascend from row to row
  std::vector<std::int64_t> numbers_;  // keys by row, of any kind but text
  std::vector<RowId> dense_;           // row by key − least_, where keys lie close together
  std::int64_t least_ = 0;
};

// Both directions, given the parent of each child.
[[nodiscard]] Link make_link(std::vector<RowId> parent_of, std::size_t parents, unsigned threads = 1);

// A join column: the parents that its rows meet, and what it holds.
struct JoinColumn {
  const Column& column;
  std::span<const RowId> unfit;  // rows whose cell is no value of the key's type
  std::span<const RowId> parent_of;
};

// The number of rows that are orphans: they name a parent that they do not meet, or have none at all.
[[nodiscard]] std::uint64_t count_orphans(std::size_t rows, std::span<const JoinColumn> joins);

}  // namespace segue::io
