// This file's external interface is `versions_difference`: what `diff` says of two versions, held against a run of each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/differential/case.h"

namespace segue::differential {

// Changes the case's rules at random, now so that they mean the same, now otherwise, writes both versions into `folder` and compares them: what is called equal is
// equal, wider and narrower go one way, and movers are the difference of two runs. The first difference, or nothing; nothing, too, where the changed rules do not check.
[[nodiscard]] std::optional<std::string> versions_difference(const Case& made, const std::filesystem::path& folder);

}  // namespace segue::differential
