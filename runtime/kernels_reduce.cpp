// Segmented reductions over groups of neighbouring rows. Counting is by population count over words, so a row costs a fraction of a cycle.
#include "runtime/kernels_reduce.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "runtime/bits.h"

namespace segue {

namespace {

std::uint64_t low_bits(std::size_t count) { return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1; }

std::size_t count_set(const std::uint64_t* filter, std::size_t begin, std::size_t end) {
  if (begin == end) return 0;
  const std::size_t first = begin / 64, last = (end - 1) / 64;
  if (first == last) return static_cast<std::size_t>(std::popcount((filter[first] >> (begin % 64)) & low_bits(end - begin)));
  auto count = static_cast<std::size_t>(std::popcount(filter[first] >> (begin % 64)));
  for (std::size_t word = first + 1; word < last; ++word) count += static_cast<std::size_t>(std::popcount(filter[word]));
  return count + static_cast<std::size_t>(std::popcount(filter[last] & low_bits(end - last * 64)));
}

bool is_any_set(const std::uint64_t* filter, std::size_t begin, std::size_t end) {
  if (begin == end) return false;
  const std::size_t first = begin / 64, last = (end - 1) / 64;
  if (first == last) return ((filter[first] >> (begin % 64)) & low_bits(end - begin)) != 0;
  if ((filter[first] >> (begin % 64)) != 0) return true;
  for (std::size_t word = first + 1; word < last; ++word) {
    if (filter[word] != 0) return true;
  }
  return (filter[last] & low_bits(end - last * 64)) != 0;
}

std::int64_t int_key(std::int64_t bits) { return bits; }

std::int64_t canonical_float_bits(std::int64_t bits) { return bits == std::numeric_limits<std::int64_t>::min() ? 0 : bits; }

template <std::int64_t (*Key)(std::int64_t), bool IsMin>
void reduce_extreme(const ReduceCall& call) {
  for (std::size_t group = call.begin; group < call.end; ++group) {
    bool has_value = false;
    std::int64_t best = 0;
    for_each_set_bit(call.filter, call.offsets[group], call.offsets[group + 1], [&](std::size_t row) {
      const std::int64_t key = Key(call.values[0][row]);
      if (!has_value || (IsMin ? key < best : key > best)) best = key;
      has_value = true;
    });
    call.out[group] = has_value ? Key(best) : 0;
  }
}

// How many different values a group has.
class DistinctValues {
 public:
  void clear() {
    small_ = 0;
    others_.clear();
  }
  void add(std::int64_t value) {
    if (value >= 0 && value < 64) {
      small_ |= std::uint64_t{1} << value;
    } else {
      others_.push_back(value);
    }
  }
  [[nodiscard]] std::int64_t count() {
    if (others_.size() > 1) {
      std::sort(others_.begin(), others_.end());
      others_.erase(std::unique(others_.begin(), others_.end()), others_.end());
    }
    return std::popcount(small_) + static_cast<std::int64_t>(others_.size());
  }

 private:
  std::uint64_t small_ = 0;  // the values from 0 to 63, such as codes of short dictionaries
  std::vector<std::int64_t> others_;
};

template <std::int64_t (*Canonical)(std::int64_t)>
void reduce_distinct_by(const ReduceCall& call) {
  DistinctValues values;
  for (std::size_t group = call.begin; group < call.end; ++group) {
    values.clear();
    for_each_set_bit(call.filter, call.offsets[group], call.offsets[group + 1],
                     [&](std::size_t row) { values.add(Canonical(call.values[0][row])); });
    call.out[group] = values.count();
  }
}

}  // namespace

void reduce_any(const ReduceCall& call) {
  for (std::size_t group = call.begin; group < call.end; ++group) {
    const bool any = is_any_set(call.filter, call.offsets[group], call.offsets[group + 1]);
    call.out_bits[group / 64] |= std::uint64_t{any} << (group % 64);
  }
}

void reduce_count(const ReduceCall& call) {
  for (std::size_t group = call.begin; group < call.end; ++group) {
    call.out[group] = static_cast<std::int64_t>(count_set(call.filter, call.offsets[group], call.offsets[group + 1]));
  }
}

void reduce_min(const ReduceCall& call) { reduce_extreme<int_key, true>(call); }
void reduce_max(const ReduceCall& call) { reduce_extreme<int_key, false>(call); }
void reduce_min_float(const ReduceCall& call) { reduce_extreme<ordered_float_key, true>(call); }
void reduce_max_float(const ReduceCall& call) { reduce_extreme<ordered_float_key, false>(call); }
void reduce_distinct(const ReduceCall& call) { reduce_distinct_by<int_key>(call); }
void reduce_distinct_float(const ReduceCall& call) { reduce_distinct_by<canonical_float_bits>(call); }

}  // namespace segue
