// Where results go, and the long layout's values.
#include "runtime/io/write.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/io/temporary_file.h"
#include "runtime/io/writers.h"
#include "stdlib/print_value.h"

namespace segue {
namespace io {
namespace {

namespace fs = std::filesystem;

WriteError environment(std::string message) { return {WriteErrorKind::kEnvironment, std::move(message)}; }

std::optional<OutputFormat> output_format(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (ending == ".csv") return OutputFormat::kCsv;
  if (ending == ".parquet") return OutputFormat::kParquet;
  if (ending == ".arrow") return OutputFormat::kArrow;
  return std::nullopt;
}

std::string shown_folder(const fs::path& path) { return path.empty() ? std::string(".") : path.string(); }

std::expected<void, WriteError> check_folder(const fs::path& folder, std::string_view path) {
  const std::string shown = shown_folder(folder);
  struct stat status{};
  if (::stat(shown.c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return std::unexpected(write_error(std::string(path), errno));
    return std::unexpected(environment(fmt::format("`{}` cannot be written: the folder `{}` does not exist; make it first", path, shown)));
  }
  if (!S_ISDIR(status.st_mode))
    return std::unexpected(environment(fmt::format("`{}` cannot be written: `{}` is not a folder", path, shown)));
  if (::access(shown.c_str(), W_OK) != 0) return std::unexpected(write_error(std::string(path), errno));
  return {};
}

// The folder that `path` means, without a slash at its end; nothing where it means a file.
std::optional<fs::path> folder_of(std::string_view path) {
  std::error_code ignored;
  if (!path.ends_with('/')) return fs::is_directory(fs::path(path), ignored) ? std::optional<fs::path>(path) : std::nullopt;
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return fs::path(path);
}

std::expected<std::string, WriteError> file_in_folder(const fs::path& folder, std::string_view path) {
  std::error_code ignored;
  const bool is_there = fs::exists(folder, ignored);
  if (auto checked = check_folder(is_there ? folder : folder.parent_path(), path); !checked) return std::unexpected(checked.error());
  return (folder / "accounts.parquet").string();
}

std::expected<void, WriteError> write_to(TemporaryFile& file, const std::string& path, const WrittenTable& table,
                                         const WriteOptions& options) {
  const WriterContext context{file.descriptor(), path, options};
  const OutputFormat format = *output_format(path);
  const auto written = format == OutputFormat::kCsv ? write_csv(table, context) : write_arrow(table, format, context);
  if (!written) return written;
  if (context.is_cancelled()) return std::unexpected(cancelled_write());
  return file.commit();
}

// Writes beside the place and renames; the folder is made where only it is not there.
std::expected<std::string, WriteError> write_table(std::string_view path, const WrittenTable& table, const WriteOptions& options) {
  const auto file = output_file(path);
  if (!file) return file;
  const fs::path folder = fs::path(*file).parent_path();
  if (!folder.empty() && ::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return std::unexpected(write_error(*file, errno));
  auto temporary = TemporaryFile::create(*file, options.on_temporary);
  if (!temporary) return std::unexpected(temporary.error());
  if (auto written = write_to(*temporary, *file, table, options); !written) return std::unexpected(written.error());
  return *file;
}

WrittenTable table_of(const Output& output) {
  WrittenTable table;
  table.key_name = output.key_name;
  table.key = {output.key, output.key_labels, {}};
  table.columns = output.columns;
  if (output.left_out == nullptr || output.left_out->count() == 0) {
    table.all_rows = output.key->rows;
    return table;
  }
  for (std::size_t row = 0; row < output.key->rows; ++row) {
    if (!output.left_out->test(row)) table.rows.push_back(static_cast<RowId>(row));
  }
  return table;
}

// `account_name` is the name of the accounts' column, which outlives the table.
WrittenTable table_of(const AudienceOutput& output, std::string_view account_name) {
  const KeyCells account = {output.account_key, output.account_key_labels, output.accounts};
  WrittenTable table;
  table.key_name = output.key == nullptr ? account_name : output.key_name;
  table.key = output.key == nullptr ? account : KeyCells{output.key, {}, {}};
  table.second_name = account_name;
  if (output.key != nullptr) table.second = account;
  for (std::size_t row = 0; row < output.accounts.size(); ++row) {
    const RowId owner = output.accounts[row];
    const bool is_written = owner != kNoRow && output.members->test(row) && (output.left_out == nullptr || !output.left_out->test(owner));
    if (is_written) table.rows.push_back(static_cast<RowId>(row));
  }
  return table;
}

}  // namespace

std::string key_text(const KeyCells& cells, std::size_t row_of_table) {
  const Column& key = *cells.column;
  const std::size_t row = cells.cell(row_of_table);
  if (!key.is_known(row)) return {};
  switch (key.type.kind) {
    case Kind::kText: return std::string(key.text_at(row));
    case Kind::kBool: return key.bool_at(row) ? "true" : "false";
    case Kind::kFloat: return print_float(key.float_at(row));
    case Kind::kDecimal: return print_decimal(key.int_at(row), key.type.scale);
    case Kind::kDate: return print_date(key.int_at(row));
    case Kind::kTimestamp: return print_timestamp_utc(key.int_at(row));
    case Kind::kEnum: return cells.labels[static_cast<std::size_t>(key.int_at(row))];
    default: return print_int(key.int_at(row));
  }
}

bool long_value(const OutputColumn& column, std::size_t row, std::string& out) {
  switch (column.kind) {
    case OutputKind::kMembers: out = "true"; return column.members->test(row);
    case OutputKind::kScores: out = print_float(column.scores[row]); return true;
    case OutputKind::kLabels:
      if (column.codes[row] < 0) return false;
      out = column.labels[static_cast<std::size_t>(column.codes[row])];
      return true;
  }
  return false;
}

}  // namespace io

std::expected<std::string, WriteError> output_file(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return std::unexpected(io::environment("the output needs a path"));
  if (const auto folder = io::folder_of(path)) return io::file_in_folder(*folder, path);
  const std::filesystem::path file(path);
  if (!io::output_format(file)) {
    return std::unexpected(io::environment(fmt::format(
        "the name `{}` does not say the output's format; let it end in `.csv`, `.parquet` or `.arrow`, or in `/` for a folder", path)));
  }
  if (auto checked = io::check_folder(file.parent_path(), path); !checked) return std::unexpected(checked.error());
  return std::string(path);
}

std::expected<std::string, WriteError> write_results(std::string_view path, const Output& output, const WriteOptions& options) {
  return io::write_table(path, io::table_of(output), options);
}

std::string audience_file(std::string_view accounts_file, std::string_view audience) {
  std::string name;
  for (const char c : audience) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = byte > 0x20 && byte != 0x7f && std::string_view("/\\:*?\"<>|%").find(c) == std::string_view::npos;
    name += is_plain && !(c == '.' && name.empty()) ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  if (name == "accounts") name = "%61ccounts";
  return (std::filesystem::path(accounts_file).parent_path() / (name + ".parquet")).string();
}

std::expected<std::string, WriteError> write_audience(std::string_view path, const AudienceOutput& output, const WriteOptions& options) {
  const bool is_repeated = output.key != nullptr && output.key_name == output.account_name;
  const std::string account_name = (is_repeated ? "account." : "") + output.account_name;
  WriteOptions wide = options;
  wide.layout = OutputLayout::kWide;
  return io::write_table(path, io::table_of(output, account_name), wide);
}

}  // namespace segue
