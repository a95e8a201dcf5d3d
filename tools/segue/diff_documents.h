// This file's external interface is what `segue diff` writes for scripts and for pull requests (docs/command.md).
#pragma once

#include <string>
#include <vector>

#include "bindings/cpp/diff/diff.h"
#include "tools/segue/report.h"

namespace segue::command {

// Which of `--fail-on` came true, as written.
struct DiffVerdict {
  std::vector<std::string> failed;
};

// The document `segue.diff/1`; `diff` is absent where the call failed: `report` says why.
[[nodiscard]] std::string diff_document(const Report& report, const Diff* diff, const DiffVerdict& verdict);

// A comment for a pull request, GitHub flavoured, of at most 60,000 characters.
[[nodiscard]] std::string diff_markdown(const Diff& diff, const DiffVerdict& verdict);

}  // namespace segue::command
