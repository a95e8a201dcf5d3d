// This file's external interface is `run --follow`: changes as JSON lines on standard input, who entered and who left on standard output (`docs/following-changes.md`).
#pragma once

#include <string>
#include <vector>

#include "tools/segue/arguments.h"
#include "tools/segue/report.h"

namespace segue::command {

// Evaluates once and then follows the changes until the input ends or the output is closed. Prints everything but the report's diagnostics; gives the exit code: that of a failed start, 1 where a
// line was no change that could be made, else 0.
[[nodiscard]] int follow(Report& report, const Arguments& arguments, const std::vector<std::string>& names);

}  // namespace segue::command
