// Revisions of a git repository, by libgit2. Nothing is ever written, no hook and no filter runs.
#include <array>
#include <fstream>
#include <iterator>
#include <mutex>

#include <fmt/format.h>
#include <git2.h>

#include "bindings/cpp/versions/api.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/v1";
constexpr int kMostLinks = 16;

void start_libgit() {
  static std::once_flag once;
  std::call_once(once, [] {
    git_libgit2_init();
    // Objects alone are read: whose folder it is does not matter, as in a container whose user is another one.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  });
}

std::string last_message() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "git says nothing more";
}

}  // namespace

template <typename Object, void (*Free)(Object*)>
struct GitFree {
  void operator()(Object* object) const { Free(object); }
};
using RepositoryHandle = std::unique_ptr<git_repository, GitFree<git_repository, git_repository_free>>;
using ObjectHandle = std::unique_ptr<git_object, GitFree<git_object, git_object_free>>;
using TreeHandle = std::unique_ptr<git_tree, GitFree<git_tree, git_tree_free>>;
using EntryHandle = std::unique_ptr<git_tree_entry, GitFree<git_tree_entry, git_tree_entry_free>>;
using BlobHandle = std::unique_ptr<git_blob, GitFree<git_blob, git_blob_free>>;

namespace {

std::string id_text(const git_oid& id) {
  std::array<char, GIT_OID_HEXSZ + 1> text{};
  git_oid_tostr(text.data(), text.size(), &id);
  return text.data();
}

}  // namespace

struct GitRepository {
  RepositoryHandle handle;
};

struct GitTree {
  std::shared_ptr<const GitRepository> repository;
  TreeHandle handle;
  std::string commit;
};

namespace {

std::expected<std::shared_ptr<const GitRepository>, std::string> find_repository(const fs::path& place) {
  start_libgit();
  git_repository* found = nullptr;
  const int code = git_repository_open_ext(&found, place.c_str(), 0, nullptr);
  if (code == GIT_ENOTFOUND) return nullptr;
  if (code != 0) return std::unexpected(fmt::format("cannot read the git repository of `{}`: {}", place.generic_string(), last_message()));
  auto repository = std::make_shared<GitRepository>();
  repository->handle.reset(found);
  return repository;
}

fs::path work_folder(const GitRepository& repository) {
  const char* folder = git_repository_workdir(repository.handle.get());
  return folder == nullptr ? fs::path() : fs::path(folder).lexically_normal();
}

// The commit (or tree) that a text names.
ObjectHandle find_object(const GitRepository& repository, const std::string& revision) {
  git_object* found = nullptr;
  if (git_revparse_single(&found, repository.handle.get(), revision.c_str()) != 0) return nullptr;
  const ObjectHandle object(found);
  git_object* peeled = nullptr;
  if (git_object_peel(&peeled, object.get(), GIT_OBJECT_COMMIT) != 0) return nullptr;
  return ObjectHandle(peeled);
}

std::string unknown_revision(const GitRepository& repository, const std::string& revision) {
  if (git_repository_is_shallow(repository.handle.get()) == 1) {
    return fmt::format(
        "`{}` is no revision here, and this clone is shallow, so older ones are not there; run `git fetch --unshallow`, or `git fetch "
        "--depth 1000 origin "
        "<branch>`, or in CI check out with full history (`fetch-depth: 0`)",
        revision);
  }
  return fmt::format(
      "`{}` is neither a revision of this git repository nor a folder; `git branch --all` and `git log` list revisions, and `git fetch` "
      "gets those of others",
      revision);
}

bool is_revision(const GitRepository& repository, const std::string& revision) { return find_object(repository, revision) != nullptr; }

std::expected<std::shared_ptr<const GitTree>, std::string> open_tree(std::shared_ptr<const GitRepository> repository,
                                                                     const std::string& revision) {
  const ObjectHandle commit = find_object(*repository, revision);
  if (!commit) return std::unexpected(unknown_revision(*repository, revision));
  git_object* tree = nullptr;
  if (git_object_peel(&tree, commit.get(), GIT_OBJECT_TREE) != 0)
    return std::unexpected(fmt::format("cannot read the files of `{}`: {}; run `git fetch`", revision, last_message()));
  auto opened = std::make_shared<GitTree>();
  opened->repository = std::move(repository);
  opened->handle.reset(reinterpret_cast<git_tree*>(tree));
  opened->commit = id_text(*git_object_id(commit.get()));
  return opened;
}

std::expected<std::string, std::string> merge_base(const GitRepository& repository, const std::string& one, const std::string& other) {
  const ObjectHandle a = find_object(repository, one);
  const ObjectHandle b = find_object(repository, other);
  if (!a || !b) return std::unexpected(unknown_revision(repository, a ? other : one));
  git_oid base{};
  if (git_merge_base(&base, repository.handle.get(), git_object_id(a.get()), git_object_id(b.get())) != 0) {
    return std::unexpected(
        fmt::format("`{}` and `{}` have no revision in common here; in a shallow clone run `git fetch --unshallow`", one, other));
  }
  return id_text(base);
}

std::string commit_id(const GitTree& tree) { return tree.commit; }

struct FileWalk {
  std::string_view prefix;
  std::vector<std::string> files;
};

int visit_entry(const char* folder, const git_tree_entry* entry, void* payload) {
  auto& walk = *static_cast<FileWalk*>(payload);
  const std::string path = std::string(folder) + git_tree_entry_name(entry);
  if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
    const std::string inside = path + "/";
    const bool leads_there = inside.starts_with(walk.prefix) || walk.prefix.starts_with(inside);
    return leads_there ? 0 : 1;
  }
  if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB && path.starts_with(walk.prefix)) walk.files.push_back(path);
  return 0;
}

std::vector<std::string> files(const GitTree& tree, const std::string& prefix) {
  FileWalk walk{.prefix = prefix, .files = {}};
  git_tree_walk(tree.handle.get(), GIT_TREEWALK_PRE, visit_entry, &walk);
  return std::move(walk.files);
}

// What git-lfs has stored of the file that a pointer stands for.
std::expected<std::optional<std::string>, std::string> read_lfs(const GitTree& tree, const std::string& path, const std::string& pointer) {
  const std::size_t begin = pointer.find("oid sha256:");
  const std::string id = begin == std::string::npos ? "" : pointer.substr(begin + 11, 64);
  if (id.size() == 64) {
    const fs::path stored =
        fs::path(git_repository_commondir(tree.repository->handle.get())) / "lfs" / "objects" / id.substr(0, 2) / id.substr(2, 2) / id;
    std::ifstream file(stored, std::ios::binary);
    if (file) return std::string(std::istreambuf_iterator<char>(file), {});
  }
  return std::unexpected(
      fmt::format("`{}` lies in git-lfs, and its content is not here; run `git lfs fetch origin {}`", path, tree.commit));
}

// A path as links mean it: `..` and `.` resolved; nothing where it leaves the tree.
std::optional<std::string> linked_path(const std::string& from, const std::string& target) {
  const fs::path path = (fs::path(from).parent_path() / target).lexically_normal();
  if (path.is_absolute() || path.empty() || *path.begin() == "..") return std::nullopt;
  return path.generic_string();
}

std::expected<std::optional<std::string>, std::string> read(const GitTree& tree, const std::string& asked) {
  std::string path = asked;
  for (int link = 0; link < kMostLinks; ++link) {
    git_tree_entry* found = nullptr;
    if (git_tree_entry_bypath(&found, tree.handle.get(), path.c_str()) != 0) return std::nullopt;
    const EntryHandle entry(found);
    if (git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB) return std::nullopt;
    git_blob* blob = nullptr;
    if (git_blob_lookup(&blob, tree.repository->handle.get(), git_tree_entry_id(entry.get())) != 0) {
      return std::unexpected(fmt::format("cannot read `{}` of {}: {}; a partial clone gets it by `git fetch --refetch`", path,
                                         tree.commit.substr(0, 12), last_message()));
    }
    const BlobHandle holder(blob);
    std::string text(static_cast<const char*>(git_blob_rawcontent(blob)), static_cast<std::size_t>(git_blob_rawsize(blob)));
    if (git_tree_entry_filemode(entry.get()) != GIT_FILEMODE_LINK) {
      if (text.starts_with(kLfsPointer)) return read_lfs(tree, path, text);
      return text;
    }
    const auto next = linked_path(path, text);
    if (!next)
      return std::unexpected(fmt::format("`{}` is a link that leads out of the repository; a revision cannot be read through it", path));
    path = *next;
  }
  return std::unexpected(fmt::format("the links of `{}` lead in a circle", asked));
}

}  // namespace
}  // namespace segue

extern "C" const segue::VersionsApi& segue_versions_api() {
  static const segue::VersionsApi api{.find_repository = segue::find_repository,
                                      .work_folder = segue::work_folder,
                                      .is_revision = segue::is_revision,
                                      .open_tree = segue::open_tree,
                                      .merge_base = segue::merge_base,
                                      .commit_id = segue::commit_id,
                                      .files = segue::files,
                                      .read = segue::read};
  return api;
}
