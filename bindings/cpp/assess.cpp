// Sets of accounts as bitmaps, compared by population counts.
#include "bindings/cpp/assess.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/deciding_columns.h"
#include "bindings/cpp/engine.h"

namespace segue {
namespace {

constexpr std::size_t kMostSets = 1000;         // that are compared: the pairs grow with the square
constexpr std::size_t kMostSetsInFull = 100;    // of which all pairs are listed
constexpr std::size_t kClosest = 10;            // that are listed of each set otherwise
constexpr std::size_t kMostValuesOfOne = 50;    // values of one definition that are sets of their own
constexpr std::size_t kPairsBetweenAsking = 4;  // sets whose pairs are counted before the caller may cancel

// The sets with their accounts.
struct Sets {
  std::vector<AccountSet> infos;
  std::vector<Bitmap> accounts;

  void add(AccountSet info, Bitmap bits) {
    info.size = bits.count();
    infos.push_back(std::move(info));
    accounts.push_back(std::move(bits));
  }
};

void add_sets(const DefinitionInfo& info, const Answered& answered, std::size_t outcome, Sets& sets) {
  if (info.kind == ResultKind::kScore) return;
  if (!has_values(info.kind)) {
    sets.add({outcome, std::nullopt, info.name}, accounts_named(answered, outcome));
    return;
  }
  if (info.values.size() > kMostValuesOfOne) return;
  for (std::uint32_t value = 0; value < info.values.size(); ++value) {
    sets.add({outcome, value, fmt::format("{} = {}", info.name, info.values[value].name)}, accounts_named(answered, outcome, value));
  }
}

// The largest sets, in their order.
Sets largest(Sets all) {
  if (all.infos.size() <= kMostSets) return all;
  std::vector<std::size_t> order(all.infos.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return all.infos[a].size > all.infos[b].size; });
  order.resize(kMostSets);
  std::ranges::sort(order);
  Sets kept;
  for (const std::size_t index : order) {
    kept.infos.push_back(std::move(all.infos[index]));
    kept.accounts.push_back(std::move(all.accounts[index]));
  }
  return kept;
}

SetRelation relation_of(std::uint64_t left, std::uint64_t right, std::uint64_t both) {
  if (both == 0) return SetRelation::kDisjoint;
  if (both == left && both == right) return SetRelation::kEqual;
  if (both == right) return SetRelation::kContains;
  return both == left ? SetRelation::kWithin : SetRelation::kOverlaps;
}

Overlap overlap_of(const Sets& sets, std::size_t left, std::size_t right) {
  const std::uint64_t both = count_common(sets.accounts[left], sets.accounts[right]);
  const std::uint64_t either = sets.infos[left].size + sets.infos[right].size - both;
  return {left, right, both, share_of(both, either), relation_of(sets.infos[left].size, sets.infos[right].size, both)};
}

// The closest partners of each set, each pair once.
std::vector<Overlap> closest(const std::vector<Overlap>& all, std::size_t sets) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return all[a].jaccard > all[b].jaccard; });
  std::vector<std::size_t> taken(sets);
  std::vector<std::size_t> kept;
  for (const std::size_t index : order) {
    const Overlap& overlap = all[index];
    if (overlap.both == 0 || (taken[overlap.left] >= kClosest && taken[overlap.right] >= kClosest)) continue;
    ++taken[overlap.left];
    ++taken[overlap.right];
    kept.push_back(index);
  }
  std::ranges::sort(kept);
  std::vector<Overlap> overlaps;
  overlaps.reserve(kept.size());
  for (const std::size_t index : kept) overlaps.push_back(all[index]);
  return overlaps;
}

Failure cancelled_assessment() { return {.kind = FailureKind::kCancelled, .diagnostics = {}, .tables = {}}; }

// Tells how far the pairs are; false once the caller has had enough.
bool may_go_on(const DataOptions& options, std::size_t done, std::size_t total) {
  if (done % kPairsBetweenAsking != 0) return true;
  if (options.progress) options.progress({"comparing segments", done, total});
  return options.cancel == nullptr || !options.cancel->load();
}

std::expected<std::vector<Overlap>, Failure> overlaps_of(const Sets& sets, const DataOptions& options) {
  std::vector<Overlap> overlaps;
  for (std::size_t left = 0; left < sets.infos.size(); ++left) {
    if (!may_go_on(options, left, sets.infos.size())) return std::unexpected(cancelled_assessment());
    for (std::size_t right = left + 1; right < sets.infos.size(); ++right) {
      if (sets.infos[left].outcome != sets.infos[right].outcome) overlaps.push_back(overlap_of(sets, left, right));
    }
  }
  return overlaps;
}

// Accounts by how many of the sets they are in: `one` holds the accounts met once at least, `several` those met again.
void count_memberships(const Sets& sets, std::uint64_t accounts, Family& family) {
  Bitmap one(accounts), several(accounts);
  for (const std::size_t set : family.sets) {
    const Bitmap& members = sets.accounts[set];
    for (std::size_t i = 0; i < members.word_count(); ++i) {
      several.words()[i] |= one.words()[i] & members.words()[i];
      one.words()[i] |= members.words()[i];
    }
  }
  family.several = several.count();
  family.one = one.count() - family.several;
  family.none = accounts - one.count();
}

std::vector<Family> families_of(const OpenedProject& project, const Evaluation& evaluation, const Sets& sets) {
  Family all;
  std::map<std::string, Family> by_tag;
  for (std::size_t set = 0; set < sets.infos.size(); ++set) {
    const DefinitionInfo& info = project.definitions[evaluation.definitions[sets.infos[set].outcome].definition];
    if (info.kind != ResultKind::kSegment) continue;
    all.sets.push_back(set);
    for (const std::string& tag : info.tags) by_tag[tag].sets.push_back(set);
  }
  std::vector<Family> families;
  if (!all.sets.empty()) families.push_back(std::move(all));
  for (auto& [tag, family] : by_tag) {
    if (family.sets.size() < 2) continue;
    family.tag = tag;
    families.push_back(std::move(family));
  }
  for (Family& family : families) count_memberships(sets, evaluation.accounts, family);
  return families;
}

std::vector<Reach> reach_of(const OpenedProject& project, const Evaluation& evaluation, const Sets& sets) {
  std::vector<Reach> reach;
  for (std::size_t audience = 0; audience < sets.infos.size(); ++audience) {
    const DefinitionInfo& info = project.definitions[evaluation.definitions[sets.infos[audience].outcome].definition];
    if (info.kind != ResultKind::kAudience) continue;
    for (std::size_t set = 0; set < sets.infos.size(); ++set) {
      if (set != audience) reach.push_back({set, audience, count_common(sets.accounts[set], sets.accounts[audience])});
    }
  }
  std::ranges::stable_sort(reach, {}, &Reach::set);
  return reach;
}

// By outcome, then the largest count first.
bool comes_before(const UndecidedBy& left, const UndecidedBy& right) {
  return left.outcome != right.outcome ? left.outcome < right.outcome : left.count > right.count;
}

std::expected<std::vector<UndecidedBy>, Failure> undecided_by(const Evaluation& evaluation, const EvaluateOptions& options) {
  const Answers& answers = *evaluation.answers;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < evaluation.definitions.size(); ++i) {
    if (evaluation.definitions[i].undetermined != 0) asked.push_back(i);
  }
  std::vector<UndecidedBy> undecided;
  if (asked.empty()) return undecided;
  const DecidingProgram deciding = deciding_program(answers.project->program(), answers.roots, asked);
  const auto results = run_engine(*answers.project, deciding.program, *answers.database, deciding.roots, options);
  if (!results) return std::unexpected(results.error());
  for (std::size_t i = 0; i < deciding.columns.size(); ++i) {
    const std::uint64_t count = results->definitions[i].undetermined;
    if (count != 0) undecided.push_back({deciding.columns[i].root, deciding.columns[i].column, count});
  }
  std::ranges::stable_sort(undecided, comes_before);
  return undecided;
}

}  // namespace

std::expected<Assessment, Failure> assess(const OpenedProject& project, const Evaluation& evaluation, const EvaluateOptions& options) {
  const Answered answered = answered_of(*evaluation.answers);
  Sets all;
  for (std::size_t outcome = 0; outcome < evaluation.definitions.size(); ++outcome) {
    add_sets(project.definitions[evaluation.definitions[outcome].definition], answered, outcome, all);
  }
  Assessment assessment;
  assessment.sets_left_out = all.infos.size() - std::min(all.infos.size(), kMostSets);
  const Sets sets = largest(std::move(all));
  auto overlaps = overlaps_of(sets, options.data);
  if (!overlaps) return std::unexpected(std::move(overlaps.error()));
  assessment.has_all_overlaps = sets.infos.size() <= kMostSetsInFull;
  assessment.overlaps = assessment.has_all_overlaps ? std::move(*overlaps) : closest(*overlaps, sets.infos.size());
  assessment.families = families_of(project, evaluation, sets);
  assessment.reach = reach_of(project, evaluation, sets);
  auto undecided = undecided_by(evaluation, options);
  if (!undecided) return std::unexpected(std::move(undecided.error()));
  assessment.undecided = std::move(*undecided);
  assessment.sets = sets.infos;
  return assessment;
}

}  // namespace segue
