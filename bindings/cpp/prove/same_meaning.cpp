// The way of SAT sweeping: simulate, group by what was seen, prove each member of a group equal to its first, learn from what was refuted.
#include "bindings/cpp/prove/same_meaning.h"

#include <algorithm>
#include <bit>
#include <map>
#include <string>
#include <tuple>

#include "bindings/cpp/test_database.h"
#include "compiler/interpret/interpret.h"

namespace segue {
namespace {

constexpr std::size_t kMostRounds = 24;
constexpr std::size_t kMostPairs = 4000;      // asked in all
constexpr std::size_t kAccountsAtOnce = 256;  // that one evaluation holds

// ---- accounts, many in one database

// `segment a { where b }` is b under another name, on purpose.
ExprId without_names(const CheckedProgram& program, ExprId expr) {
  while (const auto* read = std::get_if<DefinitionRead>(&program.expr(expr).node)) expr = program.definition(read->definition).body;
  return expr;
}

// A value that may not be missing is given in each row, as the data would.
Constant plain_constant(const Type& type) {
  if (type.kind == Kind::kBool) return false;
  if (type.kind == Kind::kText) return std::string();
  if (type.kind == Kind::kFloat) return 0.0;
  return std::int64_t{0};
}

void complete_row(const SchemaTable& table, TestRow& row) {
  for (ColumnId id = 0; id < row.cells.size(); ++id) {
    const Type& type = table.columns[id].type;
    if (row.cells[id].state == TestCell::State::kNotGiven && !type.optional)
      row.cells[id] = {TestCell::State::kKnown, plain_constant(type), {}};
  }
}

void append_test(CheckedTest& all, const Schema& schema, const CheckedTest& one) {
  std::vector<std::uint32_t> first;
  for (const auto& rows : all.tables) first.push_back(static_cast<std::uint32_t>(rows.size()));
  for (TableId id = 0; id < one.tables.size(); ++id) {
    for (TestRow row : one.tables[id]) {
      for (std::size_t link = 0; link < row.parents.size(); ++link) {
        if (row.parents[link]) *row.parents[link] += first[schema.tables[id].parents[link].table];
      }
      complete_row(schema.tables[id], row);
      all.tables[id].push_back(std::move(row));
    }
  }
}

// Of one clock each.
std::vector<CheckedTest> gathered(const Schema& schema, std::span<const ExampleAccount> accounts) {
  std::map<std::int64_t, std::vector<const ExampleAccount*>> by_clock;
  for (const ExampleAccount& account : accounts) by_clock[account.test.clock].push_back(&account);
  std::vector<CheckedTest> tests;
  for (const auto& [clock, those] : by_clock) {
    for (std::size_t i = 0; i < those.size(); ++i) {
      if (i % kAccountsAtOnce == 0) {
        CheckedTest& test = tests.emplace_back();
        test.clock = clock;
        test.tables.resize(schema.tables.size());
      }
      append_test(tests.back(), schema, those[i]->test);
    }
  }
  return tests;
}

// ---- what was seen of each candidate

void append_answers(const DefinitionResult& answers, std::string& seen) {
  for (const double score : answers.scores) seen.append(reinterpret_cast<const char*>(&score), sizeof score);
  for (std::size_t row = 0; row < answers.members.size(); ++row) seen.push_back(answers.members.test(row) ? '1' : '0');
}

void look_at(const CheckedProgram& program, std::span<const DefinitionId> candidates, std::span<const ExampleAccount> accounts,
             const Clock& zone, std::vector<std::string>& seen) {
  for (const CheckedTest& test : gathered(program.schema, accounts)) {
    const TestTables tables = test_database(program.schema, test);
    const auto results = interpret(program, tables.database, make_clock(test.clock, *zone.zone, zone.rules), candidates);
    for (std::size_t i = 0; i < candidates.size(); ++i) append_answers(results->definitions[i], seen[i]);
  }
}

// ---- groups

using Members = std::vector<std::size_t>;  // indices of candidates

// Members that looked alike, of one frame and kind.
std::vector<Members> alike(const CheckedProgram& program, std::span<const DefinitionId> candidates, std::span<const std::string> seen,
                           const Members& members) {
  std::map<std::tuple<FrameId, Kind, std::string>, Members> groups;
  for (const std::size_t member : members) {
    const Definition& definition = program.definition(candidates[member]);
    groups[{definition.frame, program.expr(definition.body).type.kind, seen[member]}].push_back(member);
  }
  std::vector<Members> found;
  for (auto& [key, group] : groups) {
    if (group.size() > 1) found.push_back(std::move(group));
  }
  std::ranges::sort(found);
  return found;
}

struct Sweep {
  const CheckedProgram& program;
  std::span<const DefinitionId> candidates;
  SameMeanings found = {};

  [[nodiscard]] ExprId body(std::size_t member) const { return program.definition(candidates[member]).body; }
  [[nodiscard]] bool is_alias(std::size_t a, std::size_t b) const {
    const ExprId bare = without_names(program, body(a));
    return bare == without_names(program, body(b));
  }
};

// One pair for each further member of a group.
std::vector<std::pair<std::size_t, std::size_t>> pairs_of(const Sweep& sweep, std::span<const Members> groups) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (const Members& group : groups) {
    for (std::size_t i = 1; i < group.size(); ++i) {
      if (!sweep.is_alias(group[0], group[i])) pairs.emplace_back(group[0], group[i]);
    }
  }
  return pairs;
}

std::vector<Claim> claims_of(const Sweep& sweep, std::span<const std::pair<std::size_t, std::size_t>> pairs) {
  std::vector<Claim> claims;
  for (const auto& [first, second] : pairs) {
    claims.push_back({.frame = sweep.program.definition(sweep.candidates[first]).frame,
                      .assertions = {},
                      .differ = std::pair(sweep.body(first), sweep.body(second))});
  }
  return claims;
}

// Those that differ from the first of their group, by group.
std::map<std::size_t, Members> note_answers(Sweep& sweep, std::span<const std::pair<std::size_t, std::size_t>> pairs,
                                            std::vector<Proof> proofs, std::vector<ExampleAccount>& accounts) {
  std::map<std::size_t, Members> apart;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [first, second] = pairs[i];
    const std::pair ids(sweep.candidates[first], sweep.candidates[second]);
    switch (proofs[i].verdict) {
      case ClaimVerdict::kProved: sweep.found.same.push_back(ids); break;
      case ClaimVerdict::kUnknown: sweep.found.open.emplace_back(ids, std::move(proofs[i])); break;
      case ClaimVerdict::kRefuted:
        apart[first].push_back(second);
        if (proofs[i].example) accounts.push_back(std::move(*proofs[i].example));
        break;
    }
  }
  return apart;
}

}  // namespace

std::expected<SameMeanings, Failure> same_meanings(const CheckedProgram& program, std::span<const DefinitionId> candidates,
                                                   std::vector<ExampleAccount> accounts, const Clock& zone, const ClaimSettler& settle) {
  Sweep sweep{program, candidates};
  std::vector<std::string> seen(candidates.size());
  look_at(program, candidates, accounts, zone, seen);
  Members all(candidates.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  std::vector<Members> groups = alike(program, candidates, seen, all);
  std::size_t asked = 0;
  for (std::size_t round = 0; round < kMostRounds && !groups.empty(); ++round) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs = pairs_of(sweep, groups);
    pairs.resize(std::min(pairs.size(), kMostPairs - asked));
    if (pairs.empty()) break;
    asked += pairs.size();
    auto proofs = settle(claims_of(sweep, pairs));
    if (!proofs) return std::unexpected(std::move(proofs.error()));
    std::vector<ExampleAccount> learnt;
    const std::map<std::size_t, Members> apart = note_answers(sweep, pairs, std::move(*proofs), learnt);
    look_at(program, candidates, learnt, zone, seen);
    groups.clear();
    for (const auto& [first, members] : apart) std::ranges::move(alike(program, candidates, seen, members), std::back_inserter(groups));
  }
  std::ranges::sort(sweep.found.same);
  return std::move(sweep.found);
}

}  // namespace segue
