// Counting.
#include "bindings/cpp/outcomes.h"

#include <algorithm>
#include <limits>

#include "stdlib/exact_sum.h"

namespace segue {
namespace {

std::optional<ScoreSummary> summary_of(std::span<const double> scores) {
  if (scores.empty()) return std::nullopt;
  ExactSum sum;
  for (const double score : scores) sum.add(score);
  const auto [least, greatest] = std::ranges::minmax(scores);
  const KnownFloat mean = sum.average(static_cast<std::int64_t>(scores.size()));
  return ScoreSummary{least, greatest, mean.known ? mean.value : std::numeric_limits<double>::quiet_NaN()};
}

void count_values(const Answered& answered, const Definition& definition, std::span<const std::int32_t> codes, DefinitionOutcome& outcome) {
  outcome.value_sizes.resize(answered.program.enums[answered.program.expr(definition.body).type.enum_id].values.size());
  for (const std::int32_t code : codes) {
    if (code < 0) ++outcome.without_value;
    else ++outcome.value_sizes[static_cast<std::size_t>(code)];
  }
  outcome.size = codes.size() - outcome.without_value;
}

DefinitionOutcome outcome_of(const Answered& answered, std::size_t root) {
  const Definition& definition = answered.definition(root);
  const DefinitionResult& result = answered.results.definitions[root];
  DefinitionOutcome outcome;
  if (definition.kind == DefinitionKind::kScore) {
    outcome.score = summary_of(result.scores);
    return outcome;
  }
  if (has_values(definition.kind)) count_values(answered, definition, result.codes, outcome);
  else outcome.size = result.members.count();
  outcome.accounts = definition.kind == DefinitionKind::kAudience ? accounts_named(answered, root).count() : outcome.size;
  outcome.share = share_of(outcome.accounts, answered.accounts());
  outcome.undetermined = result.undetermined;
  return outcome;
}

}  // namespace

std::vector<DefinitionOutcome> outcomes_of(const Answered& answered, const std::vector<std::size_t>& asked) {
  std::vector<DefinitionOutcome> outcomes;
  outcomes.reserve(asked.size());
  for (std::size_t root = 0; root < asked.size(); ++root) {
    outcomes.push_back(outcome_of(answered, root));
    outcomes.back().definition = asked[root];
  }
  return outcomes;
}

}  // namespace segue
