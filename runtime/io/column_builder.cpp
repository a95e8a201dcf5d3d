// Values are copied at the narrowest width so far; texts get new codes.
#include "runtime/io/column_builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/bits.h"

namespace segue::io {
namespace {

struct Range {
  std::size_t begin = 0, count = 0;
  [[nodiscard]] std::size_t size() const { return count; }
  std::size_t operator[](std::size_t i) const { return begin + i; }
};

std::size_t words_for(std::size_t rows) { return (rows + 511) / 512 * 8; }

template <typename Action>
void with_integer_type(Storage storage, Action action) {
  switch (storage) {
    case Storage::kInt8: return action(std::int8_t{});
    case Storage::kInt16: return action(std::int16_t{});
    case Storage::kInt32: return action(std::int32_t{});
    default: return action(std::int64_t{});
  }
}

bool is_integer(Storage storage) { return storage >= Storage::kInt8 && storage <= Storage::kInt64; }

Bitmap bitmap_of(const std::vector<std::uint64_t>& words, std::size_t rows) {
  Bitmap bitmap(rows);
  std::copy_n(words.begin(), std::min(words.size(), bitmap.word_count()), bitmap.words());
  bitmap.clear_tail();
  return bitmap;
}

}  // namespace

template <typename Rows>
void ColumnBuilder::append_bits(const Bitmap& bits, bool if_empty, std::vector<std::uint64_t>& out, const Rows& rows) {
  out.resize(words_for(rows_ + rows.size()));
  if constexpr (std::is_same_v<Rows, Range>) {
    if (!bits.empty()) return copy_bit_range(out.data(), rows_, bits.words(), rows.begin, rows.size());
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_set = bits.empty() ? if_empty : bits.test(rows[i]);
    out[(rows_ + i) / 64] |= std::uint64_t{is_set} << ((rows_ + i) % 64);
  }
}

template <typename From, typename To, typename Rows>
void ColumnBuilder::copy_values(const Column& column, const Rows& rows) {
  const From* from = column.values<From>();
  data_.resize((rows_ + rows.size()) * sizeof(To));
  To* to = reinterpret_cast<To*>(data_.data()) + rows_;
  if constexpr (std::is_same_v<Rows, Range> && std::is_same_v<From, To>) {
    if (rows.size() != 0) std::memcpy(to, from + rows.begin, rows.size() * sizeof(To));
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i) to[i] = static_cast<To>(from[rows[i]]);
  }
}

template <typename To, typename Rows>
void ColumnBuilder::append_integers_as(const Column& column, const Rows& rows) {
  with_integer_type(column.storage, [&]<typename From>(From) { copy_values<From, To>(column, rows); });
}

void ColumnBuilder::widen(Storage storage) {
  AlignedBytes wide(rows_ * bytes_of(storage));
  with_integer_type(storage, [&]<typename To>(To) {
    with_integer_type(storage_, [&]<typename From>(From) {
      const From* from = reinterpret_cast<const From*>(data_.data());
      To* to = reinterpret_cast<To*>(wide.data());
      for (std::size_t i = 0; i < rows_; ++i) to[i] = static_cast<To>(from[i]);
    });
  });
  data_ = std::move(wide);
  storage_ = storage;
}

template <typename Rows>
void ColumnBuilder::append_integers(const Column& column, const Rows& rows) {
  if (column.storage > storage_) widen(column.storage);
  with_integer_type(storage_, [&]<typename To>(To) { append_integers_as<To>(column, rows); });
}

// A table of new codes where most entries are likely to be used.
void ColumnBuilder::start_codes(const Column& column, std::size_t used) {
  if (!column.dictionary && column.element_values.empty()) return new_codes_.clear();
  if (column.dictionary && column.dictionary == source_ && !new_codes_.empty()) return;
  const std::size_t entries = column.dictionary ? column.dictionary->size() : column.element_values.size();
  source_ = column.dictionary;
  new_codes_.clear();
  if (entries <= used * 4 + 64) new_codes_.assign(entries, -1);
}

std::int32_t ColumnBuilder::code_of(const Column& column, std::int32_t code) {
  const auto at = static_cast<std::size_t>(code);
  if (!new_codes_.empty() && new_codes_[at] >= 0) return new_codes_[at];
  std::int32_t made = 0;
  if (column.dictionary) {
    const std::string_view text = column.dictionary->at(at);
    made = texts_.add({text, hash_text(text)});
  } else {
    const std::int64_t value = column.element_values[at];
    if (element_slots_.is_full())
      element_slots_.grow(elements_.size() * 2, [&](std::int32_t each) { return hash_int(elements_[static_cast<std::size_t>(each)]); });
    made = element_slots_.find_or_insert(hash_int(value), static_cast<std::int32_t>(elements_.size()),
                                         [&](std::int32_t each) { return elements_[static_cast<std::size_t>(each)] == value; });
    if (made < 0) {
      made = static_cast<std::int32_t>(elements_.size());
      elements_.push_back(value);
    }
  }
  if (!new_codes_.empty()) new_codes_[at] = made;
  return made;
}

// The code of a missing row is 0, whatever that stands for.
template <typename Rows>
void ColumnBuilder::append_codes(const Column& column, const Rows& rows) {
  start_codes(column, rows.size());
  data_.resize((rows_ + rows.size()) * sizeof(std::int32_t));
  std::int32_t* out = reinterpret_cast<std::int32_t*>(data_.data()) + rows_;
  for (std::size_t i = 0; i < rows.size(); ++i) out[i] = column.is_known(rows[i]) ? code_of(column, column.code_at(rows[i])) : 0;
}

template <typename Rows>
void ColumnBuilder::append_lists(const Column& column, const Rows& rows) {
  start_codes(column, rows.size());
  const std::int32_t* codes = column.values<std::int32_t>();
  if (offsets_.empty()) offsets_.push_back(0);
  std::vector<std::int32_t> cell;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t begin = column.offsets[rows[i]], end = column.offsets[rows[i] + 1];
    cell.clear();
    for (std::size_t at = begin; at < end; ++at) cell.push_back(code_of(column, codes[at]));
    std::ranges::sort(cell);
    const std::size_t bytes = data_.size();
    data_.resize(bytes + cell.size() * sizeof(std::int32_t));
    if (!cell.empty()) std::memcpy(data_.data() + bytes, cell.data(), cell.size() * sizeof(std::int32_t));
    offsets_.push_back(offsets_.back() + cell.size());
  }
}

template <typename Rows>
void ColumnBuilder::append_rows(const Column& column, const Rows& rows) {
  if (storage_ == Storage::kNone) {
    type_ = column.type;
    storage_ = column.storage;
  }
  if (!column.valid.empty() && valid_.empty()) {
    valid_.assign(words_for(rows_), ~std::uint64_t{0});
    if (rows_ % 64 != 0) valid_[rows_ / 64] = (std::uint64_t{1} << (rows_ % 64)) - 1;
    std::fill(valid_.begin() + static_cast<std::ptrdiff_t>((rows_ + 63) / 64), valid_.end(), 0);
  }
  if (!column.valid.empty() || !valid_.empty()) append_bits(column.valid, true, valid_, rows);
  switch (storage_) {
    case Storage::kNone: break;
    case Storage::kBits: append_bits(column.bits, false, bits_, rows); break;
    case Storage::kFloat64: copy_values<double, double>(column, rows); break;
    case Storage::kCodes: append_codes(column, rows); break;
    case Storage::kLists: append_lists(column, rows); break;
    default: append_integers(column, rows);
  }
  rows_ += rows.size();
}

void ColumnBuilder::append(const Column& column, std::size_t begin, std::size_t end) { append_rows(column, Range{begin, end - begin}); }

void ColumnBuilder::append(const Column& column, std::span<const RowId> rows) { append_rows(column, rows); }

std::size_t ColumnBuilder::bytes() const {
  return data_.capacity() + 8 * (valid_.capacity() + bits_.capacity() + offsets_.capacity() + 3 * elements_.capacity()) + texts_.bytes();
}

Column ColumnBuilder::finish() {
  Column column;
  column.type = type_;
  column.storage = storage_;
  column.rows = rows_;
  if (!valid_.empty()) column.valid = bitmap_of(valid_, rows_);
  if (column.valid.count() == rows_) column.valid = Bitmap();
  if (storage_ == Storage::kBits) column.bits = bitmap_of(bits_, rows_);
  if (is_integer(storage_) || storage_ == Storage::kFloat64 || storage_ == Storage::kCodes || storage_ == Storage::kLists) {
    const std::size_t width = storage_ == Storage::kLists ? sizeof(std::int32_t) : bytes_of(storage_);
    const std::size_t values = data_.size() / width;
    data_.resize((values + 127) / 64 * 64 * width);
    column.data = Buffer(std::move(data_));
  }
  if (storage_ == Storage::kLists) {
    if (offsets_.empty()) offsets_.push_back(0);
    column.offsets = std::move(offsets_);
  }
  if (type_.kind == Kind::kText || (type_.kind == Kind::kList && type_.element == Kind::kText)) {
    if (storage_ != Storage::kNone) column.dictionary = std::make_shared<const Dictionary>(texts_.take());
  } else {
    column.element_values = std::move(elements_);
  }
  *this = ColumnBuilder();
  return column;
}

}  // namespace segue::io
