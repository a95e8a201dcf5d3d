// One pass over a column each.
#include "runtime/prepared/column_facts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "runtime/float_order.h"

namespace segue {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(), kGreatest = std::numeric_limits<std::int64_t>::max();

// Calls `visit(values, ordered)`: the column's values as an array, and what makes an ordered integer of one.
template <typename Visit>
bool visit_values(const Column& column, Visit visit) {
  const auto as_is = [](auto value) { return static_cast<std::int64_t>(value); };
  switch (column.storage) {
    case Storage::kInt8: visit(column.values<std::int8_t>(), as_is); return true;
    case Storage::kInt16: visit(column.values<std::int16_t>(), as_is); return true;
    case Storage::kInt32: visit(column.values<std::int32_t>(), as_is); return true;
    case Storage::kInt64: visit(column.values<std::int64_t>(), as_is); return true;
    case Storage::kFloat64: visit(column.values<double>(), ordered_float); return true;
    case Storage::kNone:
    case Storage::kBits:
    case Storage::kCodes:
    case Storage::kLists: return false;
  }
  return false;
}

// Ranks of all values that one byte holds, or of 2^16 values; binary search for the others.
class Ranker {
 public:
  Ranker(const std::vector<std::int64_t>& cuts, const ColumnStatistics& statistics) : cuts_(cuts) {
    const std::int64_t least = std::ranges::min(statistics.least), greatest = std::ranges::max(statistics.greatest);
    if (least > greatest || static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least) >= kMostValues) return;
    base_ = least;
    for (std::int64_t value = least; value <= greatest; ++value) {
      ranks_.push_back(search(value));
      if (value == kGreatest) break;
    }
  }

  [[nodiscard]] bool has_table() const { return !ranks_.empty(); }
  [[nodiscard]] std::int32_t search(std::int64_t value) const {
    return static_cast<std::int32_t>(std::ranges::upper_bound(cuts_, value) - cuts_.begin()) + 1;
  }
  [[nodiscard]] std::int32_t look_up(std::int64_t value) const {
    return ranks_[static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(base_)];
  }

 private:
  static constexpr std::uint64_t kMostValues = std::uint64_t{1} << 16;
  const std::vector<std::int64_t>& cuts_;
  std::vector<std::int32_t> ranks_;
  std::int64_t base_ = 0;
};

template <typename Code, typename T, typename Ordered, typename Rank>
void fill_codes(const Column& column, const T* values, Ordered ordered, Rank rank, Code* codes) {
  constexpr std::int32_t kZero = sizeof(Code) == 1 ? -128 : -32'768;  // the code of a missing value
  if (column.valid.empty()) {
    for (std::size_t row = 0; row < column.rows; ++row) codes[row] = static_cast<Code>(kZero + rank(ordered(values[row])));
    return;
  }
  for (std::size_t row = 0; row < column.rows; ++row)
    codes[row] = static_cast<Code>(kZero + (column.valid.test(row) ? rank(ordered(values[row])) : 0));
}

template <typename Code>
void fill_ranks(const Column& column, const Ranker& ranker, RankCodes& ranks) {
  ranks.data.resize((column.rows + 127) / 64 * 64 * sizeof(Code));
  auto* codes = reinterpret_cast<Code*>(ranks.data.data());
  visit_values(column, [&](const auto* values, auto ordered) {
    if (ranker.has_table()) fill_codes(column, values, ordered, [&](std::int64_t value) { return ranker.look_up(value); }, codes);
    else fill_codes(column, values, ordered, [&](std::int64_t value) { return ranker.search(value); }, codes);
  });
}

}  // namespace

std::shared_ptr<const ColumnStatistics> make_statistics(const Column& column, std::size_t block_rows) {
  auto statistics = std::make_shared<ColumnStatistics>();
  statistics->block_rows = block_rows;
  const bool has_values = visit_values(column, [&](const auto* values, auto ordered) {
    for (std::size_t begin = 0; begin < column.rows; begin += block_rows) {
      const std::size_t end = std::min(begin + block_rows, column.rows);
      std::int64_t least = kGreatest, greatest = kLeast;
      std::uint32_t missing = 0;
      for (std::size_t row = begin; row < end; ++row) {
        const bool is_known = column.valid.empty() || column.valid.test(row);
        const std::int64_t value = ordered(values[row]);
        missing += is_known ? 0 : 1;
        least = is_known ? std::min(least, value) : least;
        greatest = is_known ? std::max(greatest, value) : greatest;
      }
      statistics->least.push_back(least);
      statistics->greatest.push_back(greatest);
      statistics->missing.push_back(missing);
    }
  });
  return has_values ? statistics : nullptr;
}

std::shared_ptr<const RankCodes> make_ranks(const Column& column, const std::vector<std::int64_t>& cuts) {
  constexpr std::size_t kMostCodes8 = 255, kMostCodes16 = 65'535;
  if (cuts.empty() || column.rows == 0 || cuts.size() + 2 > kMostCodes16) return nullptr;
  const bool is_byte = cuts.size() + 2 <= kMostCodes8;
  const std::size_t bytes_now = bytes_of(column.storage);
  const std::size_t bytes_then = is_byte ? 1 : 2;
  // As wide as the values, ranks still save a look at what is missing.
  if (bytes_now == 0 || bytes_now < bytes_then || (bytes_now == bytes_then && column.valid.empty())) return nullptr;
  const auto statistics = column.statistics ? column.statistics : make_statistics(column);
  if (!statistics) return nullptr;
  const Ranker ranker(cuts, *statistics);
  auto ranks = std::make_shared<RankCodes>();
  ranks->cuts = cuts;
  ranks->storage = is_byte ? Storage::kInt8 : Storage::kInt16;
  if (is_byte) fill_ranks<std::int8_t>(column, ranker, *ranks);
  else fill_ranks<std::int16_t>(column, ranker, *ranks);
  return ranks;
}

}  // namespace segue
