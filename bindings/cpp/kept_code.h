// This file's external interface is KeptCode: the machine code of an opened project, kept in memory from one evaluation to the next, and in a folder from run to
// run. Private to this folder.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "compiler/codegen/api.h"

namespace segue {

class KeptCode {
 public:
  // As OpenOptions::code_folder.
  explicit KeptCode(std::optional<std::filesystem::path> folder) : folder_(std::move(folder)) {}

  // Made on first use; lives as long as this.
  [[nodiscard]] CodeCache& cache(const CodegenApi& api) const;

 private:
  std::optional<std::filesystem::path> folder_;
  mutable std::once_flag once_;
  mutable std::shared_ptr<CodeCache> cache_;
};

}  // namespace segue
