// Counting, and comparing counts with what was expected.
#include "bindings/cpp/outcomes.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "stdlib/exact_sum.h"

namespace segue {
namespace {

double share_of(std::uint64_t part, std::uint64_t accounts) {
  return accounts == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(accounts);
}

std::optional<ScoreSummary> summary_of(std::span<const double> scores) {
  if (scores.empty()) return std::nullopt;
  ExactSum sum;
  for (const double score : scores) sum.add(score);
  const auto [least, greatest] = std::ranges::minmax(scores);
  const KnownFloat mean = sum.average(static_cast<std::int64_t>(scores.size()));
  return ScoreSummary{least, greatest, mean.known ? mean.value : std::numeric_limits<double>::quiet_NaN()};
}

// What an expectation speaks of: a count, or a share of the accounts.
double subject_of(const Expectation& expectation, const DefinitionOutcome& outcome, std::uint64_t accounts) {
  const std::uint64_t count = expectation.subject == ExpectSubject::kUndetermined ? outcome.undetermined : outcome.size;
  const bool is_share = expectation.is_fraction || expectation.subject == ExpectSubject::kShare;
  return is_share ? share_of(count, accounts) : static_cast<double>(count);
}

bool holds(const Expectation& expectation, double subject) {
  const bool reaches_low = !expectation.low || (expectation.low_is_strict ? subject > *expectation.low : subject >= *expectation.low);
  const bool keeps_high = !expectation.high || (expectation.high_is_strict ? subject < *expectation.high : subject <= *expectation.high);
  return reaches_low && keeps_high;
}

std::string found_text(const Expectation& expectation, const DefinitionOutcome& outcome, std::uint64_t accounts) {
  const bool is_undetermined = expectation.subject == ExpectSubject::kUndetermined;
  const std::uint64_t count = is_undetermined ? outcome.undetermined : outcome.size;
  return fmt::format("{}{} of {} account{}, {:.4g} %", count, is_undetermined ? " undetermined" : "", accounts, accounts == 1 ? "" : "s",
                     100 * share_of(count, accounts));
}

}  // namespace

std::vector<DefinitionOutcome> outcomes_of(const Results& results, const std::vector<std::size_t>& asked,
                                           std::span<const DefinitionInfo> infos, std::uint64_t accounts) {
  std::vector<DefinitionOutcome> outcomes;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const DefinitionResult& result = results.definitions[i];
    DefinitionOutcome outcome;
    outcome.definition = asked[i];
    if (infos[asked[i]].kind == ResultKind::kScore) {
      outcome.score = summary_of(result.scores);
    } else {
      outcome.size = result.members.count();
      outcome.share = share_of(outcome.size, accounts);
      outcome.undetermined = result.undetermined;
    }
    outcomes.push_back(outcome);
  }
  return outcomes;
}

std::vector<ExpectationOutcome> expectations_of(const CheckedProgram& program, std::span<const DefinitionId> roots,
                                                std::span<const DefinitionOutcome> outcomes, std::uint64_t accounts) {
  std::vector<ExpectationOutcome> expectations;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const Definition& definition = program.definition(roots[i]);
    for (const Expectation& expectation : definition.expectations) {
      expectations.push_back({.definition = definition.name,
                              .text = expectation.text,
                              .holds = holds(expectation, subject_of(expectation, outcomes[i], accounts)),
                              .location = expectation.span,
                              .found = found_text(expectation, outcomes[i], accounts)});
    }
  }
  return expectations;
}

}  // namespace segue
