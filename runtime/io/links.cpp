// Joins by hash tables; grouping by counting.
#include "runtime/io/links.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <type_traits>
#include <utility>

#include "runtime/for_all.h"
#include "runtime/io/column_part.h"

namespace segue::io {
namespace {

std::int64_t number_at(const Column& column, std::size_t row) {
  return column.storage == Storage::kBits ? (column.bool_at(row) ? 1 : 0) : column.int_at(row);
}

bool ascend(const Dictionary& texts) {
  for (std::size_t code = 1; code < texts.size(); ++code) {
    if (texts.at(code - 1) >= texts.at(code)) return false;
  }
  return true;
}

}  // namespace

KeyLookup::KeyLookup(const Column& keys) : keys_(keys) {
  if (keys.storage == Storage::kCodes) {
    ascends_ = true;
    for (std::size_t row = 1; row < keys.rows && ascends_; ++row) ascends_ = keys.text_at(row - 1) < keys.text_at(row);
    if (!ascends_) std::call_once(indexed_, [this] { index_text(); });
  } else {
    index_numbers();
  }
}

void KeyLookup::index_text() const {
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
  const std::int32_t found =
      slots_.find(hash_int(number), [&](std::int32_t row) { return numbers_[static_cast<std::size_t>(row)] == number; });
  return found < 0 ? kNoRow : static_cast<RowId>(found);
}

// Both sides in order: one goes along the other.
std::vector<RowId> KeyLookup::rows_of_ascending(const Dictionary& texts) const {
  std::vector<RowId> rows(texts.size(), kNoRow);
  std::size_t row = 0;
  for (std::size_t code = 0; code < texts.size(); ++code) {
    const std::string_view text = texts.at(code);
    int order = 1;
    while (row < keys_.rows && (order = text.compare(keys_.text_at(row))) > 0) ++row;
    if (order == 0) rows[code] = static_cast<RowId>(row);
  }
  return rows;
}

// Hashes go ahead of the look-ups, so that memory is on its way when they come.
std::vector<RowId> KeyLookup::rows_of_texts(const Dictionary& texts) const {
  if (ascends_ && ascend(texts)) return rows_of_ascending(texts);
  std::call_once(indexed_, [this] { index_text(); });
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

// Neighbouring rows often hold the same number.
template <typename Value>
void KeyLookup::rows_of_numbers(std::size_t begin, std::size_t end, Value value, std::vector<RowId>& rows) const {
  if (!dense_.empty()) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto at = static_cast<std::uint64_t>(std::int64_t{value(row)}) - static_cast<std::uint64_t>(least_);
      rows[row] = at < dense_.size() ? dense_[at] : kNoRow;
    }
    return;
  }
  if (numbers_.empty() || begin == end) return;
  std::int64_t last = value(begin);
  RowId found = row_of_number(last);
  for (std::size_t row = begin; row < end; ++row) {
    const std::int64_t number = value(row);
    if (number != last) found = row_of_number(number);
    last = number;
    rows[row] = found;
  }
}

std::vector<RowId> KeyLookup::rows_of(const Column& column, unsigned threads) const {
  std::vector<RowId> rows(column.rows, kNoRow);
  const bool has_text = column.storage == Storage::kCodes;
  if (has_text != (keys_.storage == Storage::kCodes)) return rows;
  const std::vector<RowId> row_of_code = has_text ? rows_of_texts(*column.dictionary) : std::vector<RowId>();
  for_ranges(column.rows, threads, [&](std::size_t begin, std::size_t end) {
    if (column.storage == Storage::kBits) {
      rows_of_numbers(begin, end, [&](std::size_t row) { return column.bool_at(row) ? 1 : 0; }, rows);
    } else {
      with_value_type(column.storage, [&]<typename T>(T) {
        if constexpr (std::is_integral_v<T>) {
          const T* values = column.values<T>();
          if (!has_text) return rows_of_numbers(begin, end, [=](std::size_t row) { return static_cast<std::int64_t>(values[row]); }, rows);
          for (std::size_t row = begin; row < end; ++row) {
            if (column.is_known(row)) rows[row] = row_of_code[static_cast<std::size_t>(values[row])];
          }
        }
      });
    }
    for (std::size_t row = begin; !column.valid.empty() && row < end; ++row) {
      if (!column.is_known(row)) rows[row] = kNoRow;
    }
  });
  return rows;
}

namespace {

// Whether children lie in the order of their parents, and each has one.
bool are_grouped(const std::vector<RowId>& parent_of, unsigned threads) {
  std::atomic<bool> are = parent_of.empty() || parent_of.back() != kNoRow;
  for_ranges(parent_of.size(), threads, [&](std::size_t begin, std::size_t end) {
    bool ascend = true;
    for (std::size_t row = std::max<std::size_t>(begin, 1); row < end; ++row) ascend &= parent_of[row - 1] <= parent_of[row];
    if (!ascend) are = false;
  });
  return are;
}

// Where each parent's children begin, of children that are grouped.
void fill_grouped_offsets(const std::vector<RowId>& parent_of, unsigned threads, std::vector<std::uint64_t>& offsets) {
  const std::size_t rows = parent_of.size();
  for_ranges(rows, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      std::size_t next = row == 0 ? 0 : std::size_t{parent_of[row - 1]} + 1;
      for (; next <= parent_of[row]; ++next) offsets[next] = row;
    }
  });
  for (std::size_t parent = rows == 0 ? 0 : std::size_t{parent_of.back()} + 1; parent < offsets.size(); ++parent) offsets[parent] = rows;
}

// Children by parent: each part of the rows is counted by itself, so that its places are known.
void group_children(const std::vector<RowId>& parent_of, unsigned threads, std::vector<std::uint64_t>& offsets,
                    std::vector<RowId>& children) {
  const std::size_t rows = parent_of.size(), parents = offsets.size() - 1;
  const std::size_t parts = rows < (std::size_t{1} << 16) || parents > rows / 4 ? 1 : std::clamp(threads, 1U, 8U);
  std::vector<std::vector<RowId>> places(parts, std::vector<RowId>(parents));
  const auto each = [&](std::size_t part, auto visit) {
    for (std::size_t row = rows * part / parts; row < rows * (part + 1) / parts; ++row) {
      if (parent_of[row] != kNoRow) visit(row);
    }
  };
  for_all(parts, threads, [&](std::size_t part) { each(part, [&](std::size_t row) { ++places[part][parent_of[row]]; }); });
  std::uint64_t total = 0;
  for (std::size_t parent = 0; parent < parents; ++parent) {
    offsets[parent] = total;
    for (std::vector<RowId>& place : places) total += std::exchange(place[parent], static_cast<RowId>(total));
  }
  offsets[parents] = total;
  children.resize(total);
  for_all(parts, threads, [&](std::size_t part) {
    each(part, [&](std::size_t row) { children[places[part][parent_of[row]]++] = static_cast<RowId>(row); });
  });
}

}  // namespace

Link make_link(std::vector<RowId> parent_of, std::size_t parents, unsigned threads) {
  std::vector<std::uint64_t> offsets(parents + 1);
  std::vector<RowId> children;
  if (are_grouped(parent_of, threads)) {
    fill_grouped_offsets(parent_of, threads, offsets);
  } else {
    group_children(parent_of, threads, offsets, children);
    bool is_in_order = true;
    for (std::size_t i = 0; i < children.size() && is_in_order; ++i) is_in_order = children[i] == i;
    if (is_in_order) children.clear();
  }
  Link link;
  link.parent_of = std::move(parent_of);
  link.offsets = std::move(offsets);
  link.children = std::move(children);
  return link;
}

std::uint64_t count_orphans(std::size_t rows, std::span<const JoinColumn> joins) {
  if (joins.empty()) return 0;
  // With one way to a parent, a row without one is an orphan whatever its cell holds.
  if (joins.size() == 1) return static_cast<std::uint64_t>(std::ranges::count(joins[0].parent_of, kNoRow));
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
