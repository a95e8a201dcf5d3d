// This file's external interface is the writing of memberships and scores to .csv, .parquet and .arrow files. `docs/command.md`.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/failure.h"

namespace segue {

struct Evaluation;
struct OpenedProject;

enum class Layout : std::uint8_t {
  kWide,  // a row an account: the key, then a column a definition
  kLong,  // `account`, `definition`, `value`: a row an account and definition
};

struct OutputOptions {
  Layout layout = Layout::kWide;
  const std::atomic<bool>* cancel = nullptr;
  // Told a temporary file's path when it gets a name and "" when that is gone, so that a signal handler can remove it.
  std::function<void(const std::string& path)> on_temporary;
};

// The file that `path` means: itself, or `accounts.parquet` in it where it is a folder or ends in `/`. An ending that is not known and a parent
// folder that is not there are a Failure (kEnvironment). Call it before long work.
[[nodiscard]] std::expected<std::string, Failure> output_path(std::string_view path);

struct WrittenOutput {
  std::vector<std::string> paths;       // the accounts' file, then, in a folder, that of each audience
  std::vector<Diagnostic> diagnostics;  // a note on each audience that a single file leaves out
};

// Where an evaluation that does not keep its answers writes them: what `write_output` will be asked for.
struct OutputRequest {
  std::string path;
  OutputOptions options = {};
};

// Writes the evaluation's answers, but for suppressed accounts, beside `path` and renames each file when it is whole and on disk. A folder gets a file
// for each audience, too. On failure the old files that are not replaced yet are still there. Of an evaluation that was given an OutputRequest and did not keep its
// answers, `path` must be that of the request; its files are whole already and are put in their places, once.
[[nodiscard]] std::expected<WrittenOutput, Failure> write_output(const OpenedProject& project, const Evaluation& evaluation,
                                                                 std::string_view path, const OutputOptions& options);

}  // namespace segue
