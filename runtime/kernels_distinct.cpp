// Different values of groups. Where the values of a batch lie close together (codes of short dictionaries, days of a year) a group's are a set of bits; with
// AVX-512 all filters are asked at once: each value keeps the filters that its rows have passed, as bits, and those that a row adds are counted beside each other.
#include "runtime/kernels_distinct.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "runtime/bits.h"

namespace segue {

namespace {

// The least of some values, and how far the greatest lies above it.
struct ValueSpread {
  std::int64_t least = 0;
  std::uint64_t width = 0;
};

template <typename T>
ValueSpread spread_of(const T* values, std::size_t begin, std::size_t end) {
  if (begin == end) return {};
  T least = values[begin], greatest = values[begin];
  for (std::size_t i = begin; i < end; ++i) {
    least = values[i] < least ? values[i] : least;
    greatest = values[i] > greatest ? values[i] : greatest;
  }
  return {least,
          static_cast<std::uint64_t>(static_cast<std::int64_t>(greatest)) - static_cast<std::uint64_t>(static_cast<std::int64_t>(least))};
}

// Of the rows of all groups.
template <typename T>
ValueSpread spread_of(const GroupsCall& call, const T* values) {
  return call.begin < call.end ? spread_of(values, call.offsets[call.begin], call.offsets[call.end]) : ValueSpread{};
}

// Calls `on_values` with the values as integers of their width.
template <typename OnValues>
void with_values(const RowValues& values, OnValues&& on_values) {
  switch (bytes_of(values.storage)) {
    case 1: return on_values(static_cast<const std::int8_t*>(values.data));
    case 2: return on_values(static_cast<const std::int16_t*>(values.data));
    case 4: return on_values(static_cast<const std::int32_t*>(values.data));
    default: return on_values(static_cast<const std::int64_t*>(values.data));
  }
}

template <typename T>
std::uint64_t above(const T* values, std::size_t row, const ValueSpread& spread) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(values[row])) - static_cast<std::uint64_t>(spread.least);
}

constexpr std::uint64_t kMostBits = std::uint64_t{1} << 16;  // of a set that stays in the first cache

// Fewer than 64 different values are the bits of a word.
template <typename T>
std::int64_t count_in_word(const BitLines& filter, std::size_t begin, std::size_t end, const T* values, const ValueSpread& spread) {
  std::uint64_t met = 0;
  for_each_set_bit(filter, begin, end, [&](std::size_t row) { met |= std::uint64_t{1} << above(values, row, spread); });
  return std::popcount(met);
}

// The bits of `met`, of which none is set before or after.
template <typename T>
std::int64_t count_in_bits(const BitLines& filter, std::size_t begin, std::size_t end, const T* values, const ValueSpread& spread,
                           std::vector<std::uint64_t>& met) {
  std::int64_t count = 0;
  for_each_set_bit(filter, begin, end, [&](std::size_t row) {
    const std::uint64_t value = above(values, row, spread), bit = std::uint64_t{1} << (value % 64);
    count += (met[value / 64] & bit) == 0 ? 1 : 0;
    met[value / 64] |= bit;
  });
  for_each_set_bit(filter, begin, end, [&](std::size_t row) { met[above(values, row, spread) / 64] = 0; });
  return count;
}

template <typename T>
std::int64_t count_sorted(const BitLines& filter, std::size_t begin, std::size_t end, const T* values, bool is_float,
                          std::vector<std::int64_t>& met) {
  met.clear();
  for_each_set_bit(filter, begin, end, [&](std::size_t row) {
    const auto value = static_cast<std::int64_t>(values[row]);
    met.push_back(is_float && value == std::numeric_limits<std::int64_t>::min() ? 0 : value);
  });
  std::sort(met.begin(), met.end());
  return std::unique(met.begin(), met.end()) - met.begin();
}

// Calls `count(filter, begin, end)` for each filter of each group.
template <typename Count>
void for_each_group(const GroupsCall& call, Count&& count) {
  for (std::size_t group = call.begin; group < call.end; ++group) {
    for (std::size_t filter = 0; filter < call.bits.size(); ++filter)
      call.out[filter][group] = count(call.bits[filter], call.offsets[group], call.offsets[group + 1]);
  }
}

template <typename T>
void count_by_row(const GroupsCall& call, const T* values, const ValueSpread& spread) {
  const bool is_float = static_cast<const DistinctData*>(call.data)->is_float;
  if (is_float || spread.width >= kMostBits) {
    std::vector<std::int64_t> met;
    return for_each_group(call, [&](const BitLines& filter, std::size_t begin, std::size_t end) {
      return count_sorted(filter, begin, end, values, is_float, met);
    });
  }
  if (spread.width < 64) {
    return for_each_group(call, [&](const BitLines& filter, std::size_t begin, std::size_t end) {
      return count_in_word(filter, begin, end, values, spread);
    });
  }
  std::vector<std::uint64_t> met(kMostBits / 64);
  for_each_group(call, [&](const BitLines& filter, std::size_t begin, std::size_t end) {
    return count_in_bits(filter, begin, end, values, spread, met);
  });
}

#if defined(__x86_64__)
#define SEGUE_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

constexpr std::size_t kFiltersAtOnce = 32;  // the bits of a row's word

// By row of a block: which of up to 32 filters it passes. Eight filters are the bits of a byte, and a filter's 64 rows the mask under which its bit is set.
SEGUE_AVX512 void write_passed(std::span<const BitLines> filters, std::size_t block, std::uint32_t* passed) {
  for (std::size_t word = 0; word < kBlockWords; ++word) {
    __m512i bytes[4] = {};
    for (std::size_t byte = 0; byte * 8 < filters.size(); ++byte) {
      __m512i bit = _mm512_set1_epi8(1);
      for (std::size_t i = byte * 8; i < std::min(filters.size(), byte * 8 + 8); ++i, bit = _mm512_add_epi8(bit, bit))
        bytes[byte] = _mm512_mask_add_epi8(bytes[byte], filters[i].line(block)[word], bytes[byte], bit);
    }
    const __m512i low[2] = {_mm512_unpacklo_epi8(bytes[0], bytes[1]), _mm512_unpackhi_epi8(bytes[0], bytes[1])};
    const __m512i high[2] = {_mm512_unpacklo_epi8(bytes[2], bytes[3]), _mm512_unpackhi_epi8(bytes[2], bytes[3])};
    alignas(64) std::uint32_t quarters[4][16];  // of each sixteen rows the first, second, … four
    for (std::size_t i = 0; i < 2; ++i) {
      _mm512_store_si512(quarters[2 * i], _mm512_unpacklo_epi16(low[i], high[i]));
      _mm512_store_si512(quarters[2 * i + 1], _mm512_unpackhi_epi16(low[i], high[i]));
    }
    for (std::size_t i = 0; i < 16; ++i)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(passed + word * 64 + i * 4),
                       _mm_load_si128(reinterpret_cast<const __m128i*>(quarters[i % 4] + i / 4 * 4)));
  }
}

// What is known of a group's values so far.
struct Passes {
  std::vector<std::uint32_t> by_value;  // the filters that some row of the value has passed
  __m512i counts;                       // by filter: how many values have, 16 bits each
};

template <typename T>
SEGUE_AVX512 inline void add_rows(const T* values, std::size_t rows, const std::uint32_t* passed, std::uint64_t least, Passes& passes) {
  std::uint32_t* by_value = passes.by_value.data();
  const __m512i one = _mm512_set1_epi16(1);
  __m512i counts = passes.counts;
  for (std::size_t i = 0; i < rows; ++i) {
    std::uint32_t& before = by_value[static_cast<std::uint64_t>(static_cast<std::int64_t>(values[i])) - least];
    counts = _mm512_mask_add_epi16(counts, passed[i] & ~before, counts, one);
    before |= passed[i];
  }
  passes.counts = counts;
}

template <typename T>
void forget_values(const T* values, std::size_t begin, std::size_t end, std::uint64_t least, Passes& passes) {
  if (passes.by_value.size() <= 4 * (end - begin)) return std::fill(passes.by_value.begin(), passes.by_value.end(), 0);
  for (std::size_t row = begin; row < end; ++row)
    passes.by_value[static_cast<std::uint64_t>(static_cast<std::int64_t>(values[row])) - least] = 0;
}

// Up to 32 filters from `first` on.
template <typename T>
SEGUE_AVX512 void count_passes(const GroupsCall& call, std::size_t first, std::size_t count, const T* values, std::uint64_t least,
                               Passes& passes) {
  std::uint32_t passed[kBlockRows];
  std::size_t block = ~std::size_t{0};  // that `passed` is of
  for (std::size_t group = call.begin; group < call.end; ++group) {
    const std::size_t begin = call.offsets[group], end = call.offsets[group + 1];
    passes.counts = _mm512_setzero_si512();
    for (std::size_t at = begin; at < end;) {
      const std::size_t stop = std::min(end, (at / kBlockRows + 1) * kBlockRows);
      if (block != at / kBlockRows) write_passed(call.bits.subspan(first, count), at / kBlockRows, passed);
      block = at / kBlockRows;
      add_rows(values + at, stop - at, passed + at % kBlockRows, least, passes);
      at = stop;
    }
    forget_values(values, begin, end, least, passes);
    alignas(64) std::uint16_t counts[kFiltersAtOnce];
    _mm512_store_si512(counts, passes.counts);
    for (std::size_t i = 0; i < count; ++i) call.out[first + i][group] = counts[i];
  }
}

template <typename T>
SEGUE_AVX512 ValueSpread spread_avx512(const T* values, std::size_t begin, std::size_t end) {
  using Eight [[gnu::vector_size(64)]] = std::int64_t;
  using Narrow [[gnu::vector_size(8 * sizeof(T))]] = T;
  if (end - begin < 8) return spread_of(values, begin, end);
  Narrow narrow;
  std::memcpy(&narrow, values + end - 8, sizeof narrow);
  Eight least = __builtin_convertvector(narrow, Eight), greatest = least;
  for (std::size_t i = begin; i + 8 < end; i += 8) {
    std::memcpy(&narrow, values + i, sizeof narrow);
    const Eight eight = __builtin_convertvector(narrow, Eight);
    least = eight < least ? eight : least;
    greatest = eight > greatest ? eight : greatest;
  }
  std::int64_t lanes[16];
  std::memcpy(lanes, &least, sizeof least);
  std::memcpy(lanes + 8, &greatest, sizeof greatest);
  return spread_of(lanes, 0, 16);
}

void count_distinct_avx512(const GroupsCall& call) {
  constexpr std::uint64_t kMostValues = 0xffff;  // that 16 bits count
  with_values(call.values[0], [&](const auto* values) {
    const bool is_empty = call.begin >= call.end;
    const ValueSpread spread = is_empty ? ValueSpread{} : spread_avx512(values, call.offsets[call.begin], call.offsets[call.end]);
    if (static_cast<const DistinctData*>(call.data)->is_float || spread.width >= kMostValues) return count_by_row(call, values, spread);
    Passes passes{.by_value = std::vector<std::uint32_t>(spread.width + 1), .counts = {}};
    for (std::size_t first = 0; first < call.bits.size(); first += kFiltersAtOnce)
      count_passes(call, first, std::min(kFiltersAtOnce, call.bits.size() - first), values, static_cast<std::uint64_t>(spread.least),
                   passes);
  });
}
#undef SEGUE_AVX512
#endif

}  // namespace

void count_distinct(const GroupsCall& call) {
  with_values(call.values[0], [&](const auto* values) { count_by_row(call, values, spread_of(call, values)); });
}

GroupsKernel distinct_kernel([[maybe_unused]] unsigned vector_words) {
#if defined(__x86_64__)
  if (vector_words == 8) return count_distinct_avx512;
#endif
  return count_distinct;
}

}  // namespace segue
