// This file's external interface is `read_revision`: a project as it was in a revision, with all that its rules name, as files in a temporary folder. Private to this folder.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bindings/cpp/failure.h"
#include "bindings/cpp/versions/api.h"

namespace segue {

// Opened on first use.
[[nodiscard]] std::expected<const VersionsApi*, Failure> versions_api();

struct RevisionFiles {
  std::filesystem::path project_file;  // in the temporary folder; empty where the revision has no such project
  std::shared_ptr<const void> kept;    // the folder goes with the last of these
  std::string moved_from;              // where the project lay then, when that is elsewhere
};

// `project_file` is relative to the repository. Where the revision has none there, but one that lies elsewhere and is not in the work tree any more, it is that one.
[[nodiscard]] std::expected<RevisionFiles, Failure> read_revision(const VersionsApi& api, const GitTree& tree,
                                                                  const std::string& project_file,
                                                                  const std::filesystem::path& work_folder);

// A Failure of the environment with a message.
[[nodiscard]] Failure environment_failure(std::string message);

}  // namespace segue
