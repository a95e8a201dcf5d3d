// The text of a column's type → ColumnType.
#include "compiler/schema/column_type.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"

namespace segue {
namespace {

struct NamedType {
  std::string_view name;
  Kind kind;
  ColumnForm form = ColumnForm::kPlain;
};

// `decimal` and `list` take something in brackets and stand apart.
constexpr std::array kNamedTypes = {
    NamedType{"bool", Kind::kBool},
    NamedType{"int", Kind::kInt},
    NamedType{"float", Kind::kFloat},
    NamedType{"text", Kind::kText},
    NamedType{"date", Kind::kDate},
    NamedType{"timestamp", Kind::kTimestamp},
    NamedType{"enum", Kind::kEnum},
    NamedType{"point", Kind::kFloat, ColumnForm::kPoint},
    NamedType{"money", Kind::kDecimal, ColumnForm::kMoney},
};

// What other tools call our types.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kForeignTypes = {{
    {"string", "text"},
    {"str", "text"},
    {"varchar", "text"},
    {"char", "text"},
    {"uuid", "text"},
    {"integer", "int"},
    {"bigint", "int"},
    {"int64", "int"},
    {"long", "int"},
    {"boolean", "bool"},
    {"double", "float"},
    {"real", "float"},
    {"float64", "float"},
    {"number", "decimal(2)"},
    {"numeric", "decimal(2)"},
    {"currency", "money"},
    {"datetime", "timestamp"},
    {"time", "timestamp"},
    {"timestamptz", "timestamp"},
    {"array", "list<text>"},
    {"set", "list<text>"},
    {"category", "enum"},
    {"choice", "enum"},
    {"geo", "point"},
}};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The text between `name` + `open` and `close` at its end.
std::optional<std::string_view> argument_of(std::string_view text, std::string_view name, char open, char close) {
  if (!text.starts_with(name) || !text.ends_with(close)) return std::nullopt;
  const std::string_view rest = trimmed(text.substr(name.size()));
  if (rest.size() < 2 || rest.front() != open) return std::nullopt;
  return trimmed(rest.substr(1, rest.size() - 2));
}

std::unexpected<TypeError> wrong(std::string message, std::string replacement = {}) {
  return std::unexpected(TypeError{false, std::move(message), std::move(replacement)});
}

std::expected<ColumnType, TypeError> parse_decimal_type(std::string_view digits) {
  int scale = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), scale);
  if (error != std::errc() || end != digits.data() + digits.size() || scale < 0 || scale > 18) {
    return wrong(fmt::format("a decimal has 0 to 18 digits after the point, not `{}`; write for example `decimal(2)`", digits));
  }
  ColumnType column;
  column.type.kind = Kind::kDecimal;
  column.type.scale = static_cast<std::uint8_t>(scale);
  return column;
}

TypeError unknown_type(std::string_view text) {
  for (const auto& [foreign, ours] : kForeignTypes) {
    if (edit_distance(text, foreign, 0) == 0) return {true, fmt::format("unknown type `{}`; write `{}`", text, ours), std::string(ours)};
  }
  std::vector<std::string> names = {"decimal(2)", "list<text>"};
  for (const NamedType& named : kNamedTypes) names.emplace_back(named.name);
  if (const std::optional<std::string> near = nearest_name(text, names)) {
    return {true, fmt::format("unknown type `{}`; did you mean `{}`?", text, *near), *near};
  }
  return {true,
          fmt::format("unknown type `{}`; the types are `bool`, `int`, `decimal(2)`, `float`, `text`, `date`, `timestamp`, `enum`, "
                      "`list<text>`, `money` and `point`",
                      text),
          {}};
}

std::expected<ColumnType, TypeError> parse_scalar_type(std::string_view text) {
  if (const std::optional<std::string_view> digits = argument_of(text, "decimal", '(', ')')) return parse_decimal_type(*digits);
  for (const NamedType& named : kNamedTypes) {
    if (text != named.name) continue;
    ColumnType column;
    column.form = named.form;
    column.type.kind = named.kind;
    if (named.form == ColumnForm::kMoney) column.type.scale = 2;
    return column;
  }
  if (text == "decimal") return wrong("a decimal says how many digits follow the point; write for example `decimal(2)`", "decimal(2)");
  if (text == "duration") {
    return wrong("a duration is no type of a column; store it as a number of days (`int`), or as two dates");
  }
  return std::unexpected(unknown_type(text));
}

std::expected<ColumnType, TypeError> parse_list_type(std::string_view element) {
  if (element.ends_with('?')) {
    const std::string_view bare = trimmed(element.substr(0, element.size() - 1));
    return wrong(
        fmt::format("a value in a list cannot be missing; write `list<{}>`, or `list<{}>?` for a list that may be missing", bare, bare),
        fmt::format("list<{}>?", bare));
  }
  if (element.starts_with("list")) return wrong("a list holds single values, not lists; write for example `list<text>`");
  std::expected<ColumnType, TypeError> inner = parse_scalar_type(element);
  if (!inner) {
    if (!inner.error().replacement.empty()) inner.error().replacement = fmt::format("list<{}>", inner.error().replacement);
    return inner;
  }
  if (inner->form != ColumnForm::kPlain) {
    return wrong(fmt::format("a list cannot hold `{}`; it holds text, numbers, dates, timestamps, bools or an enum's values", element));
  }
  ColumnType column;
  column.type.kind = Kind::kList;
  column.type.element = inner->type.kind;
  column.type.scale = inner->type.scale;
  return column;
}

}  // namespace

std::expected<ColumnType, TypeError> parse_column_type(std::string_view text) {
  std::string_view bare = trimmed(text);
  const bool is_optional = bare.ends_with('?');
  if (is_optional) bare = trimmed(bare.substr(0, bare.size() - 1));
  if (bare == "list") return wrong("a list says what it holds; write for example `list<text>`", "list<text>");
  const std::optional<std::string_view> element = argument_of(bare, "list", '<', '>');
  std::expected<ColumnType, TypeError> column = element ? parse_list_type(*element) : parse_scalar_type(bare);
  if (column) column->type.optional = is_optional;
  else if (is_optional && !column.error().replacement.empty() && !column.error().replacement.ends_with('?'))
    column.error().replacement += '?';
  return column;
}

std::string column_type_text(ColumnForm form, const Type& type) {
  if (form == ColumnForm::kMoney) return "money";
  if (form == ColumnForm::kPoint) return "point";
  if (type.kind == Kind::kList) {
    Type element;
    element.kind = type.element;
    element.scale = type.scale;
    return fmt::format("list<{}>", column_type_text(ColumnForm::kPlain, element));
  }
  if (type.kind == Kind::kDecimal) return fmt::format("decimal({})", type.scale);
  for (const NamedType& named : kNamedTypes) {
    if (named.kind == type.kind && named.form == ColumnForm::kPlain) return std::string(named.name);
  }
  return {};
}

}  // namespace segue
