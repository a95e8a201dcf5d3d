// This file's external interface is VersionsApi: the files of a revision in a git repository, read without touching the work tree. The only folder that sees
// libgit2, which is opened on first use (`dlsym` finds `segue_versions_api`): a start without work does not pay for it.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

struct GitRepository;
struct GitTree;

// Messages are whole: what is, then what to do.
struct VersionsApi {
  // The repository that `place` lies in; nothing where it lies in none.
  std::expected<std::shared_ptr<const GitRepository>, std::string> (*find_repository)(const std::filesystem::path& place);
  // The folder of its work tree, absolute; empty where it has none.
  std::filesystem::path (*work_folder)(const GitRepository& repository);
  // Whether a text names a revision there.
  bool (*is_revision)(const GitRepository& repository, const std::string& revision);
  // The files of a revision: `HEAD~1`, a branch, a tag, an id.
  std::expected<std::shared_ptr<const GitTree>, std::string> (*open_tree)(std::shared_ptr<const GitRepository> repository,
                                                                          const std::string& revision);
  // The revision that both come from, as an id.
  std::expected<std::string, std::string> (*merge_base)(const GitRepository& repository, const std::string& one, const std::string& other);
  // The full id of the commit.
  std::string (*commit_id)(const GitTree& tree);
  // All files whose path in the repository begins with `prefix` (a folder's path with a `/` at its end, or empty).
  std::vector<std::string> (*files)(const GitTree& tree, const std::string& prefix);
  // The bytes of a file, links followed inside the tree; nothing where there is none. What git-lfs keeps elsewhere is read where it is at hand.
  std::expected<std::optional<std::string>, std::string> (*read)(const GitTree& tree, const std::string& path);
};

}  // namespace segue

extern "C" const segue::VersionsApi& segue_versions_api();
