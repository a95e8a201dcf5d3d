// This file's external interface is what `segue run` shows people.
#pragma once

#include <string>
#include <vector>

#include "bindings/cpp/segue.h"
#include "tools/segue/console.h"

namespace segue::command {

// A share for people: `12.5 %`.
[[nodiscard]] std::string percent(double share);

// A number with up to two digits after the point.
[[nodiscard]] std::string shown_number(double value);

// The clock, segments with their sizes and a bar each, scores, the values of tiers and their like, audiences, expectations.
[[nodiscard]] std::string run_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style);

// What was read: one line a table; empty where nothing was.
[[nodiscard]] std::string data_text(const std::vector<TableSummary>& tables, const Style& style);

}  // namespace segue::command
