// Which row of a group has the greatest or the least key: the best first key among the rows that count, eight rows at a time where the processor can; where
// several have it, the other keys settle that.
#include <algorithm>
#include <bit>
#include <limits>

#include <immintrin.h>

#include "runtime/bits.h"
#include "runtime/float_order.h"
#include "runtime/kernels_reduce.h"

namespace segue {

namespace {

// The rows `begin` … `end - 1` whose bit in `filter` is set, and their first keys.
struct PickedFrom {
  const std::int64_t* keys = nullptr;
  const std::uint64_t* filter = nullptr;
  std::size_t begin = 0, end = 0;
};

// The best key, the first row that has it, and whether others have it, too; row -1 over no rows.
struct Best {
  std::int64_t key = 0;
  std::int64_t row = -1;
  bool is_tied = false;
};

template <bool IsLatest>
constexpr std::int64_t kWorst = IsLatest ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();

template <bool IsLatest>
Best best_of(const PickedFrom& rows) {
  Best best{.key = kWorst<IsLatest>};
  for_each_set_bit(rows.filter, rows.begin, rows.end, [&](std::size_t row) {
    const std::int64_t key = rows.keys[row];
    const bool is_better = best.row < 0 || (IsLatest ? key > best.key : key < best.key);
    best.is_tied = !is_better && (best.is_tied || key == best.key);
    best.row = is_better ? static_cast<std::int64_t>(row) : best.row;
    best.key = is_better ? key : best.key;
  });
  return best;
}

#define SEGUE_PICK_TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))

template <bool IsLatest>
SEGUE_PICK_TARGET inline std::int64_t best_lane(__m512i lanes) {
  alignas(64) std::int64_t stored[8];
  _mm512_store_si512(stored, lanes);
  const __m256i left = _mm256_load_si256(reinterpret_cast<const __m256i*>(stored));
  const __m256i right = _mm256_load_si256(reinterpret_cast<const __m256i*>(stored + 4));
  const __m256i four = IsLatest ? _mm256_max_epi64(left, right) : _mm256_min_epi64(left, right);
  const __m128i low = _mm256_castsi256_si128(four), high = _mm256_extracti128_si256(four, 1);
  const __m128i two = IsLatest ? _mm_max_epi64(low, high) : _mm_min_epi64(low, high);
  const std::int64_t first = _mm_cvtsi128_si64(two), second = _mm_extract_epi64(two, 1);
  return IsLatest ? std::max(first, second) : std::min(first, second);
}

// Of every eighth row from one of the first eight on: the best key so far, which eight rows it is among, and whether a later row has it, too.
struct Lanes {
  __m512i best, eight;
  __mmask8 tied = 0, any = 0;
};

// Eight rows more, of which those in `mask` count; keys of the others are not loaded.
template <bool IsLatest>
SEGUE_PICK_TARGET inline void look_at(Lanes& lanes, const std::int64_t* keys, std::size_t eight, unsigned mask) {
  const auto rows = static_cast<__mmask8>(mask);
  const __m512i values = _mm512_maskz_loadu_epi64(rows, keys + eight * 8);
  const __mmask8 better =
      IsLatest ? _mm512_mask_cmpgt_epi64_mask(rows, values, lanes.best) : _mm512_mask_cmplt_epi64_mask(rows, values, lanes.best);
  const __mmask8 equal = _mm512_mask_cmpeq_epi64_mask(rows, values, lanes.best);
  lanes.best = _mm512_mask_mov_epi64(lanes.best, better, values);
  lanes.eight = _mm512_mask_mov_epi64(lanes.eight, better, _mm512_set1_epi64(static_cast<std::int64_t>(eight)));
  lanes.tied = static_cast<__mmask8>((lanes.tied & ~better) | equal);
  lanes.any = static_cast<__mmask8>(lanes.any | rows);
}

// The best of all lanes; tied where two have it, or one twice (then also where every key is the worst that there is).
template <bool IsLatest>
SEGUE_PICK_TARGET inline Best best_of_lanes(const Lanes& lanes) {
  Best best{.key = best_lane<IsLatest>(lanes.best)};
  const unsigned winners = _mm512_cmpeq_epi64_mask(lanes.best, _mm512_set1_epi64(best.key));
  const auto lane = static_cast<unsigned>(std::countr_zero(winners));
  alignas(64) std::int64_t eights[8];
  _mm512_store_si512(eights, lanes.eight);
  best.row = eights[lane] * 8 + lane;
  best.is_tied = (winners & (winners - 1)) != 0 || (winners & lanes.tied) != 0;
  return best;
}

// The same eight rows at a time, without a branch that depends on the data.
template <bool IsLatest>
SEGUE_PICK_TARGET Best best_avx512(const PickedFrom& rows) {
  if (rows.begin == rows.end) return {};
  const auto* filter = reinterpret_cast<const std::uint8_t*>(rows.filter);
  const std::size_t first = rows.begin / 8, last = (rows.end - 1) / 8;
  const unsigned from_first = 0xffU << (rows.begin % 8), to_last = 0xffU >> (7 - (rows.end - 1) % 8);
  Lanes lanes{.best = _mm512_set1_epi64(kWorst<IsLatest>), .eight = _mm512_setzero_si512()};
  look_at<IsLatest>(lanes, rows.keys, first, filter[first] & from_first & (first == last ? to_last : 0xff));
  for (std::size_t eight = first + 1; eight < last; ++eight) look_at<IsLatest>(lanes, rows.keys, eight, filter[eight]);
  if (first < last) look_at<IsLatest>(lanes, rows.keys, last, filter[last] & to_last);
  return lanes.any == 0 ? Best{} : best_of_lanes<IsLatest>(lanes);
}

#undef SEGUE_PICK_TARGET

using BestOf = Best (*)(const PickedFrom& rows);
template <bool IsLatest>
BestOf best_for_host() {
  const bool is_wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                       __builtin_cpu_supports("avx512bw");
  return is_wide ? best_avx512<IsLatest> : best_of<IsLatest>;
}

// Whether a row is before the best one by the keys after the first.
bool wins_tie(const ReduceCall& call, const PickOrder& order, std::size_t candidate, std::size_t best) {
  for (std::size_t i = 1; i < call.values.size(); ++i) {
    const int by_key = compare_keys(order.keys[i], call.values[i][candidate], call.values[i][best]);
    if (by_key != 0) return order.is_latest ? by_key > 0 : by_key < 0;
  }
  return false;
}

// Of the rows that have the best first key, the first of those that the others leave.
std::int64_t settle(const ReduceCall& call, const PickOrder& order, const PickedFrom& rows, std::int64_t key) {
  std::int64_t winner = -1;
  for_each_set_bit(rows.filter, rows.begin, rows.end, [&](std::size_t row) {
    if (rows.keys[row] != key) return;
    if (winner < 0 || wins_tie(call, order, row, static_cast<std::size_t>(winner))) winner = static_cast<std::int64_t>(row);
  });
  return winner;
}

void pick_rows(const ReduceCall& call, BestOf best_row) {
  const auto& order = *static_cast<const PickOrder*>(call.data);
  for (std::size_t group = call.begin; group < call.end; ++group) {
    const PickedFrom rows{call.values[0], call.filter, call.offsets[group], call.offsets[group + 1]};
    const Best best = best_row(rows);
    call.out[group] = best.is_tied ? settle(call, order, rows, best.key) : best.row;
  }
}

}  // namespace

int compare_keys(const PickOrder::Key& key, std::int64_t a, std::int64_t b) {
  if (a == b) return 0;
  if (key.compare != nullptr) return key.compare(key.data.get(), a, b);
  const std::int64_t left = key.is_float ? ordered_float_key(a) : a, right = key.is_float ? ordered_float_key(b) : b;
  return (left > right) - (left < right);
}

void reduce_pick(const ReduceCall& call) {
  static const BestOf kLatest = best_for_host<true>(), kEarliest = best_for_host<false>();
  pick_rows(call, static_cast<const PickOrder*>(call.data)->is_latest ? kLatest : kEarliest);
}

void reduce_pick_narrow(const ReduceCall& call) {
  pick_rows(call, static_cast<const PickOrder*>(call.data)->is_latest ? best_of<true> : best_of<false>);
}

}  // namespace segue
