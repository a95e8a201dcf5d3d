// A world as text: the schema, the project file and CSV files.
#include <cmath>

#include <fmt/format.h>

#include "stdlib/print_value.h"
#include "stdlib/time_zone.h"
#include "tests/differential/world.h"

namespace segue::differential {
namespace {

std::string yaml_quoted(const std::string& text) { return fmt::format("\"{}\"", text); }

std::string kind_text(Kind kind, std::uint8_t scale) {
  switch (kind) {
    case Kind::kBool: return "bool";
    case Kind::kInt: return "int";
    case Kind::kDecimal: return fmt::format("decimal({})", scale);
    case Kind::kFloat: return "float";
    case Kind::kDate: return "date";
    case Kind::kTimestamp: return "timestamp";
    case Kind::kEnum: return "enum";
    default: return "text";
  }
}

std::string column_text(const World& world, const WorldColumn& column) {
  const Type& type = column.type;
  if (column.form == WorldForm::kPoint) {
    return fmt::format("{{type: point, lat: {0}_lat, lon: {0}_lon{1}}}", column.name, type.optional ? ", optional: true" : "");
  }
  if (column.form == WorldForm::kMoney) return fmt::format("{{type: money, currency: {}_currency, optional: true}}", column.name);
  std::string text =
      type.kind == Kind::kList ? fmt::format("list<{}>", kind_text(type.element, type.scale)) : kind_text(type.kind, type.scale);
  text = fmt::format("{{type: {}", yaml_quoted(text));
  bool is_folded = type.folded;
  if (type.enum_id != kNoEnum) {
    const EnumType& values = world.enums[type.enum_id];
    std::string names;
    for (const std::string& value : values.values) names += (names.empty() ? "" : ", ") + yaml_quoted(value);
    text += fmt::format(", values: [{}]", names);
    if (values.ordered) text += ", ordered: true";
    is_folded = values.folded;
  }
  if (is_folded) text += ", case: insensitive";
  if (column.form == WorldForm::kUnit) text += ", unit: seats";
  if (type.optional) text += ", optional: true";
  return text + "}";
}

std::string of_text(const World& world, const WorldTable& table) {
  std::string text;
  for (const WorldParent& parent : table.parents) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", world.tables[parent.table].name, parent.join);
  }
  return fmt::format("    of: {{{}}}\n", text);
}

std::string table_text(const World& world, const WorldTable& table, const std::string& indent) {
  std::string text;
  if (table.key) text += fmt::format("{}key: {}\n", indent, yaml_quoted(table.columns[*table.key].name));
  if (table.time) text += fmt::format("{}time: {}\n", indent, yaml_quoted(table.columns[*table.time].name));
  if (table.known_at) text += fmt::format("{}known_at: {}\n", indent, yaml_quoted(table.columns[*table.known_at].name));
  text += indent + "columns:\n";
  for (const WorldColumn& column : table.columns)
    text += fmt::format("{}  {}: {}\n", indent, yaml_quoted(column.name), column_text(world, column));
  if (!table.references.empty()) text += indent + "references:\n";
  for (const WorldReference& reference : table.references) {
    text += fmt::format("{}  {}: {{to: {}, by: {}}}\n", indent, reference.name, world.tables[reference.to].name,
                        yaml_quoted(table.columns[reference.by].name));
  }
  return text;
}

// ── CSV ──

std::string csv_quoted(const std::string& text) {
  std::string made = "\"";
  for (const char c : text) made += c == '"' ? std::string("\"\"") : std::string(1, c);
  return made + "\"";
}

std::string scalar_text(const World& world, Kind kind, const Type& type, const Constant& value) {
  switch (kind) {
    case Kind::kBool: return std::get<bool>(value) ? "true" : "False";
    case Kind::kInt: return print_int(std::get<std::int64_t>(value));
    case Kind::kDecimal: return print_decimal(std::get<std::int64_t>(value), type.scale);
    case Kind::kFloat:
      return std::signbit(std::get<double>(value)) && std::get<double>(value) == 0 ? "-0.0" : print_float(std::get<double>(value));
    case Kind::kDate: return print_date(std::get<std::int64_t>(value));
    case Kind::kTimestamp: return print_timestamp_utc(std::get<std::int64_t>(value));
    case Kind::kEnum: return world.enums[type.enum_id].values[static_cast<std::size_t>(std::get<std::int64_t>(value))];
    default: return std::get<std::string>(value);
  }
}

std::string list_text(const World& world, const Type& type, const Cell& cell) {
  std::string text;
  for (const Constant& value : cell.list) text += scalar_text(world, type.element, type, value) + ";";
  return csv_quoted(text.empty() ? ";" : text);
}

std::string cell_text(const World& world, const WorldColumn& column, const Cell& cell) {
  if (column.form == WorldForm::kPoint) {
    if (!cell.is_known) return ",";
    return fmt::format("{},{}", print_float(std::get<double>(cell.list[0])), print_float(std::get<double>(cell.list[1])));
  }
  if (column.form == WorldForm::kMoney) {
    return (cell.amount ? print_decimal(*cell.amount, column.type.scale) : "") + "," + cell.currency;
  }
  if (!cell.is_known) return column.type.kind == Kind::kFloat ? "nan" : "";
  if (column.type.kind == Kind::kList) return list_text(world, column.type, cell);
  const std::string text = scalar_text(world, column.type.kind, column.type, cell.value);
  return column.type.kind == Kind::kText ? csv_quoted(text) : text;
}

std::string join_text(const World& world, const WorldParent& parent, std::size_t row) {
  if (parent.parent_of[row] == kNoRow) return row % 2 == 0 ? "" : "-77777";
  const WorldTable& table = world.tables[parent.table];
  const WorldColumn& key = table.columns[*table.key];
  return cell_text(world, key, key.cells[parent.parent_of[row]]);
}

}  // namespace

std::string schema_text(const World& world) {
  std::string text = "account:\n" + table_text(world, world.tables[0], "  ");
  if (world.tables.size() > 1) text += "relations:\n";
  for (std::size_t i = 1; i < world.tables.size(); ++i) {
    text += fmt::format("  {}:\n{}{}", world.tables[i].name, of_text(world, world.tables[i]), table_text(world, world.tables[i], "    "));
  }
  return text;
}

std::string project_text(const World& world) {
  constexpr const char* kDays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  constexpr const char* kMonths[] = {"january", "february", "march",     "april",   "may",      "june",
                                     "july",    "august",   "september", "october", "november", "december"};
  std::string text =
      fmt::format("language: 1\nschema: schema.yaml\nrules: [rules.seg]\ntimezone: {}\nweek_starts: {}\nfiscal_year_starts: {}\nsources:\n",
                  world.zone, kDays[static_cast<std::size_t>(world.calendar.week_start)], kMonths[world.calendar.fiscal_month - 1]);
  for (const WorldTable& table : world.tables) text += fmt::format("  {0}: data/{0}.csv\n", table.name);
  return text + "currency: EUR\nrates: data/rates.csv\n";
}

std::string rates_text(const World& world) {
  std::string text = "currency,valid_from,rate\n";
  for (const WorldRate& rate : world.rates)
    text += fmt::format("{},{},{}\n", rate.currency, print_date(rate.valid_from), print_decimal(rate.rate, 4));
  return text;
}

namespace {

std::string header_text(const WorldColumn& column) {
  if (column.form == WorldForm::kPoint) return fmt::format("{0}_lat,{0}_lon", column.name);
  if (column.form == WorldForm::kMoney) return fmt::format("{0},{0}_currency", column.name);
  return csv_quoted(column.name);
}

// A row that does not exist yet: another's, with a key of its own and known after the clock.
std::string unborn_cell(const World& world, const WorldTable& table, std::size_t column, std::size_t row) {
  const WorldColumn& of = table.columns[column];
  if (table.key == column) return of.type.kind == Kind::kText ? fmt::format("unborn{}", row) : std::to_string(5'000'000 + row);
  if (table.known_at != column) return cell_text(world, of, of.cells[row]);
  const TimeZone zone = load_time_zone(world.zone).value_or(utc_zone());
  const auto later = static_cast<std::int64_t>(row % 3);
  return of.type.kind == Kind::kDate ? print_date(local_day_of(zone, world.now) + 1 + later)
                                     : print_timestamp_utc(world.now + 1 + later * 86'400'000'000);
}

}  // namespace

std::string csv_text(const World& world, const WorldTable& table) {
  std::string text;
  const auto add = [&](const std::string& cell, bool is_first) { text += (is_first ? "" : ",") + cell; };
  for (std::size_t i = 0; i < table.columns.size(); ++i) add(header_text(table.columns[i]), i == 0);
  for (const WorldParent& parent : table.parents) add(parent.join, false);
  text += "\n";
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) add(cell_text(world, table.columns[i], table.columns[i].cells[row]), i == 0);
    for (const WorldParent& parent : table.parents) add(join_text(world, parent, row), false);
    text += "\n";
    if (!table.known_at || row % 5 != 0) continue;
    for (std::size_t i = 0; i < table.columns.size(); ++i) add(unborn_cell(world, table, i, row), i == 0);
    for (const WorldParent& parent : table.parents) add(join_text(world, parent, row), false);
    text += "\n";
  }
  return text;
}

}  // namespace segue::differential
