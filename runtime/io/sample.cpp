// Every column as text, or in the type that the file gives it.
#include "runtime/io/sample.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "runtime/io/source_files.h"
#include "runtime/io/writers.h"
#include "stdlib/print_value.h"

namespace segue {
namespace io {
namespace {

TableSpec spec_of(std::string_view path, char delimiter) {
  TableSpec spec;
  spec.name = std::string(path);
  spec.path = path;
  spec.files = {std::string(path)};
  spec.delimiter = delimiter;
  spec.is_needed = true;
  return spec;
}

struct OpenedSample {
  char delimiter = ',';
  std::unique_ptr<TableFile> file;
  bool is_typed = false;  // its columns have types of their own
};

// The file with the delimiter that cuts its header into the most names.
std::expected<OpenedSample, LoadError> open_best(std::string_view path) {
  OpenedSample best;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const TableSpec spec = spec_of(path, delimiter);
    const auto files = source_files(spec, {});
    if (!files) return std::unexpected(files.error());
    auto opened = open_file(files->front(), spec);
    if (!opened) return std::unexpected(opened.error());
    const bool is_typed = files->front().format == FileFormat::kParquet || files->front().format == FileFormat::kArrow;
    if (!best.file || (*opened)->names().size() > best.file->names().size()) best = {delimiter, std::move(*opened), is_typed};
    if (is_typed) break;
  }
  return best;
}

ColumnSpec column_spec(const std::string& name, const std::optional<Type>& type) {
  ColumnSpec spec;
  spec.name = spec.from = name;
  spec.type = type.value_or(Type{.kind = Kind::kText});
  spec.type.optional = spec.accepts_missing = spec.is_needed = true;
  return spec;
}

std::string cell_text(const Column& column, std::size_t row) { return key_text({&column, {}, {}}, row); }

SampleColumn sample_column(std::string name, std::optional<Type> type, const Column& column) {
  SampleColumn sample{.name = std::move(name), .type = type, .missing = 0, .values = {}, .codes = {}};
  for (std::size_t row = 0; row < column.rows; ++row) sample.missing += column.is_known(row) ? 0 : 1;
  if (column.storage == Storage::kLists) return sample;
  std::unordered_map<std::string, std::int32_t> codes;
  for (std::size_t row = 0; row < column.rows; ++row) {
    if (!column.is_known(row)) {
      sample.codes.push_back(-1);
      continue;
    }
    std::string text = cell_text(column, row);
    const auto [found, is_new] = codes.emplace(text, static_cast<std::int32_t>(sample.values.size()));
    if (is_new) sample.values.push_back(std::move(text));
    sample.codes.push_back(found->second);
  }
  return sample;
}

}  // namespace
}  // namespace io

std::expected<Sample, LoadError> read_sample(std::string_view path) {
  const auto opened = io::open_best(path);
  if (!opened) return std::unexpected(opened.error());
  const io::TableFile& file = *opened->file;
  TableSpec spec = io::spec_of(path, opened->delimiter);
  std::vector<std::optional<Type>> types;
  for (std::uint32_t i = 0; i < file.names().size(); ++i) {
    const std::optional<Type> type = file.type_of(i);
    if (opened->is_typed && !type) continue;  // nothing that a column of ours could be
    types.push_back(type);
    spec.columns.push_back(io::column_spec(file.names()[i], type));
  }
  auto loaded = load_database({spec}, {});
  if (!loaded) return std::unexpected(loaded.error().front());
  if (!loaded->bad.empty()) {
    return std::unexpected(
        LoadError{LoadErrorKind::kData, fmt::format("`{}`: {}", path, loaded->bad.front().message), std::string(path), {}});
  }
  const Table& table = loaded->database.tables.front();
  Sample sample{.path = std::string(path), .delimiter = opened->delimiter, .rows = table.rows, .columns = {}};
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    sample.columns.push_back(io::sample_column(spec.columns[i].name, types[i], table.columns[i]));
  return sample;
}

}  // namespace segue
