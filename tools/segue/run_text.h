// This file's external interface is what `segue run` shows people.
#pragma once

#include <string>
#include <vector>

#include "bindings/cpp/segue.h"
#include "tools/segue/console.h"

namespace segue::command {

// The clock, segments with their sizes and a bar each, scores, expectations.
[[nodiscard]] std::string run_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style);

// What was read: one line a table; empty where nothing was.
[[nodiscard]] std::string data_text(const std::vector<TableSummary>& tables, const Style& style);

}  // namespace segue::command
