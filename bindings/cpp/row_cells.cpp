// Values as cells.
#include "bindings/cpp/row_cells.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "stdlib/parse_value.h"
#include "stdlib/print_value.h"
#include "stdlib/text.h"

namespace segue {
namespace {

using Cell = std::expected<std::optional<std::int64_t>, std::string>;

Cell known(KnownInt value, std::string_view text, std::string_view wanted) {
  if (value.known) return value.value;
  return std::unexpected(fmt::format("`{}` is no {}", text, wanted));
}

Cell of_float(double value) {
  if (std::isnan(value)) return std::nullopt;
  return std::bit_cast<std::int64_t>(value);
}

Cell enum_cell(const EnumType& type, std::string_view text) {
  const std::string wanted = type.folded ? fold(text) : std::string(text);
  for (std::size_t i = 0; i < type.values.size(); ++i) {
    if (type.values[i] == text || (type.folded && fold(type.values[i]) == wanted)) return static_cast<std::int64_t>(i);
  }
  std::string values;
  for (const std::string& value : type.values) values += (values.empty() ? "`" : ", `") + value + "`";
  return std::unexpected(fmt::format("`{}` is none of the values; write one of {}", text, values));
}

// A text as CSV files have the value; `column` has its own words and formats.
Cell text_cell(const CheckedProject& project, const Type& type, const SchemaColumn* column, std::string_view text, ValuePools& pools) {
  const bool has_format = column != nullptr && !column->format.empty();
  switch (type.kind) {
    case Kind::kText:
      if (!is_utf8(text)) return std::unexpected("the text is not UTF-8");
      return pools.text(text);
    case Kind::kBool: {
      const bool has_words = column != nullptr && !column->true_values.empty();
      std::optional<bool> value = has_words ? parse_bool(text, column->true_values, column->false_values) : std::nullopt;
      if (!value) value = parse_bool(text);
      if (!value) return std::unexpected(fmt::format("`{}` is neither true nor false", text));
      return *value ? 1 : 0;
    }
    case Kind::kInt: return known(parse_int(text), text, "whole number");
    case Kind::kDecimal:
      return known(parse_decimal(text, type.scale), text, fmt::format("number of at most {} digits after the point", type.scale));
    case Kind::kFloat: {
      const ParsedFloat value = parse_float(text);
      if (value.state == ParseState::kBad) return std::unexpected(fmt::format("`{}` is no number", text));
      return value.state == ParseState::kMissing ? Cell(std::nullopt) : of_float(value.value);
    }
    case Kind::kDate: {
      KnownInt day = parse_date(text);
      if (has_format && !day.known) {
        if (const auto format = compile_time_format(column->format, FormatKind::kDate)) day = parse_date(text, *format);
      }
      return known(day, text, "date such as `2026-03-01`");
    }
    case Kind::kTimestamp: {
      KnownInt instant = parse_timestamp(text, project.zone);
      if (has_format && !instant.known) {
        if (const auto format = compile_time_format(column->format, FormatKind::kTimestamp))
          instant = parse_timestamp(text, *format, project.zone);
      }
      return known(instant, text, "time such as `2026-03-01T09:30:00Z`");
    }
    case Kind::kEnum: return enum_cell(project.program().enums[type.enum_id], text);
    default: return std::unexpected("a list is expected, not a single value");
  }
}

Type element_type(const Type& list) { return {.kind = list.element, .scale = list.scale, .folded = false, .enum_id = list.enum_id}; }

Cell list_cell(const CheckedProject& project, const Type& type, const SchemaColumn* column, std::span<const std::string_view> texts,
               ValuePools& pools) {
  if (type.kind != Kind::kList) return std::unexpected("a single value is expected, not a list");
  std::vector<std::int64_t> elements;
  for (const std::string_view text : texts) {
    const Cell element = text_cell(project, element_type(type), column, text, pools);
    if (!element) return element;
    if (*element) elements.push_back(**element);
  }
  std::ranges::sort(elements);
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return pools.lists.id_of(elements);
}

// As the column holds it.
Cell int_cell(const CheckedProject& project, const Type& type, std::int64_t value) {
  switch (type.kind) {
    case Kind::kFloat: return of_float(static_cast<double>(value));
    case Kind::kEnum:
      if (value >= 0 && static_cast<std::size_t>(value) < project.program().enums[type.enum_id].values.size()) return value;
      return std::unexpected(fmt::format("{} is the index of no value", value));
    case Kind::kText:
    case Kind::kList:
    case Kind::kBool: return std::unexpected(fmt::format("the number {} does not fit the column's type", value));
    default: return value;
  }
}

Cell cell(const CheckedProject& project, const Type& type, const SchemaColumn* column, const CellInput& input, ValuePools& pools) {
  if (const auto* text = std::get_if<std::string_view>(&input)) return text_cell(project, type, column, *text, pools);
  if (const auto* texts = std::get_if<std::span<const std::string_view>>(&input)) return list_cell(project, type, column, *texts, pools);
  if (const auto* value = std::get_if<std::int64_t>(&input)) return int_cell(project, type, *value);
  if (const auto* value = std::get_if<bool>(&input)) {
    if (type.kind != Kind::kBool) return std::unexpected(fmt::format("`{}` does not fit the column's type", *value));
    return *value ? 1 : 0;
  }
  if (const auto* value = std::get_if<double>(&input)) {
    if (type.kind != Kind::kFloat) return std::unexpected(fmt::format("the number {} does not fit the column's type", *value));
    return of_float(*value);
  }
  return std::nullopt;
}

}  // namespace

Cell cell_of(const CheckedProject& project, const Type& type, const CellInput& input, ValuePools& pools) {
  return cell(project, type, nullptr, input, pools);
}

Cell cell_of(const CheckedProject& project, const SchemaColumn& column, const CellInput& input, ValuePools& pools) {
  Cell made = cell(project, column.type, &column, input, pools);
  if (made && !*made && !column.accepts_missing && !column.bad_is_missing)
    return std::unexpected("the value may not be missing; give one, or write `optional: true` in the schema");
  if (!made && column.bad_is_missing) return std::nullopt;
  return made;
}

std::string cell_text(const CheckedProject& project, const Type& type, std::int64_t cell, const ValuePools& pools) {
  switch (type.kind) {
    case Kind::kText: return std::string(pools.text_at(cell));
    case Kind::kBool: return cell != 0 ? "true" : "false";
    case Kind::kFloat: return print_float(std::bit_cast<double>(cell));
    case Kind::kDecimal: return print_decimal(cell, type.scale);
    case Kind::kDate: return print_date(cell);
    case Kind::kTimestamp: return print_timestamp_utc(cell);
    case Kind::kEnum: return project.program().enums[type.enum_id].values[static_cast<std::size_t>(cell)];
    default: return print_int(cell);
  }
}

KeptColumns no_columns(const Schema& schema) {
  KeptColumns kept;
  for (const SchemaTable& table : schema.tables) {
    kept.columns.emplace_back(table.columns.size());
    kept.references.emplace_back(table.references.size());
  }
  return kept;
}

}  // namespace segue
