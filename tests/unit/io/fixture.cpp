// Helpers of the tests of reading and writing.
#include "tests/unit/io/fixture.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "stdlib/print_value.h"

namespace segue::test {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in{std::string(text)};
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

Kind kind_of(std::string_view type) {
  if (type == "bool") return Kind::kBool;
  if (type == "int") return Kind::kInt;
  if (type.starts_with("decimal")) return Kind::kDecimal;
  if (type == "float") return Kind::kFloat;
  if (type == "text") return Kind::kText;
  if (type == "date") return Kind::kDate;
  if (type == "timestamp") return Kind::kTimestamp;
  REQUIRE(type.starts_with("enum:"));
  return Kind::kEnum;
}

std::string shown_scalar(const TableSpec& spec, std::size_t column, Kind kind, std::int64_t number) {
  switch (kind) {
    case Kind::kBool: return number != 0 ? "true" : "false";
    case Kind::kDecimal: return print_decimal(number, spec.columns[column].type.scale);
    case Kind::kDate: return print_date(number);
    case Kind::kTimestamp: return print_timestamp_utc(number);
    case Kind::kFloat: return print_float(std::bit_cast<double>(number));
    case Kind::kEnum: return spec.columns[column].enum_values[static_cast<std::size_t>(number)];
    default: return print_int(number);
  }
}

std::string shown_list(const TableSpec& spec, const Column& values, std::size_t column, std::size_t row) {
  std::vector<std::string> elements;
  for (auto at = values.offsets[row]; at < values.offsets[row + 1]; ++at) {
    const auto code = static_cast<std::size_t>(values.values<std::int32_t>()[at]);
    elements.push_back(values.dictionary ? std::string(values.dictionary->at(code))
                                         : shown_scalar(spec, column, values.type.element, values.element_values[code]));
  }
  std::ranges::sort(elements);
  std::string out;
  for (const std::string& element : elements) out += (out.empty() ? "" : ", ") + element;
  return "[" + out + "]";
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "segue-io-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(std::string_view name, std::string_view bytes) const {
  std::filesystem::create_directories((path_ / name).parent_path());
  std::ofstream out(path_ / name, std::ios::binary);
  out << bytes;
  REQUIRE(out.good());
}

std::string Folder::read(std::string_view name) const {
  std::ifstream in(path_ / name, std::ios::binary);
  REQUIRE(in.good());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

ColumnSpec column(std::string name, std::string_view type) {
  ColumnSpec spec;
  spec.from = name;
  spec.name = std::move(name);
  spec.is_needed = true;
  if (type.ends_with('?')) {
    spec.accepts_missing = spec.type.optional = true;
    type.remove_suffix(1);
  }
  const bool is_list = type.starts_with("list<");
  if (is_list) type = type.substr(5, type.size() - 6);
  const Kind kind = kind_of(type);
  if (kind == Kind::kDecimal) spec.type.scale = static_cast<std::uint8_t>(std::atoi(std::string(type.substr(8)).c_str()));
  if (kind == Kind::kEnum) spec.enum_values = split(type.substr(5), ',');
  spec.type.kind = is_list ? Kind::kList : kind;
  spec.type.element = is_list ? kind : Kind::kText;
  return spec;
}

std::uint32_t add_point(std::vector<ColumnSpec>& columns, std::string name, std::string_view type) {
  const auto id = static_cast<std::uint32_t>(columns.size());
  ColumnSpec point = column(name, type.ends_with('?') ? "float?" : "float");
  point.from.clear();
  point.form = CellForm::kPoint;
  point.latitude = id + 1;
  point.longitude = id + 2;
  columns.push_back(point);
  for (const std::string which : {"lat", "lon"}) {
    ColumnSpec half = column(name + "." + which, type.ends_with('?') ? "float?" : "float");
    half.from = which;
    half.form = CellForm::kCoordinate;
    half.point = id;
    half.is_needed = false;
    columns.push_back(half);
  }
  return id;
}

ColumnSpec money(std::string name, std::string_view type, int digits) {
  ColumnSpec spec = column(std::move(name), type.ends_with('?') ? "decimal 0?" : "decimal 0");
  spec.type.scale = static_cast<std::uint8_t>(digits);
  spec.type.optional = true;
  spec.form = CellForm::kMoney;
  spec.currency_from = "currency";
  return spec;
}

TableSpec table(std::string name, std::string file, std::vector<ColumnSpec> columns) {
  TableSpec spec;
  spec.name = std::move(name);
  spec.path = file;
  spec.files = {std::move(file)};
  spec.columns = std::move(columns);
  spec.key = 0;
  spec.is_needed = true;
  return spec;
}

TableSpec relation(std::string name, std::string file, std::string join, std::vector<ColumnSpec> columns) {
  TableSpec spec = table(std::move(name), std::move(file), std::move(columns));
  spec.key.reset();
  spec.parents = {{0, std::move(join), std::nullopt}};
  return spec;
}

std::string shown(const TableSpec& spec, const Table& table, std::size_t column, std::size_t row) {
  const Column& values = table.columns[column];
  if (!values.is_known(row)) return "-";
  switch (values.storage) {
    case Storage::kNone: return "not read";
    case Storage::kBits: return values.bool_at(row) ? "true" : "false";
    case Storage::kFloat64: return print_float(values.float_at(row));
    case Storage::kCodes: return std::string(values.text_at(row));
    case Storage::kLists: return shown_list(spec, values, column, row);
    default: return shown_scalar(spec, column, values.type.kind, values.int_at(row));
  }
}

std::string shown(const TableSpec& spec, const LoadResult& result, std::size_t column, std::size_t table_id) {
  const Table& table = result.database.tables[table_id];
  std::string out;
  for (std::size_t row = 0; row < table.rows; ++row) out += (row == 0 ? "" : "|") + shown(spec, table, column, row);
  return out;
}

LoadResult load(const Folder& folder, const std::vector<TableSpec>& specs, LoadOptions options) {
  options.root = folder.path();
  auto result = load_database(specs, options);
  INFO((result ? std::string() : result.error().front().message));
  REQUIRE(result.has_value());
  return std::move(*result);
}

LoadError load_error(const Folder& folder, const std::vector<TableSpec>& specs, LoadOptions options) {
  options.root = folder.path();
  auto result = load_database(specs, options);
  REQUIRE_FALSE(result.has_value());
  REQUIRE_FALSE(result.error().empty());
  return result.error().front();
}

}  // namespace segue::test
