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

std::expected<void, WriteError> write_to(TemporaryFile& file, const std::string& path, OutputFormat format, const Output& output,
                                         const WriteOptions& options) {
  const WriterContext context{file.descriptor(), path, options};
  const auto written = format == OutputFormat::kCsv ? write_csv(output, context) : write_arrow(output, format, context);
  if (!written) return written;
  if (context.is_cancelled()) return std::unexpected(cancelled_write());
  return file.commit();
}

}  // namespace

std::string key_text(const Output& output, std::size_t row) {
  const Column& key = *output.key;
  if (!key.is_known(row)) return {};
  switch (key.type.kind) {
    case Kind::kText: return std::string(key.text_at(row));
    case Kind::kBool: return key.bool_at(row) ? "true" : "false";
    case Kind::kFloat: return print_float(key.float_at(row));
    case Kind::kDecimal: return print_decimal(key.int_at(row), key.type.scale);
    case Kind::kDate: return print_date(key.int_at(row));
    case Kind::kTimestamp: return print_timestamp_utc(key.int_at(row));
    case Kind::kEnum: return output.key_labels[static_cast<std::size_t>(key.int_at(row))];
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
  const auto file = output_file(path);
  if (!file) return file;
  const std::filesystem::path folder = std::filesystem::path(*file).parent_path();
  if (!folder.empty() && ::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return std::unexpected(io::write_error(*file, errno));
  auto temporary = io::TemporaryFile::create(*file, options.on_temporary);
  if (!temporary) return std::unexpected(temporary.error());
  if (auto written = io::write_to(*temporary, *file, *io::output_format(*file), output, options); !written)
    return std::unexpected(written.error());
  return *file;
}

}  // namespace segue
