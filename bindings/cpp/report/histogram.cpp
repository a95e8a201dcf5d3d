// Bars of a round width: 1, 2 or 5 times a power of ten.
#include "bindings/cpp/report/histogram.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace segue {
namespace {

constexpr std::size_t kMostNumbers = 24;  // different ones that have a bar each
constexpr double kBarsWanted = 20;

double round_width(double width) {
  const double power = std::pow(10.0, std::floor(std::log10(std::max(width, std::numeric_limits<double>::min()))));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= width) return factor * power;
  }
  return 10 * power;
}

// One a number; `sorted` is in ascending order. Empty where there are too many different ones.
std::vector<HistogramBar> bars_of_numbers(const std::vector<double>& sorted) {
  std::vector<HistogramBar> bars;
  for (const double number : sorted) {
    if (!bars.empty() && bars.back().from == number) ++bars.back().accounts;
    else if (bars.size() == kMostNumbers) return {};
    else bars.push_back({number, number, 1});
  }
  return bars;
}

std::vector<HistogramBar> bars_of_ranges(const std::vector<double>& sorted) {
  // Halved first: the difference of two finite numbers need not be finite.
  const double width = round_width((sorted.back() / 2 - sorted.front() / 2) / kBarsWanted * 2);
  const double first = std::floor(sorted.front() / width);
  std::vector<HistogramBar> bars;
  std::size_t at = 0;
  while (at < sorted.size()) {
    const double from = (first + static_cast<double>(bars.size())) * width;
    const double to = (first + static_cast<double>(bars.size()) + 1) * width;
    const auto end = std::lower_bound(sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end(), to);
    // The last range takes what rounding leaves over.
    const bool is_last = bars.size() > 2 * kBarsWanted;
    const std::size_t next = is_last ? sorted.size() : static_cast<std::size_t>(end - sorted.begin());
    bars.push_back({from, is_last ? std::max(to, sorted.back()) : to, next - at});
    at = next;
  }
  return bars;
}

double quantile(const std::vector<double>& sorted, double part) {
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace

Histogram histogram_of(std::span<const double> scores) {
  Histogram histogram;
  std::vector<double> sorted;
  sorted.reserve(scores.size());
  std::ranges::copy_if(scores, std::back_inserter(sorted), [](double score) { return std::isfinite(score); });
  histogram.infinite = scores.size() - sorted.size();
  if (sorted.empty()) return histogram;
  std::ranges::sort(sorted);
  histogram.bars = bars_of_numbers(sorted);
  if (histogram.bars.empty()) histogram.bars = bars_of_ranges(sorted);
  for (const double part : kQuantiles) histogram.quantiles.push_back(quantile(sorted, part));
  return histogram;
}

}  // namespace segue
