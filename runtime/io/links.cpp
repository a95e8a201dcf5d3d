// Joins by hash tables; grouping by counting.
#include "runtime/io/links.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace segue::io {
namespace {

std::int64_t number_at(const Column& column, std::size_t row) {
  return column.storage == Storage::kBits ? (column.bool_at(row) ? 1 : 0) : column.int_at(row);
}

}  // namespace

KeyLookup::KeyLookup(const Column& keys) : keys_(keys) {
  if (keys.storage == Storage::kCodes) {
    index_text();
  } else {
    index_numbers();
  }
}

void KeyLookup::index_text() {
  slots_.grow(keys_.rows, [](std::int32_t) { return std::uint64_t{0}; });
  for (std::size_t row = 0; row < keys_.rows; ++row) {
    slots_.find_or_insert(hash_text(keys_.text_at(row)), static_cast<std::int32_t>(row), [](std::int32_t) { return false; });
  }
}

void KeyLookup::index_numbers() {
  numbers_.resize(keys_.rows);
  for (std::size_t row = 0; row < keys_.rows; ++row) numbers_[row] = number_at(keys_, row);
  if (numbers_.empty()) return;
  const auto [least, greatest] = std::ranges::minmax(numbers_);
  const auto span = static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least);
  if (span / 8 <= numbers_.size()) {
    least_ = least;
    dense_.assign(span + 1, kNoRow);
    for (std::size_t row = 0; row < numbers_.size(); ++row) {
      dense_[static_cast<std::uint64_t>(numbers_[row]) - static_cast<std::uint64_t>(least)] = static_cast<RowId>(row);
    }
    return;
  }
  slots_.grow(keys_.rows, [](std::int32_t) { return std::uint64_t{0}; });
  for (std::size_t row = 0; row < numbers_.size(); ++row) {
    slots_.find_or_insert(hash_int(numbers_[row]), static_cast<std::int32_t>(row), [](std::int32_t) { return false; });
  }
}

RowId KeyLookup::row_of_text(std::string_view text, std::uint64_t hash) const {
  const std::int32_t found = slots_.find(hash, [&](std::int32_t row) { return keys_.text_at(static_cast<std::size_t>(row)) == text; });
  return found < 0 ? kNoRow : static_cast<RowId>(found);
}

RowId KeyLookup::row_of_number(std::int64_t number) const {
  if (!dense_.empty()) {
    const auto at = static_cast<std::uint64_t>(number) - static_cast<std::uint64_t>(least_);
    return at < dense_.size() ? dense_[at] : kNoRow;
  }
  const std::int32_t found =
      slots_.find(hash_int(number), [&](std::int32_t row) { return numbers_[static_cast<std::size_t>(row)] == number; });
  return found < 0 ? kNoRow : static_cast<RowId>(found);
}

// Hashes go ahead of the look-ups, so that memory is on its way when they come.
std::vector<RowId> KeyLookup::rows_of_texts(const Dictionary& texts) const {
  constexpr std::size_t kAhead = 16;
  std::array<std::uint64_t, kAhead> hashes{};
  std::vector<RowId> rows(texts.size());
  const auto fetch = [&](std::size_t code) {
    if (code >= texts.size()) return;
    hashes[code % kAhead] = hash_text(texts.at(code));
    slots_.prefetch(hashes[code % kAhead]);
  };
  for (std::size_t code = 0; code < kAhead; ++code) fetch(code);
  for (std::size_t code = 0; code < texts.size(); ++code) {
    rows[code] = row_of_text(texts.at(code), hashes[code % kAhead]);
    fetch(code + kAhead);
  }
  return rows;
}

std::vector<RowId> KeyLookup::rows_of(const Column& column) const {
  std::vector<RowId> rows(column.rows, kNoRow);
  const bool has_text = column.storage == Storage::kCodes;
  if (has_text != (keys_.storage == Storage::kCodes)) return rows;
  std::vector<RowId> row_of_code;
  if (has_text) row_of_code = rows_of_texts(*column.dictionary);
  for (std::size_t row = 0; row < column.rows; ++row) {
    if (!column.is_known(row)) continue;
    rows[row] = has_text ? row_of_code[static_cast<std::size_t>(column.code_at(row))] : row_of_number(number_at(column, row));
  }
  return rows;
}

Link make_link(std::vector<RowId> parent_of, std::size_t parents) {
  Link link;
  link.parent_of = std::move(parent_of);
  link.offsets.assign(parents + 1, 0);
  for (const RowId parent : link.parent_of) {
    if (parent != kNoRow) ++link.offsets[parent + 1];
  }
  std::partial_sum(link.offsets.begin(), link.offsets.end(), link.offsets.begin());
  link.children.resize(link.offsets.back());
  std::vector<std::uint64_t> next(link.offsets.begin(), link.offsets.end() - 1);
  for (std::size_t row = 0; row < link.parent_of.size(); ++row) {
    const RowId parent = link.parent_of[row];
    if (parent != kNoRow) link.children[next[parent]++] = static_cast<RowId>(row);
  }
  bool is_in_order = true;
  for (std::size_t i = 0; i < link.children.size() && is_in_order; ++i) is_in_order = link.children[i] == i;
  if (is_in_order) link.children.clear();
  return link;
}

std::uint64_t count_orphans(std::size_t rows, std::span<const JoinColumn> joins) {
  if (joins.empty()) return 0;
  Bitmap has_parent(rows), is_orphan(rows);
  for (const JoinColumn& join : joins) {
    for (std::size_t row = 0; row < rows; ++row) {
      if (join.parent_of[row] != kNoRow) {
        has_parent.set(row);
      } else if (join.column.is_known(row)) {
        is_orphan.set(row);
      }
    }
    for (const RowId row : join.unfit) is_orphan.set(row);
  }
  std::uint64_t count = 0;
  for (std::size_t row = 0; row < rows; ++row) count += is_orphan.test(row) || !has_parent.test(row) ? 1 : 0;
  return count;
}

}  // namespace segue::io
