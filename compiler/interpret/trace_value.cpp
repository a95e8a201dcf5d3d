// Values as an author would write them, and as JSON has them.
#include "compiler/interpret/trace_value.h"

#include <cmath>

#include <fmt/format.h>

#include "stdlib/number.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || !is_letter(text.front())) return false;
  for (const char c : text) {
    if (!is_letter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

struct Shown {
  TraceScalar data;
  std::string text;
};

Shown same_both_ways(std::string text) { return {text, text}; }

Shown show_float(double number) {
  const std::string text = print_float(number);
  return std::isfinite(number) ? Shown{number, text} : same_both_ways(text);
}

Shown show_enum(const Value& value, const Type& type, std::span<const EnumType> enums) {
  const std::string& name = enums[type.enum_id].values[static_cast<std::size_t>(value.bits)];
  return {name, is_name(name) ? name : quoted(name)};
}

Shown show_scalar(const Value& value, const Type& type, std::span<const EnumType> enums, const TimeZone& zone) {
  switch (type.kind) {
    case Kind::kBool: return {value.bits != 0, value.bits != 0 ? "true" : "false"};
    case Kind::kInt: return {value.bits, print_int(value.bits)};
    case Kind::kDecimal: return {nearest_float(value.bits, type.scale), print_decimal(value.bits, type.scale)};
    case Kind::kFloat: return show_float(float_of(value));
    case Kind::kText: return {std::string(value.text), quoted(value.text)};
    case Kind::kDate: return same_both_ways(print_date(value.bits));
    case Kind::kTimestamp: return same_both_ways(print_timestamp(value.bits, zone));
    case Kind::kDays: return same_both_ways(print_days(value.bits));
    case Kind::kMonths: return same_both_ways(print_months(value.bits));
    case Kind::kSpan: return same_both_ways(print_span(value.bits));
    case Kind::kEnum: return show_enum(value, type, enums);
    case Kind::kList: break;
  }
  return {};
}

TraceValue trace_list(const Value& value, const Type& type, std::span<const EnumType> enums, const TimeZone& zone) {
  std::vector<TraceScalar> data;
  std::string text;
  for (const Value& element : list_elements(type, value.list)) {
    Shown shown = show_scalar(element, element_type(type), enums, zone);
    text += (data.empty() ? "" : ", ") + shown.text;
    data.push_back(std::move(shown.data));
  }
  return {.kind = type.kind, .data = std::move(data), .shown = "[" + text + "]"};
}

}  // namespace

TraceValue trace_value(const Value& value, const Type& type, std::span<const EnumType> enums, const TimeZone& zone) {
  if (value.missing) return {.kind = type.kind, .data = TraceScalar{}, .shown = "missing", .missing = true};
  if (type.kind == Kind::kList) return trace_list(value, type, enums, zone);
  Shown shown = show_scalar(value, type, enums, zone);
  return {.kind = type.kind, .data = std::move(shown.data), .shown = std::move(shown.text)};
}

}  // namespace segue
