// Columns of every kind, drawn at random.
#pragma once

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

#include "runtime/table.h"

namespace segue {

using Random = std::mt19937_64;

template <typename T>
void set_data(Column& column, const std::vector<T>& values) {
  column.data.resize((values.size() + 127) / 64 * 64 * sizeof(T));
  if (!values.empty()) std::memcpy(column.data.data(), values.data(), values.size() * sizeof(T));
}

inline void set_missing(Column& column, Random& random) {
  if (random() % 2 == 0) return;
  column.valid = Bitmap(column.rows, true);
  for (std::size_t row = 0; row < column.rows; ++row) column.valid.set(row, random() % 5 != 0);
}

template <typename T>
Column integers(std::size_t rows, Storage storage, Random& random) {
  Column column;
  column.type.kind = Kind::kInt;
  column.storage = storage;
  column.rows = rows;
  set_missing(column, random);
  std::vector<T> values(rows);
  const bool is_wide = random() % 2 == 0;
  for (std::size_t row = 0; row < rows; ++row)
    values[row] = column.is_known(row)
                      ? static_cast<T>(is_wide ? static_cast<std::int64_t>(random()) : static_cast<std::int64_t>(random() % 90) - 40)
                      : T{};
  set_data(column, values);
  return column;
}

inline Column floats(std::size_t rows, Random& random) {
  Column column;
  column.type.kind = Kind::kFloat;
  column.storage = Storage::kFloat64;
  column.rows = rows;
  set_missing(column, random);
  constexpr double kSome[] = {
      0.0, -0.0, 1.5, -2.25, 1e300, -1e300, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  std::vector<double> values(rows);
  for (std::size_t row = 0; row < rows; ++row) values[row] = column.is_known(row) ? kSome[random() % 8] : 0;
  set_data(column, values);
  return column;
}

inline std::shared_ptr<Dictionary> texts(Random& random) {
  auto dictionary = std::make_shared<Dictionary>();
  const std::size_t first = random() % 5;
  for (std::size_t i = 0; i < 6; ++i) dictionary->append("text" + std::to_string(first + i));
  return dictionary;
}

inline Column codes(std::size_t rows, Random& random) {
  Column column;
  column.type.kind = Kind::kText;
  column.storage = Storage::kCodes;
  column.rows = rows;
  set_missing(column, random);
  column.dictionary = texts(random);
  std::vector<std::int32_t> values(rows);
  for (std::size_t row = 0; row < rows; ++row) values[row] = column.is_known(row) ? static_cast<std::int32_t>(random() % 6) : 0;
  set_data(column, values);
  return column;
}

inline Column bools(std::size_t rows, Random& random) {
  Column column;
  column.storage = Storage::kBits;
  column.rows = rows;
  set_missing(column, random);
  column.bits = Bitmap(rows);
  for (std::size_t row = 0; row < rows; ++row) column.bits.set(row, column.is_known(row) && random() % 2 == 0);
  return column;
}

inline Column lists(std::size_t rows, bool of_text, Random& random) {
  Column column;
  column.type.kind = Kind::kList;
  column.type.element = of_text ? Kind::kText : Kind::kInt;
  column.storage = Storage::kLists;
  column.rows = rows;
  if (of_text) column.dictionary = texts(random);
  else column.element_values = {7, static_cast<std::int64_t>(random() % 9) + 100, 3, 5, -4, 200};
  std::vector<std::int32_t> all;
  column.offsets.push_back(0);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::int32_t code = 0; code < 6; ++code) {
      if (random() % 3 == 0) all.push_back(code);
    }
    column.offsets.push_back(all.size());
  }
  set_data(column, all);
  return column;
}

// One of every kind.
inline std::vector<Column> columns_of(std::size_t rows, Random& random) {
  std::vector<Column> columns;
  columns.push_back(integers<std::int8_t>(rows, Storage::kInt8, random));
  columns.push_back(integers<std::int16_t>(rows, Storage::kInt16, random));
  columns.push_back(integers<std::int32_t>(rows, Storage::kInt32, random));
  columns.push_back(integers<std::int64_t>(rows, Storage::kInt64, random));
  columns.push_back(floats(rows, random));
  columns.push_back(codes(rows, random));
  columns.push_back(bools(rows, random));
  columns.push_back(lists(rows, true, random));
  columns.push_back(lists(rows, false, random));
  return columns;
}

// A cell as text, whatever its codes.
inline std::string shown(const Column& column, std::size_t row) {
  if (!column.is_known(row)) return "missing";
  switch (column.storage) {
    case Storage::kNone: return "none";
    case Storage::kBits: return column.bool_at(row) ? "true" : "false";
    case Storage::kFloat64: return std::to_string(column.float_at(row));
    case Storage::kCodes: return std::string(column.text_at(row));
    case Storage::kLists: {
      std::vector<std::string> values;
      for (std::uint64_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
        const auto code = static_cast<std::size_t>(column.values<std::int32_t>()[i]);
        values.push_back(column.dictionary ? std::string(column.dictionary->at(code)) : std::to_string(column.element_values[code]));
      }
      std::sort(values.begin(), values.end());
      std::string text;
      for (const std::string& value : values) text += value + ",";
      return text;
    }
    default: return std::to_string(column.int_at(row));
  }
}

}  // namespace segue
