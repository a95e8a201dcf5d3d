// Reads small tables from the text of a test.
#include "tests/unit/interpret/told.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <sstream>

#include "compiler/syntax/parse.h"
#include "stdlib/parse_value.h"
#include "tests/unit/interpret/builder.h"

namespace segue::test {
namespace {

using TextCells = Cells<std::string>;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::string cell;
  std::istringstream in(line);
  while (std::getline(in, cell, '|')) {
    const std::size_t begin = cell.find_first_not_of(' ');
    const std::size_t end = cell.find_last_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end + 1 - begin));
  }
  return cells;
}

// The columns of a table's text by name.
std::map<std::string, std::vector<std::string>> columns_of(const std::string& text) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> names = cells_of(line);
  std::map<std::string, std::vector<std::string>> columns;
  for (const std::string& name : names) columns[name];
  while (std::getline(in, line)) {
    std::vector<std::string> cells = cells_of(line);
    cells.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) columns[names[i]].push_back(cells[i]);
  }
  return columns;
}

std::int64_t raw_of(const std::string& cell, const Type& type, const std::vector<EnumType>& enums, const TimeZone& zone) {
  switch (type.kind) {
    case Kind::kInt: return parse_int(cell).value;
    case Kind::kDecimal: return parse_decimal(cell, type.scale).value;
    case Kind::kDate: return parse_date(cell).value;
    case Kind::kTimestamp: return parse_timestamp(cell, zone).value;
    default: break;
  }
  const auto& values = enums[type.enum_id].values;
  return std::find(values.begin(), values.end(), cell) - values.begin();
}

template <typename T, typename Convert>
Cells<T> converted(const std::vector<std::string>& cells, Convert convert) {
  Cells<T> out;
  for (const std::string& cell : cells) out.push_back(cell.empty() ? std::nullopt : std::optional<T>(convert(cell)));
  return out;
}

std::vector<std::string> list_of(const std::string& cell) {
  std::vector<std::string_view> parts;
  split_list(cell, ";", parts);
  return {parts.begin(), parts.end()};
}

Column column_of(const std::vector<std::string>& cells, const Type& type, const std::vector<EnumType>& enums, const TimeZone& zone) {
  switch (type.kind) {
    case Kind::kBool: return bools(converted<bool>(cells, [](const std::string& cell) { return cell == "true"; }));
    case Kind::kFloat: return floats(converted<double>(cells, [](const std::string& cell) { return parse_float(cell).value; }));
    case Kind::kText: return texts(converted<std::string>(cells, [](const std::string& cell) { return cell; }), type);
    case Kind::kList: {
      Cells<std::vector<std::string>> lists;
      for (const std::string& cell : cells) lists.push_back(cell.empty() && type.optional ? std::nullopt : std::optional(list_of(cell)));
      return text_lists(lists, type.folded);
    }
    default: return ints(converted<std::int64_t>(cells, [&](const std::string& cell) { return raw_of(cell, type, enums, zone); }), type);
  }
}

}  // namespace

Told::Told(std::string_view schema, std::string_view rules, const std::vector<TableText>& tables, std::string_view clock) {
  project_.timezone = "Europe/Berlin";
  zone_ = *load_time_zone(project_.timezone);
  clock_ = make_clock(parse_timestamp(clock, zone_).value, zone_, {});
  const SourceId schema_id = add_source(sources_, "schema.yaml", std::string(schema));
  SchemaResult loaded = load_schema(source_of(sources_, schema_id), schema_id);
  for (const Diagnostic& each : loaded.diagnostics) errors += each.message + "\n";
  schema_ = std::move(loaded.schema);
  const SourceId rules_id = add_source(sources_, "a.seg", std::string(rules));
  ParseResult parsed = parse(source_of(sources_, rules_id), rules_id);
  for (const Diagnostic& each : parsed.diagnostics) errors += each.message + "\n";
  files_.push_back(std::move(parsed.ast));
  checked_ = check(CheckInput{files_, schema_, project_, sources_});
  for (const Diagnostic& each : checked_.diagnostics) {
    if (each.severity == Severity::kError) errors += each.message + "\n";
  }
  database_.tables.resize(schema_.tables.size());
  joins_.resize(schema_.tables.size());
  for (const TableText& table : tables) load_table(table);
  link_tables();
}

void Told::load_table(const TableText& text) {
  const std::uint32_t id = find_table(schema_, text.name).value();
  const SchemaTable& schema = schema_.tables[id];
  const auto columns = columns_of(text.rows);
  Table& table = database_.tables[id];
  table.rows = columns.begin()->second.size();
  for (const SchemaColumn& column : schema.columns) {
    const auto found = columns.find(column.name);
    table.columns.push_back(found == columns.end() ? Column{} : column_of(found->second, column.type, schema_.enum_types, zone_));
  }
  for (const ParentLink& link : schema.parents) joins_[id].push_back(columns.at(link.from));
}

void Told::link_tables() {
  const auto rows_by_key = [&](std::uint32_t table) {
    std::map<std::string, RowId> rows;
    const Column& keys = database_.tables[table].columns[*schema_.tables[table].key];
    for (RowId row = 0; row < keys.rows; ++row) rows.emplace(keys.text_at(row), row);
    return rows;
  };
  for (std::size_t id = 0; id < schema_.tables.size(); ++id) {
    const SchemaTable& schema = schema_.tables[id];
    Table& table = database_.tables[id];
    for (std::size_t i = 0; i < schema.parents.size() && i < joins_[id].size(); ++i) {
      const auto rows = rows_by_key(schema.parents[i].table);
      Link link;
      for (const std::string& key : joins_[id][i]) link.parent_of.push_back(rows.contains(key) ? rows.at(key) : kNoRow);
      link.offsets.push_back(0);
      for (RowId parent = 0; parent < database_.tables[schema.parents[i].table].rows; ++parent) {
        for (RowId row = 0; row < table.rows; ++row) {
          if (link.parent_of[row] == parent) link.children.push_back(row);
        }
        link.offsets.push_back(link.children.size());
      }
      table.links.push_back(std::move(link));
    }
    for (const SchemaReference& reference : schema.references) {
      const auto rows = rows_by_key(reference.to);
      Array<RowId>& targets = table.references.emplace_back();
      const Column& by = table.columns[reference.by];
      for (RowId row = 0; row < table.rows; ++row) {
        const auto found = by.is_known(row) ? rows.find(std::string(by.text_at(row))) : rows.end();
        targets.push_back(found == rows.end() ? kNoRow : found->second);
      }
    }
  }
}

std::string Told::key_at(RowId row) const { return std::string(database_.tables[0].columns[*schema_.tables[0].key].text_at(row)); }

DefinitionId Told::definition(std::string_view name) const {
  for (std::size_t i = 0; i < checked_.program.definitions.size(); ++i) {
    const Definition& definition = checked_.program.definitions[i];
    if (definition.name == name && definition.frame == kAccountFrame) return DefinitionId{static_cast<std::uint32_t>(i)};
  }
  assert(false && "no such definition");
  return {};
}

std::string Told::members(std::string_view name) const {
  const DefinitionId roots[] = {definition(name)};
  const auto results = interpret(checked_.program, database_, clock_, roots);
  std::string in, out;
  for (RowId row = 0; row < database_.tables[0].rows; ++row) {
    const bool is_unknown = explain(checked_.program, database_, clock_, sources_, roots[0], row).undetermined;
    if (results->definitions[0].members.test(row)) {
      in += (in.empty() ? "" : " ") + key_at(row) + (is_unknown ? "?" : "");
    } else if (is_unknown) {
      out += " " + key_at(row);
    }
  }
  return out.empty() ? in : in + (in.empty() ? "|" : " |") + out;
}

std::string Told::values(std::string_view name) const {
  std::string out;
  for (RowId row = 0; row < database_.tables[0].rows; ++row) {
    out += (row == 0 ? "" : " ") + explain(checked_.program, database_, clock_, sources_, definition(name), row).value.shown;
  }
  return out;
}

Trace Told::explained(std::string_view name, std::string_view key) const {
  RowId row = 0;
  while (key_at(row) != key) ++row;
  return explain(checked_.program, database_, clock_, sources_, definition(name), row);
}

}  // namespace segue::test
