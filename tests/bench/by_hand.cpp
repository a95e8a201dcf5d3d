// Written with the widest instructions that the processor has: AVX-512 where it is there, else AVX2, else what the compiler makes of it.
#include "tests/bench/by_hand.h"

#include <bit>

#include <immintrin.h>

namespace segue::bench {
namespace {

bool has_avx512() { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq"); }

__attribute__((target("avx512f"))) void compare_avx512(const std::int32_t* values, std::size_t words, std::int32_t bound,
                                                       std::uint64_t* bits) {
  const __m512i limit = _mm512_set1_epi32(bound);
  for (std::size_t word = 0; word < words; ++word) {
    std::uint64_t result = 0;
    for (unsigned part = 0; part < 4; ++part) {
      const __m512i rows = _mm512_loadu_si512(values + word * 64 + part * 16);
      result |= std::uint64_t{_mm512_cmpge_epi32_mask(rows, limit)} << (part * 16);
    }
    bits[word] = result;
  }
}

__attribute__((target("avx2"))) void compare_avx2(const std::int32_t* values, std::size_t words, std::int32_t bound, std::uint64_t* bits) {
  const __m256i limit = _mm256_set1_epi32(bound);
  for (std::size_t word = 0; word < words; ++word) {
    std::uint64_t below = 0;
    for (unsigned part = 0; part < 8; ++part) {
      const __m256i rows = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values + word * 64 + part * 8));
      const int mask = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(limit, rows)));
      below |= std::uint64_t{static_cast<unsigned>(mask)} << (part * 8);
    }
    bits[word] = ~below;
  }
}

void compare_plain(const std::int32_t* values, std::size_t words, std::int32_t bound, std::uint64_t* bits) {
  for (std::size_t word = 0; word < words; ++word) {
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < 64; ++i) result |= std::uint64_t{values[word * 64 + i] >= bound} << i;
    bits[word] = result;
  }
}

std::uint64_t members(const std::uint64_t* const (&t)[8], std::size_t w) {
  return t[0][w] & t[1][w] & t[2][w] & t[3][w] & t[4][w] & (t[5][w] | t[6][w]) & ~t[7][w];
}

__attribute__((target("avx512f,avx512vpopcntdq"))) std::uint64_t count_avx512(const std::uint64_t* const (&t)[8], std::size_t words) {
  __m512i total = _mm512_setzero_si512();
  for (std::size_t w = 0; w + 8 <= words; w += 8) {
    const auto load = [&](int term) __attribute__((target("avx512f"))) { return _mm512_loadu_si512(t[term] + w); };
    __m512i all = _mm512_and_si512(_mm512_and_si512(load(0), load(1)), _mm512_and_si512(load(2), load(3)));
    all = _mm512_and_si512(all, _mm512_and_si512(load(4), _mm512_or_si512(load(5), load(6))));
    total = _mm512_add_epi64(total, _mm512_popcnt_epi64(_mm512_andnot_si512(load(7), all)));
  }
  return static_cast<std::uint64_t>(_mm512_reduce_add_epi64(total));
}

__attribute__((target("avx512f"))) std::size_t at_least_avx512(const std::int32_t* values, std::size_t begin, std::size_t end,
                                                               std::int32_t bound) {
  const __m512i limit = _mm512_set1_epi32(bound);
  std::size_t count = 0;
  for (; begin < end; begin += 16) {
    const std::size_t left = end - begin;
    const auto lanes = static_cast<__mmask16>(left >= 16 ? 0xffff : (1U << left) - 1);
    count += static_cast<std::size_t>(
        std::popcount(static_cast<unsigned>(_mm512_mask_cmpge_epi32_mask(lanes, _mm512_maskz_loadu_epi32(lanes, values + begin), limit))));
  }
  return count;
}

}  // namespace

void compare(const std::int32_t* values, std::size_t words, std::int32_t bound, std::uint64_t* bits) {
  if (has_avx512()) return compare_avx512(values, words, bound, bits);
  if (__builtin_cpu_supports("avx2")) return compare_avx2(values, words, bound, bits);
  compare_plain(values, words, bound, bits);
}

std::uint64_t count_members(const std::uint64_t* const (&terms)[8], std::size_t words, std::uint64_t last) {
  const std::size_t whole = words - 1;  // the last word is masked
  std::uint64_t total = static_cast<std::uint64_t>(std::popcount(members(terms, whole) & last));
  std::size_t w = 0;
  if (has_avx512()) {
    total += count_avx512(terms, whole);
    w = whole / 8 * 8;
  }
  for (; w < whole; ++w) total += static_cast<std::uint64_t>(std::popcount(members(terms, w)));
  return total;
}

std::size_t count_at_least(const std::int32_t* values, std::size_t begin, std::size_t end, std::int32_t bound) {
  if (has_avx512()) return at_least_avx512(values, begin, end, bound);
  std::size_t count = 0;
  for (std::size_t row = begin; row < end; ++row) count += values[row] >= bound;
  return count;
}

}  // namespace segue::bench
