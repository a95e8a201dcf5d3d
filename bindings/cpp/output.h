// This file's external interface is the writing of memberships and scores to .csv, .parquet and .arrow files. `docs/command.md`.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"

namespace segue {

enum class Layout : std::uint8_t {
  kWide,  // a row an account: the key, then a column a definition
  kLong,  // `account`, `definition`, `value`: a row an account and definition
};

struct OutputOptions {
  Layout layout = Layout::kWide;
  const std::atomic<bool>* cancel = nullptr;
  // Told the temporary file's path when it is made and "" when it is gone, so that a signal handler can remove it.
  std::function<void(const std::string& path)> on_temporary;
};

// The file that `path` means: itself, or `accounts.parquet` in it where it is a folder or ends in `/`. An ending that is not known and a parent
// folder that is not there are a Failure (kEnvironment). Call it before long work.
[[nodiscard]] std::expected<std::string, Failure> output_path(std::string_view path);

// Writes the evaluation's answers beside `path` and renames the file when it is whole and on disk; gives its path. On failure the old file is still there.
[[nodiscard]] std::expected<std::string, Failure> write_output(const OpenedProject& project, const Evaluation& evaluation,
                                                               std::string_view path, const OutputOptions& options);

}  // namespace segue
