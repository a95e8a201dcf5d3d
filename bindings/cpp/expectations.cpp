// Comparing counts with what was expected.
#include "bindings/cpp/expectations.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace segue {
namespace {

// Values that a text about `each` names; the others are counted.
constexpr std::size_t kMostNamed = 5;

// A count out of the accounts, or out of the rows of an audience's table.
struct Subject {
  std::uint64_t count = 0;
  std::uint64_t whole = 0;
  std::string_view thing = "account";
};

// One expectation and what it speaks of.
struct Judged {
  const AnswerTotals& totals;
  const Expectation& expectation;
  const DefinitionOutcome& outcome;
  std::size_t root = 0, number = 0;

  [[nodiscard]] const Definition& definition() const { return totals.definition(root); }
  [[nodiscard]] bool is_audience() const { return definition().kind == DefinitionKind::kAudience; }
  [[nodiscard]] const std::vector<std::string>& value_names() const {
    return totals.program().enums[totals.program().expr(definition().body).type.enum_id].values;
  }
};

std::string counted(std::uint64_t count, std::string_view thing) { return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s"); }

bool meets_bounds(const Expectation& expectation, const Subject& subject) {
  const bool is_share = expectation.is_fraction || expectation.subject == ExpectSubject::kShare;
  const double number = is_share ? share_of(subject.count, subject.whole) : static_cast<double>(subject.count);
  const bool reaches_low = !expectation.low || (expectation.low_is_strict ? number > *expectation.low : number >= *expectation.low);
  const bool keeps_high = !expectation.high || (expectation.high_is_strict ? number < *expectation.high : number <= *expectation.high);
  return reaches_low && keeps_high;
}

// What is counted of the whole definition. Rows of an audience are counted, but a share is one of accounts.
Subject subject_of(const Judged& judged) {
  const DefinitionOutcome& outcome = judged.outcome;
  const std::uint64_t accounts = judged.totals.accounts();
  const std::uint64_t rows = judged.totals.rows(judged.totals.program().frame(judged.definition().frame).table);
  switch (judged.expectation.subject) {
    case ExpectSubject::kMoved: return {outcome.movement ? outcome.movement->accounts : 0, accounts};
    case ExpectSubject::kUndetermined:
      if (judged.is_audience()) return {outcome.undetermined, rows, "row"};
      return {outcome.undetermined, accounts};
    case ExpectSubject::kShare: return {outcome.accounts, accounts};
    default:
      if (judged.is_audience() && !judged.expectation.is_fraction) return {outcome.size, rows, "row"};
      return {outcome.accounts, accounts};
  }
}

std::string found_text(const Judged& judged, const Subject& subject) {
  std::string_view state;
  if (judged.expectation.subject == ExpectSubject::kUndetermined) state = " undetermined";
  if (judged.expectation.subject == ExpectSubject::kMoved) state = " moved";
  return fmt::format("{}{} of {}, {:.4g} %", subject.count, state, counted(subject.whole, subject.thing),
                     100 * share_of(subject.count, subject.whole));
}

void judge_count(const Judged& judged, ExpectationOutcome& outcome) {
  const Subject subject = subject_of(judged);
  outcome.holds = meets_bounds(judged.expectation, subject);
  outcome.found = found_text(judged, subject);
}

void judge_value(const Judged& judged, ExpectationOutcome& outcome) {
  const std::uint32_t value = *judged.expectation.value;
  const Subject subject{judged.outcome.value_sizes[value], judged.totals.accounts()};
  const bool must_exist = judged.expectation.subject == ExpectSubject::kNotEmpty;
  outcome.holds = must_exist ? subject.count > 0 : meets_bounds(judged.expectation, subject);
  outcome.found = fmt::format("{} in `{}`", found_text(judged, subject), judged.value_names()[value]);
}

// The sizes of the values that do not meet the bounds: `3 accounts in `a`, 0 accounts in `b``.
std::string broken_values_text(const Judged& judged, const std::vector<std::size_t>& broken) {
  std::string text;
  for (std::size_t i = 0; i < std::min(broken.size(), kMostNamed); ++i) {
    text += fmt::format("{}{} in `{}`", i == 0 ? "" : ", ", counted(judged.outcome.value_sizes[broken[i]], "account"),
                        judged.value_names()[broken[i]]);
  }
  if (broken.size() > kMostNamed) text += fmt::format(", and {} more that do not hold", broken.size() - kMostNamed);
  return text;
}

void judge_each(const Judged& judged, ExpectationOutcome& outcome) {
  const std::vector<std::uint64_t>& sizes = judged.outcome.value_sizes;
  std::vector<std::size_t> broken;
  for (std::size_t value = 0; value < sizes.size(); ++value) {
    const bool must_exist = judged.expectation.subject == ExpectSubject::kNotEmpty;
    const Subject subject{sizes[value], judged.totals.accounts()};
    if (must_exist ? sizes[value] == 0 : !meets_bounds(judged.expectation, subject)) broken.push_back(value);
  }
  outcome.holds = broken.empty();
  if (!broken.empty()) {
    outcome.found = broken_values_text(judged, broken);
  } else if (!sizes.empty()) {
    const auto [least, greatest] = std::ranges::minmax(sizes);
    outcome.found = least == greatest ? counted(least, "account") + " each" : fmt::format("{} to {}", least, counted(greatest, "account"));
  }
}

// An audience is compared with another one of the same table, row by row; all others account by account.
void judge_sets(const Judged& judged, ExpectationOutcome& outcome) {
  const std::string_view thing = judged.is_audience() ? "row" : "account";
  const auto [here, common] = judged.totals.sets(judged.root, judged.number);
  const std::string& other = judged.totals.program().definition(*judged.expectation.other).name;
  if (judged.expectation.subject == ExpectSubject::kDisjoint) {
    outcome.holds = common == 0;
    outcome.found = fmt::format("{} in common with `{}`", counted(common, thing), other);
  } else {
    const std::uint64_t outside = here - common;
    outcome.holds = outside == 0;
    outcome.found = fmt::format("{} outside `{}`", counted(outside, thing), other);
  }
}

void judge_existence(const Judged& judged, ExpectationOutcome& outcome) {
  const Subject subject = subject_of(judged);
  outcome.holds = subject.count > 0;
  outcome.found = found_text(judged, subject);
}

void judge(const Judged& judged, ExpectationOutcome& outcome) {
  const Expectation& expectation = judged.expectation;
  const bool is_about_sets = expectation.subject == ExpectSubject::kDisjoint || expectation.subject == ExpectSubject::kSubset;
  if (expectation.subject == ExpectSubject::kMoved && !judged.outcome.movement) {
    outcome.holds = true;
    outcome.is_evaluated = false;
    outcome.found = "needs an earlier output: `--previous PATH`";
  } else if (is_about_sets) {
    judge_sets(judged, outcome);
  } else if (expectation.each) {
    judge_each(judged, outcome);
  } else if (expectation.value) {
    judge_value(judged, outcome);
  } else if (expectation.subject == ExpectSubject::kNotEmpty) {
    judge_existence(judged, outcome);
  } else {
    judge_count(judged, outcome);
  }
}

}  // namespace

std::vector<DefinitionId> with_compared(const CheckedProgram& program, std::vector<DefinitionId> roots) {
  const std::size_t asked = roots.size();
  for (std::size_t i = 0; i < asked; ++i) {
    for (const Expectation& expectation : program.definition(roots[i]).expectations) {
      if (expectation.other && std::ranges::find(roots, *expectation.other) == roots.end()) roots.push_back(*expectation.other);
    }
  }
  return roots;
}

std::vector<ExpectationOutcome> expectations_of(const AnswerTotals& totals, std::span<const DefinitionOutcome> outcomes) {
  std::vector<ExpectationOutcome> expectations;
  for (std::size_t root = 0; root < outcomes.size(); ++root) {
    const std::vector<Expectation>& expected = totals.definition(root).expectations;
    for (std::size_t number = 0; number < expected.size(); ++number) {
      ExpectationOutcome& outcome = expectations.emplace_back();
      outcome.definition = totals.definition(root).name;
      outcome.text = expected[number].text;
      outcome.location = expected[number].span;
      judge({totals, expected[number], outcomes[root], root, number}, outcome);
    }
  }
  return expectations;
}

}  // namespace segue
