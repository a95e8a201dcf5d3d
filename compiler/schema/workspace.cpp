// A project from disk.
#include "compiler/schema/workspace.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/schema/glob.h"
#include "compiler/schema/report.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProjectFile = "segue.yaml";
// Offsets into a source have 32 bits.
constexpr std::size_t kMaxTextSize = 1'000'000'000;

std::unexpected<EnvironmentError> failed(std::string_view shown, std::string_view reason) {
  return std::unexpected(EnvironmentError{fmt::format("cannot read `{}`: {}", shown, reason), std::string(shown)});
}

std::string_view reason_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return "there is no such file; check the path";
    case EACCES:
    case EPERM: return "reading it is not permitted; change its permissions";
    case EISDIR: return "it is a folder; name a file";
    case ELOOP: return "its symbolic links lead in a circle";
    case ENAMETOOLONG: return "the path is too long";
    default: return std::strerror(error);
  }
}

// Closes the file at the end of the scope.
struct FileHandle {
  int descriptor;
  explicit FileHandle(int d) : descriptor(d) {}
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool is_existing_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

// The same error with the place that names the file.
EnvironmentError named_in(EnvironmentError error, const Workspace& workspace, const ProjectText& name) {
  const Position position = position_at(source_of(workspace.sources, *workspace.project_source), name.span.begin);
  error.message += fmt::format(" (named in `{}`, line {})", workspace.project_file, position.line);
  return error;
}

// The rule files of one pattern; a pattern with wildcards takes only `.seg` files.
std::vector<std::string> rule_paths(const fs::path& root, const std::string& pattern) {
  std::vector<std::string> paths = expand_glob(root, pattern);
  if (is_glob(pattern)) std::erase_if(paths, [](const std::string& path) { return !path.ends_with(".seg"); });
  return paths;
}

std::expected<void, EnvironmentError> read_rules(Workspace& workspace) {
  Report report(workspace.diagnostics);
  std::set<std::string> paths;
  for (const ProjectText& rule : workspace.project.rules) {
    const std::vector<std::string> found = rule_paths(workspace.root, rule.text);
    paths.insert(found.begin(), found.end());
    if (!found.empty()) continue;
    if (is_glob(rule.text)) {
      report.add(DiagnosticKind::kNoRuleFiles, rule.span,
                 fmt::format("`{}` matches no `.seg` file in the project's folder; check the pattern", rule.text));
    } else if (is_existing_folder(workspace.root / rule.text)) {
      const std::string pattern = (fs::path(rule.text) / "**/*.seg").generic_string();
      report
          .add(DiagnosticKind::kInvalidValue, rule.span,
               fmt::format("`{}` is a folder; write `{}` for the rule files in it", rule.text, pattern))
          .fix = Fix{fmt::format("write `{}`", pattern), {Edit{rule.span, pattern}}};
    } else {
      const auto missing = read_file(workspace.root / rule.text, rule.text);
      if (!missing) return std::unexpected(named_in(missing.error(), workspace, rule));
    }
  }
  for (const std::string& path : paths) {
    const auto id = read_source(workspace.sources, workspace.root, path);
    if (!id) return std::unexpected(id.error());
    workspace.rules.push_back(*id);
  }
  return {};
}

std::expected<void, EnvironmentError> read_schema(Workspace& workspace) {
  const ProjectText& path = workspace.project.schema;
  if (path.text.empty()) return {};
  const auto id = read_source(workspace.sources, workspace.root, path.text);
  if (!id) return std::unexpected(named_in(id.error(), workspace, path));
  workspace.schema_source = *id;
  SchemaResult result = load_schema(source_of(workspace.sources, *id), *id);
  workspace.schema = std::move(result.schema);
  if (!has_errors(result.diagnostics)) {
    std::ranges::move(check_project(workspace.project, workspace.schema), std::back_inserter(workspace.diagnostics));
  }
  std::ranges::move(result.diagnostics, std::back_inserter(workspace.diagnostics));
  return {};
}

}  // namespace

std::expected<fs::path, EnvironmentError> find_project(const fs::path& path, const fs::path& current) {
  if (path.empty()) {
    std::error_code error;
    for (fs::path folder = fs::absolute(current, error);; folder = folder.parent_path()) {
      if (is_file(folder / kProjectFile)) return folder / kProjectFile;
      if (folder == folder.parent_path()) break;
    }
    return std::unexpected(
        EnvironmentError{fmt::format("there is no `{}` in this folder or above it; name the folder of a project", kProjectFile), {}});
  }
  if (is_existing_folder(path)) {
    if (is_file(path / kProjectFile)) return path / kProjectFile;
    return std::unexpected(
        EnvironmentError{fmt::format("the folder `{}` holds no `{}`", path.generic_string(), kProjectFile), path.generic_string()});
  }
  if (is_yaml(path)) {
    if (is_file(path)) return path;
    return failed(path.generic_string(), reason_of(ENOENT));
  }
  return std::unexpected(
      EnvironmentError{fmt::format("`{}` is neither a folder nor a `.yaml` file", path.generic_string()), path.generic_string()});
}

std::expected<Workspace, EnvironmentError> load_workspace(const fs::path& project_file) {
  Workspace workspace;
  workspace.root = project_file.has_parent_path() ? project_file.parent_path() : fs::path(".");
  workspace.project_file = project_file.filename().string();
  const auto id = read_source(workspace.sources, workspace.root, workspace.project_file);
  if (!id) return std::unexpected(id.error());
  workspace.project_source = *id;
  ProjectResult project = load_project(source_of(workspace.sources, *id), *id);
  workspace.project = std::move(project.project);
  workspace.diagnostics = std::move(project.diagnostics);
  // What the project file says wrong is told before a file that it names may be missing.
  const bool is_sound = !has_errors(workspace.diagnostics);
  if (const auto read = read_schema(workspace); !read && is_sound) return std::unexpected(read.error());
  if (const auto read = read_rules(workspace); !read && is_sound) return std::unexpected(read.error());
  sort_diagnostics(workspace.diagnostics, workspace.sources);
  return workspace;
}

std::expected<std::string, EnvironmentError> read_file(const fs::path& path, std::string_view shown) {
  if (is_existing_folder(path)) return failed(shown, reason_of(EISDIR));
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor < 0) return failed(shown, reason_of(errno));
  std::string text;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t count = ::read(file.descriptor, buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(shown, reason_of(errno));
    if (text.size() + static_cast<std::size_t>(count) > kMaxTextSize) {
      return failed(shown, "it is larger than 1 GB, which no rule, list or schema is; name another file");
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::expected<SourceId, EnvironmentError> read_source(SourceMap& sources, const fs::path& root, std::string_view path) {
  const std::string shown = fs::path(path).lexically_normal().generic_string();
  const auto known = std::ranges::find(sources.sources, shown, &Source::path);
  if (known != sources.sources.end()) return static_cast<SourceId>(known - sources.sources.begin());
  auto text = read_file(root / shown, shown);
  if (!text) return std::unexpected(std::move(text.error()));
  return add_source(sources, shown, std::move(*text));
}

}  // namespace segue
