// This file's external interface is what `segue run --assess` and `--history` show people.
#pragma once

#include <string>

#include "bindings/cpp/segue.h"
#include "tools/segue/console.h"

namespace segue::command {

// Which columns decide, who overlaps whom, who is in none or several, who can be reached.
[[nodiscard]] std::string assess_text(const OpenedProject& project, const Evaluation& evaluation, const Assessment& assessment,
                                      const Style& style);

// The sizes of segments, audiences and values, and the means of scores, a line a definition and a column a clock.
[[nodiscard]] std::string history_text(const OpenedProject& project, const History& history, const Style& style);

}  // namespace segue::command
