// From a revision to files: the project file first, then what it and the rules name.
#include "bindings/cpp/diff/revisions.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/lazy_libraries.h"
#include "compiler/check/check.h"
#include "compiler/schema/project.h"
#include "compiler/syntax/parse.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

// A folder that goes when nobody needs it.
struct TemporaryFolder {
  fs::path path;
  TemporaryFolder() = default;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

std::expected<std::shared_ptr<TemporaryFolder>, Failure> make_temporary_folder() {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "segue-diff-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr)
    return std::unexpected(
        environment_failure(fmt::format("cannot make the temporary folder `{}`; set TMPDIR to a folder that can be written", name)));
  auto folder = std::make_shared<TemporaryFolder>();
  folder->path = name;
  return folder;
}

bool is_project_text(const std::string& path) { return path.ends_with(".seg") || path.ends_with(".yaml") || path.ends_with(".yml"); }

// The files of one project, written as they are asked for.
class RevisionReader {
 public:
  RevisionReader(const VersionsApi& api, const GitTree& tree, fs::path root, const std::string& project_file)
      : api_(api),
        tree_(tree),
        root_(std::move(root)),
        folder_(fs::path(project_file).parent_path().generic_string()) {}

  std::expected<void, Failure> operator()(const std::string& project_file) {
    for (const std::string& path : api_.files(tree_, folder_.empty() ? "" : folder_ + "/")) {
      if (is_project_text(path) && !take(path)) return std::unexpected(*failure_);
    }
    if (!take(project_file)) return std::unexpected(*failure_);
    const Source source = make_source(project_file, text_);
    const Project project = load_project(source, SourceId{0}).project;
    if (!take_named(project.schema.text)) return std::unexpected(*failure_);
    for (const ProjectText& rule : project.rules) {
      if (!take_named(rule.text)) return std::unexpected(*failure_);
    }
    for (const SuppressList& list : project.suppress) {
      if (!take_named(list.path.text)) return std::unexpected(*failure_);
    }
    if (project.rates && !take_named(project.rates->text)) return std::unexpected(*failure_);
    return {};
  }

 private:
  // A path from the project's folder; what is not in the revision is reported when the project is opened.
  bool take_named(const std::string& name) {
    if (name.empty() || fs::path(name).is_absolute()) return true;
    const fs::path path = (fs::path(folder_) / name).lexically_normal();
    if (path.empty() || *path.begin() == "..") return true;
    return take(path.generic_string());
  }

  // Writes a file, and those that its rules name. False: `failure_` says why.
  bool take(const std::string& path) {
    if (!taken_.insert(path).second) return path.ends_with(".seg") || reread(path);
    auto text = api_.read(tree_, path);
    if (!text) {
      failure_ = environment_failure(std::move(text.error()));
      return false;
    }
    if (!*text) return true;
    text_ = std::move(**text);
    if (!write(path)) return false;
    return !path.ends_with(".seg") || take_outside(path);
  }

  bool reread(const std::string& path) {
    const auto text = api_.read(tree_, path);
    if (text && *text) text_ = **text;
    return true;
  }

  bool write(const std::string& path) {
    std::error_code error;
    fs::create_directories((root_ / path).parent_path(), error);
    std::ofstream file(root_ / path, std::ios::binary);
    file.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    if (file.good()) return true;
    failure_ = environment_failure(fmt::format("cannot write `{}`; set TMPDIR to a folder with space", (root_ / path).string()));
    return false;
  }

  bool take_outside(const std::string& path) {
    const Source source = make_source(path, text_);
    const std::vector<OutsideFile> named = outside_files(parse(source, SourceId{0}).ast);
    return std::ranges::all_of(named,
                               [&](const OutsideFile& file) { return file.kind == OutsideFile::Kind::kPrelude || take_named(file.path); });
  }

  const VersionsApi& api_;
  const GitTree& tree_;
  fs::path root_;
  std::string folder_;  // of the project, in the repository
  std::set<std::string> taken_;
  std::string text_;  // of the file that was taken last
  std::optional<Failure> failure_;
};

// Where the project lay in a revision that has none at `project_file`: the only project file of that name that is gone since.
std::string moved_project(const VersionsApi& api, const GitTree& tree, const std::string& project_file, const fs::path& work_folder) {
  const std::string name = fs::path(project_file).filename().string();
  std::vector<std::string> gone;
  for (const std::string& path : api.files(tree, "")) {
    std::error_code ignored;
    if (fs::path(path).filename() == name && !fs::exists(work_folder / path, ignored)) gone.push_back(path);
  }
  return gone.size() == 1 ? gone.front() : std::string();
}

}  // namespace

Failure environment_failure(std::string message) {
  return failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnreadableFile, std::move(message));
}

std::expected<const VersionsApi*, Failure> versions_api() {
  static const auto api = open_api<VersionsApi>("libsegue_versions.so", "segue_versions_api");
  if (!api) return std::unexpected(environment_failure(api.error()));
  return *api;
}

std::expected<RevisionFiles, Failure> read_revision(const VersionsApi& api, const GitTree& tree, const std::string& project_file,
                                                    const fs::path& work_folder) {
  std::string path = project_file;
  const auto there = api.read(tree, path);
  if (!there) return std::unexpected(environment_failure(there.error()));
  if (!*there) path = moved_project(api, tree, project_file, work_folder);
  if (path.empty()) return RevisionFiles{};
  auto folder = make_temporary_folder();
  if (!folder) return std::unexpected(std::move(folder.error()));
  const auto read = RevisionReader(api, tree, (*folder)->path, path)(path);
  if (!read) return std::unexpected(read.error());
  return RevisionFiles{.project_file = (*folder)->path / path, .kept = *folder, .moved_from = path == project_file ? std::string() : path};
}

}  // namespace segue
