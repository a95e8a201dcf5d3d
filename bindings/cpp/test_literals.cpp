// Values as rules write them.
#include "bindings/cpp/test_literals.h"

#include <bit>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "compiler/syntax/parse.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

// `1.5e-07` → `0.00000015`.
std::string without_exponent(const std::string& number) {
  const std::size_t e = number.find('e');
  if (e == std::string::npos) return number;
  const int exponent = std::atoi(number.c_str() + e + 1);
  std::string mantissa = number.substr(0, e);
  const std::string sign = mantissa.starts_with('-') ? "-" : "";
  mantissa.erase(0, sign.size());
  const std::size_t point = mantissa.find('.');
  const int before = static_cast<int>(point == std::string::npos ? mantissa.size() : point);
  if (point != std::string::npos) mantissa.erase(point, 1);
  const int place = before + exponent;  // of the point in the digits
  if (place <= 0) return sign + "0." + std::string(static_cast<std::size_t>(-place), '0') + mantissa;
  const auto whole = static_cast<std::size_t>(place);
  if (whole >= mantissa.size()) return sign + mantissa + std::string(whole - mantissa.size(), '0');
  return sign + mantissa.substr(0, whole) + "." + mantissa.substr(whole);
}

std::string time_literal(std::int64_t instant, const TimeZone& zone) {
  const bool has_plain_offset = offset_at(zone, instant) % kMicrosPerMinute == 0;
  return has_plain_offset ? print_timestamp(instant, zone) : print_timestamp_utc(instant);
}

std::optional<std::string> number_literal(const CheckedProgram& program, const Type& type, std::int64_t number, const TimeZone& zone) {
  switch (type.kind) {
    case Kind::kBool: return number != 0 ? "true" : "false";
    case Kind::kFloat: return float_literal(std::bit_cast<double>(number));
    case Kind::kDecimal: return print_decimal(number, type.scale);
    case Kind::kDate: return print_date(number);
    case Kind::kTimestamp: return time_literal(number, zone);
    case Kind::kEnum: return enum_literal(program.enums[type.enum_id].values[static_cast<std::size_t>(number)]);
    default: return print_int(number);
  }
}

std::optional<std::string> list_literal(const CheckedProgram& program, const Column& column, std::size_t row, const TimeZone& zone) {
  Type element;
  element.kind = column.type.element;
  element.scale = column.type.scale;
  element.enum_id = column.type.enum_id;
  std::string text = "[";
  for (std::size_t at = column.offsets[row]; at < column.offsets[row + 1]; ++at) {
    const auto code = static_cast<std::size_t>(column.values<std::int32_t>()[at]);
    const auto one = element.kind == Kind::kText ? std::optional(quoted_text(column.dictionary->at(code)))
                                                 : number_literal(program, element, column.element_values[code], zone);
    if (!one) return std::nullopt;
    text += (text.size() == 1 ? "" : ", ") + *one;
  }
  return text + "]";
}

}  // namespace

std::string quoted_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += fmt::format("\\{}", letter);
    else if (letter == '\n') quoted += "\\n";
    else if (letter == '\t') quoted += "\\t";
    else if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f)
      quoted += fmt::format("\\u{{{:x}}}", static_cast<unsigned char>(letter));
    else quoted += letter;
  }
  return quoted + "\"";
}

std::string enum_literal(std::string_view value) {
  const bool is_word = value == "missing" || value == "now" || value == "today";
  return is_word || needs_back_quotes(value) ? quoted_text(value) : std::string(value);
}

std::optional<std::string> float_literal(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return without_exponent(print_float(value));
}

std::optional<std::string> cell_literal(const CheckedProgram& program, const Column& column, std::size_t row, const TimeZone& zone) {
  if (!column.is_known(row)) return "missing";
  switch (column.storage) {
    case Storage::kBits: return column.bool_at(row) ? "true" : "false";
    case Storage::kFloat64: return float_literal(column.float_at(row));
    case Storage::kCodes: return quoted_text(column.text_at(row));
    case Storage::kLists: return list_literal(program, column, row, zone);
    default: return number_literal(program, column.type, column.int_at(row), zone);
  }
}

std::optional<std::string> constant_literal(const CheckedProgram& program, const Type& type, const Constant& value, const TimeZone& zone) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted_text(*text);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* real = std::get_if<double>(&value)) return float_literal(*real);
  return number_literal(program, type, std::get<std::int64_t>(value), zone);
}

}  // namespace segue
