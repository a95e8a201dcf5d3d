// This file's external interface is `open_versions`: the two versions that a call means, opened. Private to this folder.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bindings/cpp/diff/diff.h"

namespace segue {

struct OpenedVersions {
  DiffSide base_side, head_side;
  OpenedProject base, head;    // one without definitions where its side does not exist
  std::filesystem::path root;  // the folder that sources are relative to
  std::int64_t clock = 0;
  std::vector<std::shared_ptr<const void>> kept_files;
  std::vector<std::string> notes;
};

[[nodiscard]] std::expected<OpenedVersions, Failure> open_versions(const DiffRequest& request, const DiffOptions& options);

}  // namespace segue
