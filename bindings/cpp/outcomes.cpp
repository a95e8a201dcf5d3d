// Counting.
#include "bindings/cpp/outcomes.h"

#include <algorithm>
#include <limits>

namespace segue {
namespace {

void count_values(std::span<const std::int32_t> codes, DefinitionOutcome& outcome) {
  std::uint64_t without = 0;
  for (const std::int32_t code : codes) {
    if (code < 0) ++without;
    else ++outcome.value_sizes[static_cast<std::size_t>(code)];
  }
  outcome.without_value += without;
  outcome.size += codes.size() - without;
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

AnswerTotals::AnswerTotals(const CheckedProgram& program, std::span<const DefinitionId> roots, std::span<const std::size_t> asked)
    : program_(&program),
      roots_(roots),
      asked_(asked),
      rows_(program.schema.tables.size()),
      outcomes_(asked.size()),
      scores_(asked.size()),
      sets_(asked.size()) {
  for (std::size_t root = 0; root < asked.size(); ++root) {
    outcomes_[root].definition = asked[root];
    if (has_values(definition(root).kind))
      outcomes_[root].value_sizes.resize(program.enums[program.expr(definition(root).body).type.enum_id].values.size());
    sets_[root].resize(definition(root).expectations.size());
  }
}

void AnswerTotals::add(const Answered& answered, std::span<const std::uint64_t> sizes) {
  accounts_ += answered.accounts();
  for (std::size_t table = 0; table < rows_.size(); ++table) rows_[table] += answered.database.tables[table].rows;
  for (std::size_t root = 0; root < outcomes_.size(); ++root) {
    add_outcome(answered, sizes, root);
    add_sets(answered, root);
  }
}

void AnswerTotals::add_outcome(const Answered& answered, std::span<const std::uint64_t> sizes, std::size_t root) {
  const DefinitionResult& result = answered.results.definitions[root];
  DefinitionOutcome& outcome = outcomes_[root];
  const DefinitionKind kind = definition(root).kind;
  if (kind == DefinitionKind::kScore) {
    if (result.scores.empty()) return;
    ScoreTotal& total = scores_[root];
    for (const double score : result.scores) total.sum.add(score);
    const auto [least, greatest] = std::ranges::minmax(result.scores);
    const bool is_first = total.count == 0;
    total.summary.min = is_first ? least : std::min(total.summary.min, least);
    total.summary.max = is_first ? greatest : std::max(total.summary.max, greatest);
    total.count += result.scores.size();
    return;
  }
  if (has_values(kind)) count_values(result.codes, outcome);
  else outcome.size += sizes.empty() ? result.members.count() : sizes[root];
  if (kind == DefinitionKind::kAudience) outcome.accounts += accounts_named(answered, root).count();
  else outcome.accounts = outcome.size;
  outcome.undetermined += result.undetermined;
}

// An audience is compared with another one of the same table, row by row; all others account by account.
void AnswerTotals::add_sets(const Answered& answered, std::size_t root) {
  const std::vector<Expectation>& expectations = definition(root).expectations;
  for (std::size_t i = 0; i < expectations.size(); ++i) {
    if (!expectations[i].other) continue;
    const auto other = static_cast<std::size_t>(std::ranges::find(roots_, *expectations[i].other) - roots_.begin());
    const bool is_audience = definition(root).kind == DefinitionKind::kAudience;
    const Bitmap here = is_audience ? answered.results.definitions[root].members : accounts_named(answered, root, expectations[i].value);
    sets_[root][i].here += here.count();
    sets_[root][i].common += count_common(here, answered.results.definitions[other].members);
  }
}

void AnswerTotals::add_suppressed(const Answered& answered, const Bitmap& suppressed) {
  if (suppressed.count() == 0) return;
  for (std::size_t root = 0; root < outcomes_.size(); ++root) {
    const DefinitionKind kind = definition(root).kind;
    if (kind == DefinitionKind::kScore) continue;
    outcomes_[root].suppressed += kind == DefinitionKind::kAudience ? suppressed_rows(answered, root, suppressed)
                                                                    : count_common(accounts_named(answered, root), suppressed);
  }
}

std::vector<DefinitionOutcome> AnswerTotals::outcomes() const {
  std::vector<DefinitionOutcome> outcomes = outcomes_;
  for (std::size_t root = 0; root < outcomes.size(); ++root) {
    outcomes[root].share = share_of(outcomes[root].accounts, accounts_);
    if (scores_[root].count == 0) continue;
    outcomes[root].score = scores_[root].summary;
    const KnownFloat mean = scores_[root].sum.average(static_cast<std::int64_t>(scores_[root].count));
    outcomes[root].score->mean = mean.known ? mean.value : std::numeric_limits<double>::quiet_NaN();
  }
  return outcomes;
}

std::vector<DefinitionOutcome> outcomes_of(const Answered& answered, const std::vector<std::size_t>& asked) {
  AnswerTotals totals(answered.program, answered.roots, asked);
  totals.add(answered, {});
  return totals.outcomes();
}

}  // namespace segue
