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

// Rows of an audience whose account is suppressed.
std::uint64_t suppressed_rows(const Answered& answered, std::size_t root, const Bitmap& suppressed) {
  const std::vector<RowId> account_of = accounts_of_rows(answered.program, answered.database, answered.definition(root).frame);
  const Bitmap& members = answered.results.definitions[root].members;
  std::uint64_t count = 0;
  for (std::size_t row = 0; row < account_of.size(); ++row)
    count += account_of[row] != kNoRow && members.test(row) && suppressed.test(account_of[row]);
  return count;
}

}  // namespace

void count_suppressed(const Answered& answered, const Bitmap& suppressed, std::vector<DefinitionOutcome>& outcomes) {
  if (suppressed.count() == 0) return;
  for (std::size_t root = 0; root < outcomes.size(); ++root) {
    const DefinitionKind kind = answered.definition(root).kind;
    if (kind == DefinitionKind::kScore) continue;
    outcomes[root].suppressed = kind == DefinitionKind::kAudience ? suppressed_rows(answered, root, suppressed)
                                                                  : count_common(accounts_named(answered, root), suppressed);
  }
}

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
