// This file's external interface is `parts_difference`: a project read in parts of accounts, held against the same project in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "bindings/cpp/segue.h"

namespace segue::differential {

// Evaluates in parts of several sizes, and writes the answers in every layout and format: totals and files must be those of `whole`, byte by byte. The first
// difference, or nothing; nothing, too, where the tables cannot be read in parts.
[[nodiscard]] std::optional<std::string> parts_difference(const OpenedProject& project, const EvaluateOptions& options,
                                                          const Evaluation& whole, const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace segue::differential
