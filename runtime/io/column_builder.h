// This file's external interface is ColumnBuilder: a Column put together from rows of other columns of its type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/io/text_index.h"
#include "runtime/table.h"

namespace segue::io {

// Widths and dictionaries may differ from column to column; storage kNone gives a column that was not read.
class ColumnBuilder {
 public:
  // Appends the rows begin … end - 1.
  void append(const Column& column, std::size_t begin, std::size_t end);
  // Appends rows in any order.
  void append(const Column& column, std::span<const RowId> rows);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  // Memory in use, about.
  [[nodiscard]] std::size_t bytes() const;
  // What was appended; the builder is empty afterwards.
  [[nodiscard]] Column finish();

 private:
  template <typename Rows>
  void append_rows(const Column& column, const Rows& rows);
  template <typename Rows>
  void append_bits(const Bitmap& bits, bool if_empty, std::vector<std::uint64_t>& out, const Rows& rows);
  template <typename Rows>
  void append_integers(const Column& column, const Rows& rows);
  template <typename To, typename Rows>
  void append_integers_as(const Column& column, const Rows& rows);
  template <typename From, typename To, typename Rows>
  void copy_values(const Column& column, const Rows& rows);
  template <typename Rows>
  void append_codes(const Column& column, const Rows& rows);
  template <typename Rows>
  void append_lists(const Column& column, const Rows& rows);
  void widen(Storage storage);
  [[nodiscard]] std::int32_t code_of(const Column& column, std::int32_t code);
  void start_codes(const Column& column, std::size_t used);

  Type type_;
  Storage storage_ = Storage::kNone;
  std::size_t rows_ = 0;
  AlignedBytes data_;                   // values; for lists the codes of all cells
  std::vector<std::uint64_t> valid_;    // empty until a row is missing
  std::vector<std::uint64_t> bits_;     // kBits
  std::vector<std::uint64_t> offsets_;  // kLists
  DictionaryBuilder texts_;
  std::vector<std::int64_t> elements_;  // kLists of anything but text
  HashSlots element_slots_;
  // Of the column that is being appended: its codes' new codes, where a table of them pays.
  std::shared_ptr<const Dictionary> source_;
  std::vector<std::int32_t> new_codes_;
};

}  // namespace segue::io
