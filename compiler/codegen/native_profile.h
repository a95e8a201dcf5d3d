// This file's external interface is NativeProfile: what an evaluation by native code cost, and for which expressions.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/program.h"
#include "runtime/stopwatch.h"

namespace segue {

inline constexpr double kNotEvaluated = -1;

// Filled by an evaluation, of several passes or chunks, too.
struct NativeProfile {
  std::mutex mutex;  // guards the rest
  Times plan, compile;
  std::shared_ptr<const Plan> answers;  // the last plan that was run, which is that of the definitions
  std::vector<double>
      expr_seconds;  // of the processor, by expression: tests and values that it was the first to ask for; kNotEvaluated of others
  double combining_seconds = 0;  // of the processor: and, or and not over the tests
};

// Adds a run of `program`, made of `plan`, whose steps took so long (RunOptions::step_seconds). What one step does for several nodes is shared out
// among them.
void add_run(NativeProfile& profile, const std::shared_ptr<const Plan>& plan, const Program& program,
             const std::vector<double>& step_seconds);

}  // namespace segue
