// This file's external interface is ColumnPart: the values of one column in neighbouring rows, as narrow as a Column holds them, and how they are made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>

#include "runtime/table.h"

namespace segue::io {

// Memory at a 64-byte boundary, zeroed but perhaps for the first `written` bytes, which the caller writes; large pages where there is much.
[[nodiscard]] std::shared_ptr<std::byte> allocate_values(std::size_t bytes, std::size_t written = 0);

// Bytes of a Column's array of `rows` values, so that vectors may be read past the last one.
[[nodiscard]] inline std::size_t padded_bytes(std::size_t rows, Storage storage) {
  return ((rows + 63) / 64 * 64 + 64) * bytes_of(storage);
}

// The narrowest width that holds a range.
[[nodiscard]] Storage narrowest(std::int64_t least, std::int64_t greatest);

// Where the values of a whole table's column will lie, so that parts are made in place.
struct Placement {
  Storage storage = Storage::kNone;  // kNone: it is not known yet
  std::shared_ptr<std::byte> values;
};

struct ColumnPart {
  Storage storage = Storage::kNone;
  std::size_t rows = 0;
  std::shared_ptr<std::byte> values;  // kInt8 … kCodes; zero where a row is missing
  Bitmap valid;                       // empty: every row is known
  Bitmap bits;                        // kBits
  bool is_placed = false;             // `values` lie in the column's placement

  [[nodiscard]] bool is_known(std::size_t row) const { return valid.empty() || valid.test(row); }
  // Integer kinds of any width, codes, and a bool as 0 or 1.
  [[nodiscard]] std::int64_t number_at(std::size_t row) const;
};

// Calls `action` with a value of the type in which a storage holds values.
template <typename Action>
decltype(auto) with_value_type(Storage storage, Action action) {
  switch (storage) {
    case Storage::kInt8: return action(std::int8_t{});
    case Storage::kInt16: return action(std::int16_t{});
    case Storage::kInt32:
    case Storage::kCodes: return action(std::int32_t{});
    case Storage::kFloat64: return action(double{});
    default: return action(std::int64_t{});
  }
}

// Some rows as a file gives them: the values of known rows one after the other; `levels`, where it is not null, is 1 for a known row and 0 for one
// without a value.
struct Batch {
  std::size_t first = 0;
  std::size_t rows = 0;
  const std::int16_t* levels = nullptr;
};

// Makes a part batch by batch.
class PartBuilder {
 public:
  // Values go to `placement`, from row `first_row` of the table on, where it says a storage; the part begins with `storage` otherwise.
  PartBuilder(std::size_t rows, Storage storage, const Placement& placement, std::size_t first_row);

  // Makes room for integers of a range; false where the placement is too narrow.
  [[nodiscard]] bool hold(std::int64_t least, std::int64_t greatest);
  [[nodiscard]] Storage storage() const { return part_.storage; }

  // Stores `value(i)` for the known row number i of the batch; batches come in order, and hold all rows. One more value than there are known rows may be
  // asked for.
  template <typename Value>
  void put(const Batch& batch, Value value) {
    with_value_type(part_.storage, [&]<typename To>(To) { put_as<To>(batch, value); });
  }
  // The same where the caller knows the type of the storage.
  template <typename To, typename Value>
  void put_as(const Batch& batch, Value value) {
    To* to = room<To>(batch);
    if (batch.levels == nullptr) {
      for (std::size_t i = 0; i < batch.rows; ++i) to[i] = static_cast<To>(value(i));
      return;
    }
    std::size_t next = 0;
    for (std::size_t i = 0; i < batch.rows; ++i) {
      const To known = static_cast<To>(value(next));
      to[i] = batch.levels[i] != 0 ? known : To{};
      next += static_cast<std::size_t>(batch.levels[i]);
    }
    note_missing(batch);
  }
  // Where the values of a batch of known rows go, for whoever stores them himself.
  template <typename To>
  [[nodiscard]] To* room(const Batch& batch) {
    make_room();
    filled_ = batch.first + batch.rows;
    return reinterpret_cast<To*>(part_.values.get()) + batch.first;
  }
  // `put` of a bool.
  void put_bits(const Batch& batch, const bool* values);
  // A row that turns out to be missing after all.
  void set_missing(std::size_t row);

  [[nodiscard]] bool has_missing() const { return !part_.valid.empty(); }
  [[nodiscard]] ColumnPart take() {
    if (part_.storage != Storage::kBits) make_room();
    return std::move(part_);
  }

 private:
  void note_missing(const Batch& batch);
  void make_room();
  void widen(Storage storage);

  ColumnPart part_;
  std::size_t filled_ = 0;  // rows that were put
};

// Copies the values of a part's first rows to `to`, as values of the type To.
template <typename To>
void copy_values(const ColumnPart& part, std::size_t rows, To* to) {
  with_value_type(part.storage, [&]<typename From>(From) {
    const From* from = reinterpret_cast<const From*>(part.values.get());
    if constexpr (std::is_same_v<From, To>) {
      if (rows != 0) std::memcpy(to, from, rows * sizeof(To));
    } else {
      std::transform(from, from + rows, to, [](From value) { return static_cast<To>(value); });
    }
  });
}
template <typename To>
void copy_values(const ColumnPart& part, To* to) {
  copy_values(part, part.rows, to);
}

}  // namespace segue::io
