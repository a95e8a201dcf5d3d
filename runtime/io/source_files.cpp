// Paths and folders to files.
#include "runtime/io/source_files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>

#include "runtime/io/byte_stream.h"

namespace segue::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEndings = "`.csv`, `.csv.gz`, `.parquet` or `.arrow`";

std::string joined(const std::string& root, const std::string& path) {
  return root.empty() || path.starts_with('/') ? path : root + "/" + path;
}

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name.starts_with('_');
}

// Paths below `folder`, relative to it, sorted by bytes.
std::expected<std::vector<std::string>, std::error_code> files_below(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  if (error) return std::unexpected(error);
  for (const fs::recursive_directory_iterator end; it != end; it.increment(error)) {
    if (error) return std::unexpected(error);
    std::error_code ignored;
    if (is_hidden(it->path())) {
      if (it->is_directory(ignored)) it.disable_recursion_pending();
    } else if (it->is_regular_file(ignored) && format_of(it->path().filename().string())) {
      paths.push_back(it->path().lexically_relative(folder).generic_string());
    }
  }
  if (error) return std::unexpected(error);
  std::ranges::sort(paths);
  return paths;
}

std::expected<void, LoadError> add_folder(const std::string& path, const std::string& shown, std::vector<SourceFile>& files) {
  const auto below = files_below(path);
  if (!below) return std::unexpected(file_error(shown, below.error().value()));
  if (below->empty()) {
    return std::unexpected(
        LoadError{LoadErrorKind::kEnvironment, fmt::format("the folder `{}` holds no file that ends in {}", shown, kEndings), shown, {}});
  }
  const std::string prefix = shown.ends_with('/') ? shown : shown + "/";
  for (const std::string& name : *below) files.push_back({fmt::format("{}/{}", path, name), prefix + name, *format_of(name), 0});
  return {};
}

std::expected<void, LoadError> add_path(const std::string& root, const std::string& shown, std::vector<SourceFile>& files) {
  const std::string path = joined(root, shown);
  struct stat status{};
  if (path.find('\0') != std::string::npos || ::stat(path.c_str(), &status) != 0) return std::unexpected(file_error(shown, errno));
  if (S_ISDIR(status.st_mode)) return add_folder(path, shown, files);
  const auto format = format_of(shown);
  if (!format) {
    return std::unexpected(LoadError{
        LoadErrorKind::kData, fmt::format("the name `{}` does not say the file's format; let it end in {}", shown, kEndings), shown, {}});
  }
  files.push_back({path, shown, *format, 0});
  return {};
}

std::uint64_t file_size(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace

std::expected<std::vector<SourceFile>, LoadError> source_files(const TableSpec& spec, const std::string& root) {
  std::vector<SourceFile> files;
  if (spec.files.empty()) {
    return std::unexpected(
        LoadError{LoadErrorKind::kEnvironment,
                  fmt::format("no file matches `{}`, the source of `{}`; correct the path in `sources`", spec.path, spec.name), spec.path,
                  spec.name});
  }
  for (const std::string& shown : spec.files) {
    if (auto added = add_path(root, shown, files); !added) return std::unexpected(added.error());
  }
  for (SourceFile& file : files) file.bytes = file_size(file.path);
  return files;
}

OpenedFile open_file(const SourceFile& file, const TableSpec& spec) {
  switch (file.format) {
    case FileFormat::kCsv: return open_csv(file.path, file.shown, false, spec.delimiter, spec.null_values);
    case FileFormat::kCsvGzip: return open_csv(file.path, file.shown, true, spec.delimiter, spec.null_values);
    case FileFormat::kParquet: return open_parquet(file.path, file.shown);
    case FileFormat::kArrow: return open_arrow(file.path, file.shown);
  }
  return std::unexpected(broken_file(file.shown, "its format is unknown"));
}

}  // namespace segue::io
