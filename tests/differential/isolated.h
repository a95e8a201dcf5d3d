// This file's external interface is work in processes of its own, so that a crash or an endless loop is one more finding: `judge_isolated` for one
// case, `run_worker` for a stretch of seeds.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "tests/differential/case.h"

namespace segue::differential {

// How long one case may take before it counts as an endless loop.
inline constexpr std::chrono::seconds kCaseLimit{120};

// How a case fails, found out in a child process: a crash or a loop is a category of its own.
[[nodiscard]] std::optional<Failure> judge_isolated(const Case& made, const std::filesystem::path& folder);

// A stretch of seeds, from `first` on.
struct Stretch {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::chrono::steady_clock::time_point until;
};
struct Progress {
  std::uint64_t done = 0;  // cases without a failure
  Tally tally;
  std::optional<std::uint64_t> failed;  // the seed of the case that failed
};

// Runs the stretch in a child process up to its first failure, and adds what was compared.
[[nodiscard]] Progress run_worker(const Stretch& stretch, const std::filesystem::path& folder);

}  // namespace segue::differential
