// This file's external interface is `funnels_of`: how many accounts are left after each clause of a segment or an audience, from all accounts on.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "bindings/cpp/evaluate.h"

namespace segue {

// A clause with those before it.
struct FunnelStep {
  std::string text;            // as written, on one line; an `except` with the `not` that it means
  std::uint64_t accounts = 0;  // for which it and all before it hold; of an audience, for which they hold in one of its rows
};

struct Funnel {
  std::size_t outcome = 0;  // index into Evaluation::definitions
  std::vector<FunnelStep> steps;
  std::uint64_t suppressed = 0;  // accounts that are left after the last step and are on a suppress list
};

// Audiences, then segments, each in the order of the evaluation.
struct Funnels {
  std::vector<Funnel> funnels;
  std::uint64_t left_out = 0;  // definitions beyond the two hundred that are looked at
};

// `options` are those of the evaluation, which kept its answers. Evaluates a condition for each step; fails as `evaluate` does.
[[nodiscard]] std::expected<Funnels, Failure> funnels_of(const OpenedProject& project, const Evaluation& evaluation,
                                                         const EvaluateOptions& options);

}  // namespace segue
