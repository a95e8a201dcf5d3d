// Segmented reductions over groups of neighbouring rows. Counting is by population count over words, so a row costs a fraction of a cycle.
#include "runtime/kernels_reduce.h"

#include <bit>

#include "runtime/bits.h"
#include "runtime/float_order.h"

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

}  // namespace segue
