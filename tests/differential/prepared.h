// This file's external interface is `prepared_difference`: prepared tables, held against the same project read from its sources.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "bindings/cpp/segue.h"
#include "tests/differential/case.h"

namespace segue::differential {

// Prepares the case's project in `folder` with one table in two files, the second of which comes later; evaluates over that, over damaged files, and over tables that are
// held: answers and what is said of the data must be those of `whole`. The first difference, or nothing.
[[nodiscard]] std::optional<std::string> prepared_difference(const Case& made, const OpenedProject& project, const EvaluateOptions& options,
                                                             const Evaluation& whole, const std::filesystem::path& folder);

}  // namespace segue::differential
