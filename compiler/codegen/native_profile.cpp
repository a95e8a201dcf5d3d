// Steps → nodes → expressions.
#include "compiler/codegen/native_profile.h"

#include <algorithm>

namespace segue {

namespace {

// How many words a node works on, roughly: a test loads values, a conjunction one word an operand.
double weight_of(const Op& op) {
  constexpr double kTest = 4;
  if (const auto* all = std::get_if<AllOf>(&op)) return static_cast<double>(all->operands.size());
  if (const auto* any = std::get_if<AnyOf>(&op)) return static_cast<double>(any->operands.size());
  return kTest;
}

bool is_combination(const Op& op) { return std::holds_alternative<AllOf>(op) || std::holds_alternative<AnyOf>(op); }

}  // namespace

void add_run(NativeProfile& profile, const std::shared_ptr<const Plan>& plan, const Program& program,
             const std::vector<double>& step_seconds) {
  const std::lock_guard lock(profile.mutex);
  profile.answers = plan;
  for (std::size_t step = 0; step < step_seconds.size() && step < program.step_nodes.size(); ++step) {
    double weights = 0;
    for (const std::uint32_t node : program.step_nodes[step]) weights += weight_of(plan->nodes[node].op);
    for (const std::uint32_t node : program.step_nodes[step]) {
      const double seconds = step_seconds[step] * weight_of(plan->nodes[node].op) / weights;
      const ExprId origin = plan->origins[node];
      if (origin == kNoExpr || is_combination(plan->nodes[node].op)) {
        profile.combining_seconds += seconds;
        continue;
      }
      if (profile.expr_seconds.size() <= index_of(origin)) profile.expr_seconds.resize(index_of(origin) + 1, kNotEvaluated);
      double& sum = profile.expr_seconds[index_of(origin)];
      sum = std::max(sum, 0.0) + seconds;
    }
  }
}

}  // namespace segue
