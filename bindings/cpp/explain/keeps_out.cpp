// What keeps rows out: one clause alone, the funnel of clauses, and the fewest that would have to answer otherwise.
#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <utility>

#include "bindings/cpp/explain/asked.h"
#include "bindings/cpp/explain/group.h"

namespace segue {
namespace {

constexpr std::size_t kFirstRows = 10;
constexpr std::size_t kMostSets = 20;

std::uint64_t one_bits(std::uint64_t bits) { return static_cast<std::uint64_t>(std::popcount(bits)); }

KeptOut kept_out(const AskedClauses& asked, std::size_t row, const std::vector<std::uint32_t>& tests, const ValueReader& reader) {
  KeptOut out{.account = asked.account_key(row), .row = asked.row_key(row), .clauses = {}};
  for (const std::uint32_t test : tests) out.clauses.push_back(asked.failed(test, row, reader));
  return out;
}

// ---- who is nearly in

struct NearlyRows {
  std::uint64_t size = 0;
  std::vector<std::size_t> first;
};

std::vector<NearlyRows> nearly_rows(const AskedClauses& asked, std::uint64_t& total) {
  const ClauseTree& tree = *asked.tree();
  std::vector<NearlyRows> nearly(tree.clauses.size());
  std::vector<std::uint64_t> bits, scratch(tree.clauses.size()), decides(tree.clauses.size());
  for (std::size_t word = 0; word < asked.rows().word_count(); ++word) {
    asked.clause_words(word, bits);
    const std::uint64_t out = asked.rows().words()[word] & ~bits[tree.root()];
    if (out == 0) continue;
    decisive_tests(tree, bits, scratch, decides);
    std::uint64_t any = 0;
    for (const std::uint32_t test : tree.tests) {
      std::uint64_t here = decides[test] & out;
      any |= here;
      nearly[test].size += one_bits(here);
      for (; here != 0 && nearly[test].first.size() < kFirstRows; here &= here - 1) {
        const std::size_t row = word * 64 + static_cast<std::size_t>(std::countr_zero(here));
        if (!asked.is_suppressed(row)) nearly[test].first.push_back(row);
      }
    }
    total += one_bits(any);
  }
  return nearly;
}

// ---- why not

// The clauses that a definition joins by `and`, `except` included, in the order of the text.
std::vector<std::uint32_t> funnel_clauses(const ClauseTree& tree) {
  std::vector<std::uint32_t> steps;
  std::vector<std::uint32_t> open = {tree.root()};
  while (!open.empty()) {
    const std::uint32_t next = open.back();
    open.pop_back();
    const Clause& clause = tree.clauses[next];
    if (clause.kind == ClauseKind::kAll) open.insert(open.end(), clause.children.rbegin(), clause.children.rend());
    else steps.push_back(next);
  }
  return steps;
}

std::vector<KeepsOutStep> funnel_of(const AskedClauses& asked) {
  std::vector<KeepsOutStep> steps;
  const std::vector<std::uint32_t> clauses = funnel_clauses(*asked.tree());
  for (const std::uint32_t clause : clauses) steps.push_back(KeepsOutStep{.clause = asked.outline(clause)});
  std::vector<std::uint64_t> bits;
  for (std::size_t word = 0; word < asked.rows().word_count(); ++word) {
    asked.clause_words(word, bits);
    std::uint64_t remaining = asked.rows().words()[word];
    for (std::size_t i = 0; i < clauses.size(); ++i) {
      const std::uint64_t fails = ~bits[clauses[i]];
      steps[i].fails += one_bits(fails & asked.rows().words()[word]);
      steps[i].lost += one_bits(fails & remaining);
      remaining &= ~fails;
      steps[i].remaining += one_bits(remaining);
    }
  }
  return steps;
}

// What the tests of one row answer, with all that stands on them.
std::vector<bool> answers_of(std::size_t row, const std::vector<std::uint64_t>& bits) {
  std::vector<bool> answers(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) answers[i] = ((bits[i] >> (row % 64)) & 1) != 0;
  return answers;
}

struct SetRows {
  std::uint64_t size = 0;
  std::optional<std::size_t> first;
};
using TestSets = std::map<std::vector<std::uint32_t>, SetRows>;

// Rows that answer the tests alike have the same set: it is looked for once.
TestSets failing_sets(const AskedClauses& asked) {
  const ClauseTree& tree = *asked.tree();
  std::map<std::vector<bool>, SetRows> patterns;
  std::vector<std::uint64_t> bits;
  std::vector<bool> pattern(tree.tests.size());
  for (std::size_t word = 0; word < asked.rows().word_count(); ++word) {
    asked.clause_words(word, bits);
    for (std::uint64_t out = asked.rows().words()[word] & ~bits[tree.root()]; out != 0; out &= out - 1) {
      const auto shift = static_cast<std::size_t>(std::countr_zero(out));
      for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = ((bits[tree.tests[i]] >> shift) & 1) != 0;
      SetRows& rows = patterns[pattern];
      ++rows.size;
      const std::size_t row = word * 64 + shift;
      if (!rows.first && !asked.is_suppressed(row)) rows.first = row;
    }
  }
  TestSets sets;
  std::vector<std::uint64_t> one(tree.clauses.size());
  for (const auto& [answers, rows] : patterns) {
    for (std::size_t i = 0; i < answers.size(); ++i) one[tree.tests[i]] = answers[i] ? 1 : 0;
    combine_clauses(tree, one);
    SetRows& set = sets[tests_to_change(tree, answers_of(0, one))];
    set.size += rows.size;
    if (rows.first && (!set.first || *rows.first < *set.first)) set.first = rows.first;
  }
  return sets;
}

void fill_sets(const AskedClauses& asked, WhyNotExplanation& out) {
  const TestSets found = failing_sets(asked);
  std::vector<const TestSets::value_type*> sorted;
  for (const auto& each : found) sorted.push_back(&each);
  std::ranges::stable_sort(sorted, [](const auto* a, const auto* b) { return a->second.size > b->second.size; });
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [tests, rows] = *sorted[i];
    if (i >= kMostSets) {
      out.other_sets += rows.size;
      continue;
    }
    FailingSet& set = out.sets.emplace_back(FailingSet{.clauses = {}, .size = rows.size, .account = {}, .row = {}});
    for (const std::uint32_t test : tests) set.clauses.push_back(asked.outline(test));
    if (rows.first) set.account = asked.account_key(*rows.first);
    if (rows.first) set.row = asked.row_key(*rows.first);
  }
}

std::expected<void, Failure> fill_accounts(const AskedClauses& asked, const std::vector<std::string>& keys, WhyNotExplanation& out) {
  const auto accounts = asked.accounts_of_keys(keys);
  if (!accounts) return std::unexpected(accounts.error());
  const auto rows = asked.rows_of_keys(keys);
  if (!rows) return std::unexpected(rows.error());
  const ClauseTree& tree = *asked.tree();
  const ValueReader reader = asked.reader();
  std::vector<std::uint64_t> bits;
  const auto add = [&](std::size_t row) {
    asked.clause_words(row / 64, bits);
    const std::vector<bool> answers = answers_of(row, bits);
    out.accounts.push_back({.out = kept_out(asked, row, tests_to_change(tree, answers), reader),
                            .is_in = answers[tree.root()],
                            .is_suppressed = asked.is_suppressed(row)});
  };
  for (const RowId account : *accounts) {
    const std::size_t before = out.accounts.size();
    if (asked.frame() == kAccountFrame) add(account);
    else {
      for (std::size_t row = 0; row < asked.table_rows(); ++row) {
        if (rows->test(row) && asked.account_of(row) == account) add(row);
      }
      if (out.accounts.size() == before) out.without_rows.push_back(asked.key_of_account(account));
    }
  }
  return {};
}

template <typename Explanation>
Explanation begun(const AskedClauses& asked, const GroupOptions& options) {
  Explanation out;
  out.asked = asked.described();
  out.is_whole = asked.tree()->is_whole;
  out.clock = options.data.clock;
  out.tables = asked.tables();
  out.diagnostics = asked.diagnostics();
  return out;
}

}  // namespace

std::expected<NearlyExplanation, Failure> explain_nearly(const OpenedProject& project, const std::string& name,
                                                         const GroupOptions& options) {
  const auto asked = AskedClauses::ask(project, name, AskedFor::kClauses, options);
  if (!asked) return std::unexpected(asked.error());
  auto out = begun<NearlyExplanation>(*asked, options);
  const std::vector<NearlyRows> nearly = nearly_rows(*asked, out.nearly);
  const ValueReader reader = asked->reader();
  for (const std::uint32_t test : asked->tree()->tests) {
    if (nearly[test].size == 0) continue;
    NearlyClause& clause = out.clauses.emplace_back(NearlyClause{.clause = asked->outline(test), .size = nearly[test].size, .first = {}});
    for (const std::size_t row : nearly[test].first) clause.first.push_back(kept_out(*asked, row, {test}, reader));
  }
  std::ranges::stable_sort(out.clauses, [](const NearlyClause& a, const NearlyClause& b) { return a.size > b.size; });
  return out;
}

std::expected<WhyNotExplanation, Failure> explain_why_not(const OpenedProject& project, const std::string& name,
                                                          const std::vector<std::string>& keys, const GroupOptions& options) {
  const auto asked = AskedClauses::ask(project, name, AskedFor::kClauses, options);
  if (!asked) return std::unexpected(asked.error());
  auto out = begun<WhyNotExplanation>(*asked, options);
  if (!keys.empty()) {
    if (auto filled = fill_accounts(*asked, keys, out); !filled) return std::unexpected(std::move(filled.error()));
    return out;
  }
  out.funnel = funnel_of(*asked);
  fill_sets(*asked, out);
  return out;
}

}  // namespace segue
