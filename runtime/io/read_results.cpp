// Outputs are tables like others: what their columns are is seen from the file, then they are loaded as any table is.
#include "runtime/io/read_results.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "runtime/io/byte_stream.h"
#include "runtime/io/source_files.h"
#include "runtime/io/write.h"
#include "runtime/io/writers.h"
#include "stdlib/print_value.h"

namespace segue {
namespace io {
namespace {

namespace fs = std::filesystem;

// ── One file ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

LoadError no_output(const std::string& path, const std::string& why) {
  return {LoadErrorKind::kData, fmt::format("`{}` is no output of `segue run --out` for these accounts: {}", path, why), path, {}};
}

TableSpec spec_of(const std::string& path) {
  TableSpec spec;
  spec.name = "account";
  spec.path = path;
  spec.files = {path};
  spec.is_needed = true;
  return spec;
}

// A file as it was opened first, to see what it holds.
struct OpenedOutput {
  std::string path;
  std::unique_ptr<TableFile> file;

  [[nodiscard]] const std::vector<std::string>& names() const { return file->names(); }
};

std::expected<OpenedOutput, LoadError> open_output(const std::string& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return std::unexpected(
        LoadError{LoadErrorKind::kEnvironment, fmt::format("`{}` does not exist; name an output of `segue run --out`", path), path, {}});
  }
  const TableSpec spec = spec_of(path);
  const auto files = source_files(spec, {});
  if (!files) return std::unexpected(files.error());
  auto opened = open_file(files->front(), spec);
  if (!opened) return std::unexpected(opened.error());
  return OpenedOutput{path, std::move(*opened)};
}

ColumnSpec key_spec(const std::string& name, const Type& type) {
  ColumnSpec spec;
  spec.name = spec.from = name;
  spec.type = type;
  spec.type.optional = spec.type.folded = false;
  spec.is_needed = true;
  return spec;
}

// A column as text, bool or float, whichever the file says; nothing where it is none of them.
std::optional<ColumnSpec> value_spec(const OpenedOutput& output, std::uint32_t column) {
  ColumnSpec spec;
  spec.name = spec.from = output.names()[column];
  spec.accepts_missing = spec.type.optional = spec.is_needed = true;
  for (const Kind kind : {Kind::kText, Kind::kBool, Kind::kFloat}) {
    spec.type.kind = kind;
    if (!output.file->fault(column, make_slot(spec, utc_zone()))) return spec;
  }
  return std::nullopt;
}

// All rows. What is bad in them says that the file is another one.
std::expected<Table, LoadError> load_columns(const OpenedOutput& output, std::vector<ColumnSpec> columns,
                                             std::optional<std::uint32_t> key) {
  TableSpec spec = spec_of(output.path);
  spec.columns = std::move(columns);
  spec.key = key;
  auto loaded = load_database({spec}, {});
  if (!loaded) return std::unexpected(loaded.error().front());
  if (!loaded->bad.empty()) return std::unexpected(no_output(output.path, loaded->bad.front().message));
  return std::move(loaded->database.tables.front());
}

std::vector<std::string> key_texts(const Column& column) {
  std::vector<std::string> texts;
  texts.reserve(column.rows);
  for (std::size_t row = 0; row < column.rows; ++row) texts.push_back(key_text({&column, {}, {}}, row));
  return texts;
}

// ── Layouts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

// Gives each text a number.
class Numbers {
 public:
  std::int32_t of(const std::string& text) {
    const auto [found, is_new] = by_text_.emplace(text, static_cast<std::int32_t>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return found->second;
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(texts_); }

 private:
  std::unordered_map<std::string, std::int32_t> by_text_;
  std::vector<std::string> texts_;
};

std::string value_text(const Column& column, std::size_t row) {
  switch (column.type.kind) {
    case Kind::kBool: return column.bool_at(row) ? "true" : "false";
    case Kind::kFloat: return print_float(column.float_at(row));
    default: return std::string(column.text_at(row));
  }
}

EarlierColumn earlier_column(std::string name, const Column& column) {
  EarlierColumn earlier{.name = std::move(name), .values = {}, .codes = {}};
  Numbers numbers;
  for (std::size_t row = 0; row < column.rows; ++row) {
    earlier.codes.push_back(column.is_known(row) ? numbers.of(value_text(column, row)) : -1);
  }
  earlier.values = numbers.take();
  return earlier;
}

std::expected<EarlierResults, LoadError> read_wide(const OpenedOutput& output, const EarlierSpec& spec) {
  const std::vector<std::string>& names = output.names();
  if (names.empty() || names.front() != spec.key_name) {
    const std::string first = names.empty() ? std::string() : printable(names.front());
    return std::unexpected(no_output(output.path, fmt::format("its first column is `{}`, not the key `{}`", first, spec.key_name)));
  }
  std::vector<ColumnSpec> columns = {key_spec(names.front(), spec.key_type)};
  for (std::uint32_t i = 1; i < names.size(); ++i) {
    auto value = value_spec(output, i);
    if (!value) return std::unexpected(no_output(output.path, fmt::format("its column `{}` holds no answers", printable(names[i]))));
    columns.push_back(std::move(*value));
  }
  const auto table = load_columns(output, std::move(columns), 0);
  if (!table) return std::unexpected(table.error());
  EarlierResults results;
  results.accounts = key_texts(table->columns[0]);
  for (std::size_t i = 1; i < names.size(); ++i) results.definitions.push_back(earlier_column(names[i], table->columns[i]));
  return results;
}

// Gathers the rows of the long layout.
class LongResults {
 public:
  void add(const std::string& account, const std::string& definition, const std::string& value) {
    const auto column = static_cast<std::size_t>(definitions_.of(definition));
    if (column == columns_.size()) columns_.emplace_back();
    const auto row = static_cast<std::size_t>(accounts_.of(account));
    Rows& rows = columns_[column];
    if (rows.codes.size() <= row) rows.codes.resize(row + 1, -1);
    rows.codes[row] = rows.values.of(value);
  }

  EarlierResults take() {
    EarlierResults results;
    results.is_long = true;
    results.accounts = accounts_.take();
    const std::vector<std::string> names = definitions_.take();
    for (std::size_t i = 0; i < names.size(); ++i) {
      columns_[i].codes.resize(results.accounts.size(), -1);
      results.definitions.push_back({names[i], columns_[i].values.take(), std::move(columns_[i].codes)});
    }
    return results;
  }

 private:
  struct Rows {
    Numbers values;
    std::vector<std::int32_t> codes;
  };
  Numbers accounts_, definitions_;
  std::vector<Rows> columns_;
};

std::expected<EarlierResults, LoadError> read_long(const OpenedOutput& output, const EarlierSpec& spec) {
  Type text;
  text.kind = Kind::kText;
  const auto table = load_columns(output, {key_spec("account", spec.key_type), key_spec("definition", text), key_spec("value", text)}, {});
  if (!table) return std::unexpected(table.error());
  LongResults results;
  for (std::size_t row = 0; row < table->rows; ++row) {
    results.add(key_text({table->columns.data(), {}, {}}, row), std::string(table->columns[1].text_at(row)),
                std::string(table->columns[2].text_at(row)));
  }
  return results.take();
}

std::expected<EarlierResults, LoadError> read_accounts(const std::string& path, const EarlierSpec& spec) {
  const auto output = open_output(path);
  if (!output) return std::unexpected(output.error());
  static const std::vector<std::string> long_names = {"account", "definition", "value"};
  return output->names() == long_names ? read_long(*output, spec) : read_wide(*output, spec);
}

// ── Folders ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::expected<EarlierAudience, LoadError> read_audience(const std::string& path, const EarlierAudienceSpec& audience,
                                                        const EarlierSpec& spec) {
  const auto output = open_output(path);
  if (!output) return std::unexpected(output.error());
  const std::vector<std::string>& names = output->names();
  const std::size_t width = audience.key_type ? 2 : 1;
  if (names.size() != width) {
    return std::unexpected(no_output(path, fmt::format("it has {} column{}, and the audience `{}` has {}", names.size(),
                                                       names.size() == 1 ? "" : "s", audience.name, width)));
  }
  std::vector<ColumnSpec> columns;
  if (audience.key_type) columns.push_back(key_spec(names.front(), *audience.key_type));
  columns.push_back(key_spec(names.back(), spec.key_type));
  const auto table = load_columns(*output, std::move(columns), {});
  if (!table) return std::unexpected(table.error());
  EarlierAudience earlier{.name = audience.name, .has_keys = audience.key_type.has_value(), .keys = {}, .accounts = {}};
  if (earlier.has_keys) earlier.keys = key_texts(table->columns.front());
  earlier.accounts = key_texts(table->columns.back());
  return earlier;
}

std::expected<std::string, LoadError> accounts_in(const std::string& folder) {
  std::error_code ignored;
  for (const char* name : {"accounts.parquet", "accounts.csv", "accounts.arrow"}) {
    const fs::path path = fs::path(folder) / name;
    if (fs::exists(path, ignored)) return path.string();
  }
  return std::unexpected(no_output(folder, "the folder holds no `accounts.parquet`"));
}

}  // namespace
}  // namespace io

std::expected<EarlierResults, LoadError> read_results(std::string_view path, const EarlierSpec& spec) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const bool is_folder = fs::is_directory(fs::path(path), ignored);
  if (!is_folder) return io::read_accounts(std::string(path), spec);
  const auto file = io::accounts_in(std::string(path));
  if (!file) return std::unexpected(file.error());
  auto results = io::read_accounts(*file, spec);
  if (!results) return results;
  for (const EarlierAudienceSpec& audience : spec.audiences) {
    const std::string audience_path = audience_file(*file, audience.name);
    if (!fs::exists(audience_path, ignored)) continue;
    auto earlier = io::read_audience(audience_path, audience, spec);
    if (!earlier) return std::unexpected(earlier.error());
    results->audiences.push_back(std::move(*earlier));
  }
  return results;
}

}  // namespace segue
