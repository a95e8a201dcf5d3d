// Each account's sets as the bits of a number; equal numbers are counted.
#include "bindings/cpp/report/intersections.h"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>

#include "bindings/cpp/answers.h"

namespace segue {
namespace {

constexpr std::size_t kMostSets = 24;
constexpr std::size_t kMostIntersections = 2000;

// The largest first; of equal ones the first.
std::vector<std::size_t> sets_with_accounts(const OpenedProject& project, const Evaluation& evaluation) {
  std::vector<std::size_t> sets;
  for (std::size_t i = 0; i < evaluation.definitions.size(); ++i) {
    const ResultKind kind = project.definitions[evaluation.definitions[i].definition].kind;
    const bool is_set = kind == ResultKind::kSegment || kind == ResultKind::kAudience;
    if (is_set && evaluation.definitions[i].accounts != 0) sets.push_back(i);
  }
  std::ranges::stable_sort(sets, std::ranges::greater{}, [&](std::size_t set) { return evaluation.definitions[set].accounts; });
  return sets;
}

// Adds 64 accounts, of which `words` holds a word a set.
void add_word(const std::vector<std::uint64_t>& words, std::size_t accounts, std::unordered_map<std::uint32_t, std::uint64_t>& counts) {
  std::array<std::uint32_t, 64> sets{};
  for (std::size_t set = 0; set < words.size(); ++set) {
    for (std::uint64_t left = words[set]; left != 0; left &= left - 1) sets[static_cast<std::size_t>(std::countr_zero(left))] |= 1U << set;
  }
  for (std::size_t i = 0; i < accounts; ++i) ++counts[sets[i]];
}

}  // namespace

Intersections intersections_of(const OpenedProject& project, const Evaluation& evaluation) {
  Intersections result;
  result.sets = sets_with_accounts(project, evaluation);
  result.sets_left_out = result.sets.size() - std::min(result.sets.size(), kMostSets);
  result.sets.resize(result.sets.size() - result.sets_left_out);
  const Answered answered = answered_of(*evaluation.answers);
  std::vector<Bitmap> members;
  members.reserve(result.sets.size());
  for (const std::size_t set : result.sets) members.push_back(accounts_named(answered, set));

  std::unordered_map<std::uint32_t, std::uint64_t> counts;
  std::vector<std::uint64_t> words(members.size());
  for (std::uint64_t first = 0; first < evaluation.accounts; first += 64) {
    for (std::size_t set = 0; set < members.size(); ++set) words[set] = members[set].words()[first / 64];
    add_word(words, std::min<std::uint64_t>(64, evaluation.accounts - first), counts);
  }
  for (const auto& [sets, accounts] : counts) result.intersections.push_back({sets, accounts});
  std::ranges::sort(result.intersections, [](const Intersection& left, const Intersection& right) {
    return left.accounts != right.accounts ? left.accounts > right.accounts : left.sets < right.sets;
  });
  for (std::size_t i = kMostIntersections; i < result.intersections.size(); ++i)
    result.accounts_left_out += result.intersections[i].accounts;
  if (result.intersections.size() > kMostIntersections) result.intersections.resize(kMostIntersections);
  return result;
}

}  // namespace segue
