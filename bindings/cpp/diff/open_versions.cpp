// Words of a call → revisions, folders or the work tree → opened projects over the same data.
#include "bindings/cpp/diff/open_versions.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/diff/revisions.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

Failure call_failure_of(std::string message) { return failure_of(FailureKind::kCall, DiagnosticKind::kUnreadableFile, std::move(message)); }

// What a word of the call stands for.
struct AskedVersion {
  std::string label;
  std::string revision;   // of a revision
  fs::path project_file;  // of a folder, and of the work tree
  std::string mark;       // before a file in messages: `HEAD~1:`
};

bool opens_like_path(const std::string& word) {
  return word == "." || word == ".." || word.starts_with("./") || word.starts_with("../") || word.starts_with("/");
}

bool is_path(const std::string& word) {
  std::error_code ignored;
  return fs::is_directory(word, ignored) || ((word.ends_with(".yaml") || word.ends_with(".yml")) && fs::exists(word, ignored));
}

struct RangeWords {
  std::string base, head;
  bool from_common = false;  // `A...B`
};

std::optional<RangeWords> split_range(const std::string& word) {
  const std::size_t dots = word.find("..");
  if (dots == std::string::npos || opens_like_path(word) || is_path(word)) return std::nullopt;
  const bool three = word.compare(dots, 3, "...") == 0;
  const std::string base = word.substr(0, dots);
  const std::string head = word.substr(dots + (three ? 3 : 2));
  return RangeWords{base.empty() ? "HEAD" : base, head, three};
}

class VersionOpener {
 public:
  VersionOpener(const DiffRequest& request, const DiffOptions& options) : request_(request), options_(options) {}

  std::expected<OpenedVersions, Failure> operator()() {
    if (auto settled = settle(); !settled) return std::unexpected(std::move(settled.error()));
    if (auto opened = open(base_, opened_.base_side, opened_.base); !opened) return std::unexpected(std::move(opened.error()));
    if (auto opened = open(head_, opened_.head_side, opened_.head); !opened) return std::unexpected(std::move(opened.error()));
    if (!opened_.base_side.exists && !opened_.head_side.exists)
      return std::unexpected(call_failure_of("neither version has the project; name its folder with `--project`"));
    if (auto params = check_params(); !params) return std::unexpected(std::move(params.error()));
    share_sources();
    if (auto clock = settle_clock(); !clock) return std::unexpected(std::move(clock.error()));
    return std::move(opened_);
  }

 private:
  using Step = std::expected<void, Failure>;

  Step settle() {
    std::optional<std::string> base = request_.base, head = request_.head;
    bool from_common = false;
    if (base && !head) {
      if (const auto range = split_range(*base)) {
        base = range->base;
        head = range->head.empty() ? std::nullopt : std::optional(range->head);
        from_common = range->from_common;
      }
    }
    if (auto found = find_work_project(base, head); !found) return found;
    if (auto repository = find_repository(); !repository) return repository;
    auto base_version = version_of(base, "HEAD");
    if (!base_version) return std::unexpected(std::move(base_version.error()));
    auto head_version = version_of(head, {});
    if (!head_version) return std::unexpected(std::move(head_version.error()));
    base_ = std::move(*base_version);
    head_ = std::move(*head_version);
    if (from_common && !base_.revision.empty()) return start_from_common();
    return {};
  }

  // The project of the work tree: `--project`, else the nearest; where there is none, the folder that is named alone.
  Step find_work_project(std::optional<std::string>& base, const std::optional<std::string>& head) {
    std::error_code ignored;
    auto file = find_project_file(request_.project.value_or(""), fs::current_path(ignored));
    const bool names_folder = base && is_path(*base);
    if (!request_.project && names_folder && !head) {
      auto named = find_project_file(*base, {});
      if (!named) return std::unexpected(std::move(named.error()));
      if (!file || fs::equivalent(*file, *named, ignored)) {
        file = *named;
        base.reset();
      }
    }
    if (file) work_file_ = fs::absolute(*file, ignored).lexically_normal();
    else if (!(names_folder && head && is_path(*head))) return std::unexpected(std::move(file.error()));
    return {};
  }

  Step find_repository() {
    auto api = versions_api();
    if (!api) return std::unexpected(std::move(api.error()));
    api_ = *api;
    if (work_file_.empty()) return {};
    auto repository = api_->find_repository(work_file_.parent_path());
    if (!repository) return std::unexpected(environment_failure(std::move(repository.error())));
    repository_ = std::move(*repository);
    if (repository_) work_folder_ = api_->work_folder(*repository_);
    return {};
  }

  std::expected<AskedVersion, Failure> version_of(const std::optional<std::string>& word, const std::string& revision) {
    if (!word && revision.empty()) return AskedVersion{.label = "the work tree", .revision = {}, .project_file = work_file_, .mark = {}};
    const std::string name = word.value_or(revision);
    if (!opens_like_path(name) && repository_ && api_->is_revision(*repository_, name))
      return AskedVersion{.label = name, .revision = name, .project_file = {}, .mark = name + ":"};
    if (opens_like_path(name) || is_path(name)) {
      auto file = find_project_file(name, {});
      if (!file) return std::unexpected(std::move(file.error()));
      return AskedVersion{.label = name, .revision = {}, .project_file = *file, .mark = name + (name.ends_with('/') ? "" : "/")};
    }
    if (!repository_) {
      return std::unexpected(call_failure_of(
          fmt::format("`{}` is no folder, and the project lies in no git repository, so there are no revisions; name two folders", name)));
    }
    // The reason is git's to tell.
    auto tree = api_->open_tree(repository_, name);
    return std::unexpected(call_failure_of(tree ? fmt::format("`{}` cannot be read", name) : std::move(tree.error())));
  }

  Step start_from_common() {
    const std::string head = head_.revision.empty() ? "HEAD" : head_.revision;
    auto base = api_->merge_base(*repository_, base_.revision, head);
    if (!base) return std::unexpected(call_failure_of(std::move(base.error())));
    base_.revision = *base;
    base_.label = fmt::format("{} where {} left it", base_.label, head);
    base_.mark = base->substr(0, 8) + ":";
    return {};
  }

  Step open(const AskedVersion& asked, DiffSide& side, OpenedProject& project) {
    side.label = asked.label;
    fs::path file = asked.project_file;
    if (!asked.revision.empty()) {
      auto read = read_files(asked, side);
      if (!read) return std::unexpected(std::move(read.error()));
      file = *read;
    }
    if (file.empty()) {
      side.exists = false;
      project.checked = std::make_shared<CheckedProject>();
      return {};
    }
    auto opened = open_with_params(file);
    if (!opened) return std::unexpected(placed(std::move(opened.error()), {}, asked));
    if (opened->has_errors()) return std::unexpected(placed({FailureKind::kRules, errors_of(*opened), {}}, opened->sources, asked));
    project = std::move(*opened);
    return {};
  }

  std::expected<fs::path, Failure> read_files(const AskedVersion& asked, DiffSide& side) {
    auto tree = api_->open_tree(repository_, asked.revision);
    if (!tree) return std::unexpected(call_failure_of(std::move(tree.error())));
    side.commit = api_->commit_id(**tree);
    std::error_code ignored;
    const std::string in_repository = fs::relative(work_file_, work_folder_, ignored).generic_string();
    auto files = read_revision(*api_, **tree, in_repository, work_folder_);
    if (!files) return std::unexpected(std::move(files.error()));
    if (files->kept) opened_.kept_files.push_back(files->kept);
    if (!files->moved_from.empty()) opened_.notes.push_back(fmt::format("in {} the project file is `{}`", asked.label, files->moved_from));
    if (files->project_file.empty()) opened_.notes.push_back(fmt::format("{} has no `{}`", asked.label, in_repository));
    return files->project_file;
  }

  // Each version gets the params that it has.
  std::expected<OpenedProject, Failure> open_with_params(const fs::path& file) {
    const OpenOptions plain{.params = {}, .code_folder = options_.code_folder};
    auto opened = open_project(file, plain);
    if (!opened || opened->has_errors() || options_.params.empty()) return opened;
    std::vector<NamedText> own;
    for (const NamedText& param : options_.params) {
      const auto is_it = [&](const DeclarationInfo& info) { return info.word == "param" && info.name == param.name; };
      if (!std::ranges::any_of(opened->checked->check.declarations, is_it)) continue;
      own.push_back(param);
      known_params_.insert(param.name);
    }
    if (own.empty()) return opened;
    return open_project(file, {.params = std::move(own), .code_folder = options_.code_folder});
  }

  Step check_params() const {
    for (const NamedText& param : options_.params) {
      if (!known_params_.contains(param.name))
        return std::unexpected(failure_of(FailureKind::kCall, DiagnosticKind::kUnknownParam,
                                          fmt::format("neither version has a `param` called `{}`", param.name)));
    }
    for (const OpenedProject* project : {&opened_.base, &opened_.head}) {
      if (!project->checked->lacking_params.empty())
        return std::unexpected(Failure{FailureKind::kCall, project->checked->lacking_params, {}});
    }
    return {};
  }

  static std::vector<Diagnostic> errors_of(const OpenedProject& project) {
    std::vector<Diagnostic> errors;
    std::ranges::copy_if(project.diagnostics, std::back_inserter(errors),
                         [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::kError; });
    return errors;
  }

  // Places as they are called outside of the version: `HEAD~1:segments/icp.seg`.
  static Location placed(const Location& location, const SourceMap& sources, const std::string& mark) {
    const ResolvedLocation place = resolve(location, sources);
    if (place.file.empty()) return {};
    return FileLocation{mark + std::string(place.file), place.start, place.end};
  }

  static Failure placed(Failure failure, const SourceMap& sources, const AskedVersion& asked) {
    for (Diagnostic& diagnostic : failure.diagnostics) {
      diagnostic.location = placed(diagnostic.location, sources, asked.mark);
      for (Note& note : diagnostic.notes) note.location = placed(note.location, sources, asked.mark);
      diagnostic.fix.reset();
      if (std::holds_alternative<std::monostate>(diagnostic.location))
        diagnostic.message = fmt::format("{} ({})", diagnostic.message, asked.label);
    }
    return failure;
  }

  // Both versions read the data of the work tree, by head's sources; side files stay each version's own.
  void share_sources() {
    std::error_code ignored;
    bool needs_files = false;
    const bool has_work = !work_file_.empty() && head_.project_file.empty();
    opened_.root = has_work                   ? work_file_.parent_path()
                   : opened_.head_side.exists ? fs::absolute(opened_.head.root, ignored)
                                              : fs::absolute(opened_.base.root, ignored);
    std::vector<TableSource> sources = opened_.head.checked->workspace.project.sources;
    for (const TableSource& source : opened_.base.checked->workspace.project.sources) {
      const auto is_same = [&](const TableSource& other) { return other.table.text == source.table.text; };
      if (std::ranges::none_of(sources, is_same)) sources.push_back(source);
    }
    for (OpenedProject* project : {&opened_.base, &opened_.head}) {
      auto checked = std::make_shared<CheckedProject>(*project->checked);
      Project& settings = checked->workspace.project;
      for (SuppressList& list : settings.suppress) list.path.text = own_file(project->root, list.path.text);
      if (settings.rates) settings.rates->text = own_file(project->root, settings.rates->text);
      settings.sources = sources;
      checked->workspace.root = opened_.root;
      needs_files = needs_files || !settings.suppress.empty() || settings.rates;
      project->root = opened_.root;
      project->checked = std::move(checked);
    }
    if (!needs_files) opened_.kept_files.clear();
  }

  static std::string own_file(const fs::path& root, const std::string& path) {
    std::error_code ignored;
    return (fs::absolute(root, ignored) / path).lexically_normal().string();
  }

  Step settle_clock() {
    if (!options_.as_of) {
      opened_.clock = current_clock();
      return {};
    }
    const auto clock = parse_clock(opened_.head_side.exists ? opened_.head : opened_.base, *options_.as_of);
    if (!clock) return std::unexpected(clock.error());
    opened_.clock = *clock;
    return {};
  }

  const DiffRequest& request_;
  const DiffOptions& options_;
  const VersionsApi* api_ = nullptr;
  std::shared_ptr<const GitRepository> repository_;
  fs::path work_file_, work_folder_;
  AskedVersion base_, head_;
  OpenedVersions opened_;
  std::set<std::string> known_params_;
};

}  // namespace

std::expected<OpenedVersions, Failure> open_versions(const DiffRequest& request, const DiffOptions& options) {
  return VersionOpener(request, options)();
}

}  // namespace segue
