// The edit distance and the choice of near names behind suggest.h.
#include "compiler/diagnostics/suggest.h"

#include <algorithm>
#include <utility>

namespace segue {
namespace {

constexpr std::size_t kLongestName = 64;  // longer ones are not compared: nobody mistypes them by hand

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// How many slips are allowed in a name: none in one letter, then one for every three letters.
std::size_t allowed_slips(std::string_view name) { return name.size() < 2 ? 0 : std::max<std::size_t>(1, name.size() / 3); }

// `UK` is another word than `US`, not a slip of it.
bool are_codes(std::string_view a, std::string_view b) { return a.size() < 3 && b.size() < 3; }

constexpr std::size_t kShortestPart = 4;

// `employee` for `employee_count`, `employees` for `number_of_employees`: the one is a whole word or more of the other.
bool is_part(const std::string& shorter, const std::string& longer) {
  return shorter.size() >= kShortestPart && (longer.starts_with(shorter) || longer.ends_with(shorter));
}

// The rank of a candidate: its distance, or no value when it is not near.
std::optional<std::size_t> rank(const std::string& name, const std::string& candidate) {
  if (candidate.empty() || candidate.size() > kLongestName || name.size() > kLongestName) return std::nullopt;
  const std::size_t limit = are_codes(name, candidate) ? 0 : allowed_slips(name.size() > candidate.size() ? candidate : name);
  const std::size_t distance = edit_distance(name, candidate, limit);
  if (distance <= limit) return distance;
  if (is_part(name, candidate) || is_part(candidate, name)) return kLongestName + std::max(name.size(), candidate.size());
  return std::nullopt;
}

}  // namespace

std::size_t edit_distance(std::string_view a_text, std::string_view b_text, std::size_t limit) {
  const std::string a = lower(a_text);
  const std::string b = lower(b_text);
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) return limit + 1;
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    if (*std::ranges::min_element(row) > limit) return limit + 1;
  }
  return std::min(row[b.size()], limit + 1);
}

std::vector<std::string> near_names(std::string_view name, std::span<const std::string> candidates, std::size_t count) {
  const std::string wanted = lower(name);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& candidate : candidates) {
    if (candidate == name) continue;
    if (const auto distance = rank(wanted, lower(candidate))) ranked.emplace_back(*distance, candidate);
  }
  std::ranges::sort(ranked);
  ranked.erase(std::ranges::unique(ranked).begin(), ranked.end());
  std::vector<std::string> result;
  for (const auto& [distance, candidate] : ranked) {
    const bool is_far_behind = distance > ranked.front().first + 1;  // a clear winner stands alone
    if (result.size() == count || is_far_behind) break;
    result.push_back(candidate);
  }
  return result;
}

std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates) {
  auto names = near_names(name, candidates, 1);
  if (names.empty()) return std::nullopt;
  return std::move(names.front());
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const auto names = near_names(name, candidates);
  if (names.empty()) return {};
  std::string text = "; did you mean ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += '`' + names[i] + '`';
  }
  return text + "?";
}

}  // namespace segue
