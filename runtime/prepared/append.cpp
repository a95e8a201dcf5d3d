// Columns behind columns.
#include "runtime/prepared/append.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace segue {
namespace {

std::size_t padded(std::size_t count) { return (count + 63) / 64 * 64 + 64; }

template <typename T>
T* make_data(Column& column, std::size_t count) {
  column.data.resize(padded(count) * sizeof(T));
  return reinterpret_cast<T*>(column.data.data());
}

// The codes that the entries of a second dictionary (of texts or of other elements) have in the first, which takes those that it lacks.
using Codes = std::vector<std::int32_t>;

Codes join_dictionaries(const Dictionary& first, const Dictionary& second, std::shared_ptr<const Dictionary>& joined) {
  auto both = std::make_shared<Dictionary>();
  std::unordered_map<std::string_view, std::int32_t> wanted;  // of the shorter one
  for (std::size_t i = 0; i < second.size(); ++i) wanted.emplace(second.at(i), -1);
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::int32_t code = both->append(first.at(i));
    if (const auto found = wanted.find(first.at(i)); found != wanted.end()) found->second = code;
  }
  Codes codes(second.size());
  for (std::size_t i = 0; i < second.size(); ++i) {
    std::int32_t& code = wanted.find(second.at(i))->second;
    if (code < 0) code = both->append(second.at(i));
    codes[i] = code;
  }
  joined = std::move(both);
  return codes;
}

Codes join_elements(const std::vector<std::int64_t>& first, const std::vector<std::int64_t>& second, std::vector<std::int64_t>& joined) {
  joined = first;
  std::unordered_map<std::int64_t, std::int32_t> known;
  for (std::size_t i = 0; i < first.size(); ++i) known.emplace(first[i], static_cast<std::int32_t>(i));
  Codes codes;
  for (const std::int64_t value : second) {
    const auto [place, is_new] = known.emplace(value, static_cast<std::int32_t>(joined.size()));
    if (is_new) joined.push_back(value);
    codes.push_back(place->second);
  }
  return codes;
}

template <typename T>
void copy_integers(const Column& from, T* to) {
  for (std::size_t row = 0; row < from.rows; ++row) to[row] = static_cast<T>(from.int_at(row));
}

template <typename T>
void join_integers(const Column& first, const Column& second, Column& joined) {
  T* data = make_data<T>(joined, joined.rows);
  copy_integers(first, data);
  copy_integers(second, data + first.rows);
}

void join_integers(const Column& first, const Column& second, Column& joined) {
  joined.storage = std::max(first.storage, second.storage);  // widths ascend
  switch (joined.storage) {
    case Storage::kInt8: return join_integers<std::int8_t>(first, second, joined);
    case Storage::kInt16: return join_integers<std::int16_t>(first, second, joined);
    case Storage::kInt32: return join_integers<std::int32_t>(first, second, joined);
    default: return join_integers<std::int64_t>(first, second, joined);
  }
}

void join_floats(const Column& first, const Column& second, Column& joined) {
  auto* data = make_data<double>(joined, joined.rows);
  std::copy_n(first.values<double>(), first.rows, data);
  std::copy_n(second.values<double>(), second.rows, data + first.rows);
}

void join_texts(const Column& first, const Column& second, Column& joined) {
  const Codes codes = join_dictionaries(*first.dictionary, *second.dictionary, joined.dictionary);
  auto* data = make_data<std::int32_t>(joined, joined.rows);
  std::copy_n(first.values<std::int32_t>(), first.rows, data);
  for (std::size_t row = 0; row < second.rows; ++row)
    data[first.rows + row] = second.is_known(row) ? codes[static_cast<std::size_t>(second.code_at(row))] : 0;
}

void join_lists(const Column& first, const Column& second, Column& joined) {
  const Codes codes = first.type.element == Kind::kText ? join_dictionaries(*first.dictionary, *second.dictionary, joined.dictionary)
                                                        : join_elements(first.element_values, second.element_values, joined.element_values);
  const std::uint64_t before = first.offsets.back();
  auto* data = make_data<std::int32_t>(joined, before + second.offsets.back());
  std::copy_n(first.values<std::int32_t>(), before, data);
  joined.offsets = std::vector<std::uint64_t>(first.offsets.begin(), first.offsets.end());
  for (std::size_t row = 0; row < second.rows; ++row) {
    std::int32_t* const begin = data + before + second.offsets[row];
    std::int32_t* end = begin;
    for (std::uint64_t i = second.offsets[row]; i < second.offsets[row + 1]; ++i)
      *end++ = codes[static_cast<std::size_t>(second.values<std::int32_t>()[i])];
    std::sort(begin, end);
    joined.offsets.push_back(before + second.offsets[row + 1]);
  }
}

void join_bits(const Column& first, const Column& second, Column& joined) {
  joined.bits = Bitmap(joined.rows);
  for (std::size_t row = 0; row < first.rows; ++row) joined.bits.set(row, first.bits.test(row));
  for (std::size_t row = 0; row < second.rows; ++row) joined.bits.set(first.rows + row, second.bits.test(row));
}

void join_validity(const Column& first, const Column& second, Column& joined) {
  if (first.valid.empty() && second.valid.empty()) return;
  joined.valid = Bitmap(joined.rows, true);
  for (std::size_t row = 0; row < first.rows; ++row) {
    if (!first.is_known(row)) joined.valid.set(row, false);
  }
  for (std::size_t row = 0; row < second.rows; ++row) {
    if (!second.is_known(row)) joined.valid.set(first.rows + row, false);
  }
}

bool share_a_text(const Column& first, const Column& second) {
  std::unordered_set<std::string_view> texts;
  for (std::size_t row = 0; row < second.rows; ++row) {
    if (second.is_known(row)) texts.insert(second.text_at(row));
  }
  for (std::size_t row = 0; row < first.rows; ++row) {
    if (first.is_known(row) && texts.contains(first.text_at(row))) return true;
  }
  return false;
}

std::int64_t number_at(const Column& column, std::size_t row) {
  return column.storage == Storage::kBits ? static_cast<std::int64_t>(column.bool_at(row)) : column.int_at(row);
}

}  // namespace

Column joined_columns(const Column& first, const Column& second) {
  if (first.rows == 0) return second;
  Column joined;
  joined.type = first.type;
  joined.storage = first.storage;
  joined.rows = first.rows + second.rows;
  join_validity(first, second, joined);
  switch (first.storage) {
    case Storage::kNone: break;
    case Storage::kBits: join_bits(first, second, joined); break;
    case Storage::kFloat64: join_floats(first, second, joined); break;
    case Storage::kCodes: join_texts(first, second, joined); break;
    case Storage::kLists: join_lists(first, second, joined); break;
    default: join_integers(first, second, joined); break;
  }
  return joined;
}

bool share_a_value(const Column& first, const Column& second) {
  if (first.storage == Storage::kCodes) return share_a_text(first, second);
  std::unordered_set<std::int64_t> values;
  for (std::size_t row = 0; row < second.rows; ++row) {
    if (second.is_known(row)) values.insert(number_at(second, row));
  }
  for (std::size_t row = 0; row < first.rows; ++row) {
    if (first.is_known(row) && values.contains(number_at(first, row))) return true;
  }
  return false;
}

Link link_by_parent(std::vector<RowId> parent_of, std::size_t parents) {
  std::vector<std::uint64_t> offsets(parents + 1);
  for (const RowId parent : parent_of) {
    if (parent != kNoRow) ++offsets[parent + 1];
  }
  for (std::size_t parent = 0; parent < parents; ++parent) offsets[parent + 1] += offsets[parent];
  std::vector<RowId> children(offsets.back());
  std::vector<std::uint64_t> next(offsets.begin(), offsets.end() - 1);
  for (std::size_t row = 0; row < parent_of.size(); ++row) {
    if (parent_of[row] != kNoRow) children[next[parent_of[row]]++] = static_cast<RowId>(row);
  }
  bool is_in_order = true;
  for (std::size_t i = 0; i < children.size() && is_in_order; ++i) is_in_order = children[i] == i;
  if (is_in_order) children.clear();
  return {.parent_of = std::move(parent_of), .offsets = std::move(offsets), .children = std::move(children)};
}

}  // namespace segue
