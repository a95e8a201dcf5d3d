// Sets of integers as ascending inclusive ranges, which is what comparisons, `between` and `in` become.
#include <algorithm>

#include "compiler/plan/graph.h"

namespace segue {

namespace {
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
}  // namespace

std::vector<IntRange> normal_ranges(std::vector<IntRange> ranges) {
  std::erase_if(ranges, [](const IntRange& range) { return range.is_empty(); });
  std::sort(ranges.begin(), ranges.end(), [](const IntRange& a, const IntRange& b) { return a.low < b.low; });
  std::vector<IntRange> result;
  for (const IntRange& range : ranges) {
    const bool touches = !result.empty() && (result.back().high == kGreatest || range.low <= result.back().high + 1);
    if (touches) {
      result.back().high = std::max(result.back().high, range.high);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

std::vector<IntRange> complement_ranges(const std::vector<IntRange>& ranges) {
  std::vector<IntRange> result;
  std::int64_t next = kLeast;
  for (const IntRange& range : ranges) {
    if (range.low > next) result.push_back({next, range.low - 1});
    if (range.high == kGreatest) return result;
    next = range.high + 1;
  }
  result.push_back({next, kGreatest});
  return result;
}

std::vector<IntRange> intersect_ranges(const std::vector<IntRange>& a, const std::vector<IntRange>& b) {
  std::vector<IntRange> result;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const IntRange both{std::max(a[i].low, b[j].low), std::min(a[i].high, b[j].high)};
    if (!both.is_empty()) result.push_back(both);
    if (a[i].high < b[j].high) {
      ++i;
    } else {
      ++j;
    }
  }
  return result;
}

}  // namespace segue
