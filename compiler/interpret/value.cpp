// Values of one row: read from columns and constants, and compared.
#include "compiler/interpret/value.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "stdlib/number.h"
#include "stdlib/print_value.h"
#include "stdlib/text.h"

namespace segue {
namespace {

int compare_floats_totally(double a, double b) {
  const int by_value = compare_float(a, b);
  return by_value != 0 ? by_value : compare_int(std::signbit(b), std::signbit(a));
}

int compare_elements(const std::vector<Value>& a, const std::vector<Value>& b, const Type& element,
                     int (*compare)(const Type&, const Value&, const Value&)) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int order = compare(element, a[i], b[i]); order != 0) return order;
  }
  return compare_int(static_cast<std::int64_t>(a.size()), static_cast<std::int64_t>(b.size()));
}

// Elements that are equal under folding once; they stand beside each other.
std::vector<Value> folded_elements(const Type& list_type, const ListCell& cell) {
  std::vector<Value> elements = list_elements(list_type, cell);
  const Type element = element_type(list_type);
  const auto is_equal = [&](const Value& a, const Value& b) { return compare_values(element, a, b) == 0; };
  elements.erase(std::unique(elements.begin(), elements.end(), is_equal), elements.end());
  return elements;
}

std::string bytes_of(std::int64_t bits) {
  std::string bytes(sizeof bits, '\0');
  std::memcpy(bytes.data(), &bits, sizeof bits);
  return bytes;
}

std::string list_identity(const Type& type, const ListCell& cell) {
  std::string identity;
  for (const Value& element : folded_elements(type, cell)) {
    const std::string one = identity_of(element_type(type), element);
    identity += bytes_of(static_cast<std::int64_t>(one.size())) + one;
  }
  return identity;
}

}  // namespace

Value column_value(const Column& column, RowId row) {
  assert(column.is_read() && row < column.rows);
  if (!column.is_known(row)) return {.missing = true};
  switch (column.storage) {
    case Storage::kBits: return {.bits = column.bool_at(row)};
    case Storage::kFloat64: return float_value(column.float_at(row));
    case Storage::kCodes: return {.text = column.text_at(row)};
    case Storage::kLists: return {.list = {&column, row}};
    default: return {.bits = column.int_at(row)};
  }
}

Value constant_value(const Constant& constant) {
  if (const auto* text = std::get_if<std::string>(&constant)) return {.text = *text};
  if (const auto* number = std::get_if<double>(&constant)) return float_value(*number);
  if (const auto* truth = std::get_if<bool>(&constant)) return {.bits = *truth};
  return {.bits = std::get<std::int64_t>(constant)};
}

Type element_type(const Type& list) {
  return {.kind = list.element, .scale = list.scale, .optional = false, .folded = list.folded, .enum_id = list.enum_id};
}

std::vector<Value> list_elements(const Type& list_type, const ListCell& cell) {
  const Column& column = *cell.column;
  std::vector<Value> elements;
  for (std::uint64_t i = column.offsets[cell.row]; i < column.offsets[cell.row + 1]; ++i) {
    const auto code = static_cast<std::size_t>(column.values<std::int32_t>()[i]);
    elements.push_back(column.dictionary ? Value{.text = column.dictionary->at(code)} : Value{.bits = column.element_values[code]});
  }
  const Type element = element_type(list_type);
  std::sort(elements.begin(), elements.end(), [&](const Value& a, const Value& b) { return order_values(element, a, b) < 0; });
  return elements;
}

int compare_values(const Type& type, const Value& a, const Value& b) {
  switch (type.kind) {
    case Kind::kText: return type.folded ? compare_text(fold(a.text), fold(b.text)) : compare_text(a.text, b.text);
    case Kind::kFloat: return compare_float(float_of(a), float_of(b));
    case Kind::kList:
      return compare_elements(folded_elements(type, a.list), folded_elements(type, b.list), element_type(type), compare_values);
    default: return compare_int(a.bits, b.bits);
  }
}

int order_values(const Type& type, const Value& a, const Value& b) {
  if (const int order = compare_values(type, a, b); order != 0) return order;
  switch (type.kind) {
    case Kind::kText: return compare_text(a.text, b.text);
    case Kind::kFloat: return compare_floats_totally(float_of(a), float_of(b));
    case Kind::kList: return compare_elements(list_elements(type, a.list), list_elements(type, b.list), element_type(type), order_values);
    default: return 0;
  }
}

std::string plain_text(const Value& value, const Type& type, std::span<const EnumType> enums) {
  switch (type.kind) {
    case Kind::kText: return std::string(value.text);
    case Kind::kBool: return value.bits != 0 ? "true" : "false";
    case Kind::kFloat: return print_float(float_of(value));
    case Kind::kDecimal: return print_decimal(value.bits, type.scale);
    case Kind::kDate: return print_date(value.bits);
    case Kind::kTimestamp: return print_timestamp_utc(value.bits);
    case Kind::kEnum: return enums[type.enum_id].values[static_cast<std::size_t>(value.bits)];
    default: return print_int(value.bits);
  }
}

std::string identity_of(const Type& type, const Value& value) {
  switch (type.kind) {
    case Kind::kText: return type.folded ? fold(value.text) : std::string(value.text);
    case Kind::kFloat: return bytes_of(std::bit_cast<std::int64_t>(canonical_float(float_of(value))));
    case Kind::kList: return list_identity(type, value.list);
    default: return bytes_of(value.bits);
  }
}

}  // namespace segue
