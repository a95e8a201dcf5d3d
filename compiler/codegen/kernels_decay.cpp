// Sums of weights that decay: under each filter the times of the rows that pass are put side by side, group after group, and weighed by each half-life, so that no weight is made that
// nobody asks for. A sum is exact: weights of at least 2^-35 are cut at 2^-43, and as long as not more than 1,024 are added no sum of upper or of lower parts is rounded;
// of what else there is `exact_sum` makes it.
#include <algorithm>
#include <bit>
#include <span>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "compiler/codegen/kernels.h"
#include "stdlib/decay.h"
#include "stdlib/exact_sum.h"

namespace segue {

namespace {

constexpr std::size_t kTileRows = 2048;  // of some groups, unless one has more
constexpr std::size_t kMostSummands = 1024;
constexpr double kCut = 768;               // the last digit of 768 + a weight is 2^-43
constexpr double kLeastSummand = 0x1p-35;  // its last digit is 2^-87, of which a sum below 2^-34 has not more than 53
constexpr std::size_t kSlack = 8;          // eight are written where fewer pass

double exact_sum_of(const double* weights, std::size_t count) { return exact_sum(std::span(weights, count)).value; }

double sum_of_weights(const double* weights, std::size_t count) {
  if (count > kMostSummands) return exact_sum_of(weights, count);
  double upper = 0, lower = 0, least = 1;
  for (std::size_t i = 0; i < count; ++i) {
    const double part = (weights[i] + kCut) - kCut;
    upper += part;
    lower += weights[i] - part;
    least = std::min(least, weights[i]);
  }
  return least < kLeastSummand ? exact_sum_of(weights, count) : upper + lower;
}

// Puts the values of rows whose bits are set side by side, 64 rows at once; gives how many.
std::size_t put_together(const std::int64_t* from, std::uint64_t bits, std::int64_t* to) {
  std::size_t count = 0;
  for (; bits != 0; bits &= bits - 1) to[count++] = from[std::countr_zero(bits)];
  return count;
}

struct PlainWay {
  static std::size_t put(const std::int64_t* from, std::uint64_t bits, std::int64_t* to) { return put_together(from, bits, to); }
  static double sum(const double* weights, std::size_t count) { return sum_of_weights(weights, count); }
};

#if defined(__x86_64__)
#define SEGUE_DECAY_TARGET __attribute__((target("avx512f,avx512dq")))

SEGUE_DECAY_TARGET std::size_t put_together_avx512(const std::int64_t* from, std::uint64_t bits, std::int64_t* to) {
  std::int64_t* at = to;
  for (; bits != 0; bits >>= 8, from += 8) {
    const auto mask = static_cast<__mmask8>(bits & 0xff);
    _mm512_storeu_si512(at, _mm512_maskz_compress_epi64(mask, _mm512_loadu_si512(from)));
    at += std::popcount(static_cast<unsigned>(mask));
  }
  return static_cast<std::size_t>(at - to);
}

// The sum of the lanes of two registers, exact in any order.
SEGUE_DECAY_TARGET inline double sum_of_lanes(__m512d upper, __m512d lower) {
  const __m512d pairs =
      __builtin_shufflevector(upper, lower, 0, 8, 2, 10, 4, 12, 6, 14) + __builtin_shufflevector(upper, lower, 1, 9, 3, 11, 5, 13, 7, 15);
  const __m256d half = __builtin_shufflevector(pairs, pairs, 0, 1, 2, 3) + __builtin_shufflevector(pairs, pairs, 4, 5, 6, 7);
  return (half[0] + half[2]) + (half[1] + half[3]);
}

SEGUE_DECAY_TARGET double sum_of_weights_avx512(const double* weights, std::size_t count) {
  if (count > kMostSummands) return exact_sum_of(weights, count);
  const __m512d cut = _mm512_set1_pd(kCut), least = _mm512_set1_pd(kLeastSummand);
  __m512d upper = _mm512_setzero_pd(), lower = _mm512_setzero_pd();
  unsigned below = 0;
  for (std::size_t i = 0; i < count; i += 8) {
    const auto lanes = static_cast<__mmask8>(count - i >= 8 ? 0xff : (1U << (count - i)) - 1);
    const __m512d weight = _mm512_maskz_loadu_pd(lanes, weights + i);
    const __m512d part = _mm512_sub_pd(_mm512_add_pd(weight, cut), cut);
    upper = _mm512_add_pd(upper, part);
    lower = _mm512_add_pd(lower, _mm512_sub_pd(weight, part));
    below |= _mm512_mask_cmp_pd_mask(lanes, weight, least, _CMP_LT_OQ);
  }
  return below != 0 ? exact_sum_of(weights, count) : sum_of_lanes(upper, lower);
}

struct WideWay {
  static std::size_t put(const std::int64_t* from, std::uint64_t bits, std::int64_t* to) { return put_together_avx512(from, bits, to); }
  static double sum(const double* weights, std::size_t count) { return sum_of_weights_avx512(weights, count); }
};
#undef SEGUE_DECAY_TARGET
#endif

template <typename Way>
class DecaySums {
 public:
  explicit DecaySums(const GroupsCall& call)
      : call_(call),
        data_(*static_cast<const DecaySumsData*>(call.data)),
        now_(data_.is_date ? data_.time->clock.today : data_.time->clock.now) {}

  void add_all() {
    for (std::size_t group = call_.begin; group < call_.end;) {
      std::size_t end = group + 1;
      while (end < call_.end && call_.offsets[end + 1] - call_.offsets[group] <= kTileRows) ++end;
      add_tile(group, end);
      group = end;
    }
  }

 private:
  void add_tile(std::size_t first, std::size_t last) {
    begin_ = call_.offsets[first], end_ = call_.offsets[last];
    const std::size_t first_word = begin_ / 64, words = (end_ + 63) / 64 - std::min(first_word, (end_ + 63) / 64);
    const std::int64_t* times = times_from(first_word * 64, words * 64);
    chosen_.resize(std::max(chosen_.size(), words * 64 + kSlack));
    weights_.resize(chosen_.size());
    before_.resize(std::max(before_.size(), words + 1));
    for (const DecaySumsData::Part& part : data_.parts) {
      const BitLines& bits = call_.bits[part.bits];
      std::size_t count = 0;
      for (std::size_t i = 0; i < words; ++i) {
        before_[i] = count;
        count += Way::put(times + i * 64, rows_of_word(bits.word(first_word + i), first_word + i, begin_, end_), chosen_.data() + count);
      }
      before_[words] = count;
      find_starts(bits, first_word, first, last);
      for (const DecaySumsData::Asked& asked : part.asked) {
        decays_of(now_, data_.unit, asked.half_life, chosen_.data(), count, weights_.data());
        auto* out = call_.out[asked.out];
        for (std::size_t group = first; group < last; ++group) {
          const std::size_t from = starts_[group - first], to = starts_[group - first + 1];
          out[group] = std::bit_cast<std::int64_t>(Way::sum(weights_.data() + from, to - from));
        }
      }
    }
  }

  // Where each group's rows begin among those that pass.
  void find_starts(const BitLines& bits, std::size_t first_word, std::size_t first, std::size_t last) {
    starts_.resize(std::max(starts_.size(), last - first + 1));
    for (std::size_t group = first; group <= last; ++group) {
      const std::size_t row = call_.offsets[group], at = row / 64;
      std::size_t start = before_[at - first_word];
      if (row % 64 != 0) start += static_cast<std::size_t>(std::popcount(rows_of_word(bits.word(at), at, begin_, row)));
      starts_[group - first] = start;
    }
  }

  // Values as 64 bits.
  const std::int64_t* times_from(std::size_t row, std::size_t count) {
    const RowValues& values = call_.values.front();
    if (bytes_of(values.storage) == sizeof(std::int64_t)) return static_cast<const std::int64_t*>(values.data) + row;
    times_.resize(std::max(times_.size(), count));
    for (std::size_t i = 0; i < count; ++i) times_[i] = values[row + i];
    return times_.data();
  }

  const GroupsCall& call_;
  const DecaySumsData& data_;
  const std::int64_t now_;
  std::size_t begin_ = 0, end_ = 0;  // rows of the tile
  std::vector<std::int64_t> times_, chosen_;
  std::vector<double> weights_;
  std::vector<std::size_t> before_;  // by word: how many rows pass before it
  std::vector<std::size_t> starts_;  // by group
};

// Weights are finite, so every sum is known.
void set_known(const GroupsCall& call) {
  for (std::uint64_t* known : call.out_bits) {
    for (std::size_t at = call.begin / 64; at * 64 < call.end; ++at) known[at] |= rows_of_word(~std::uint64_t{0}, at, call.begin, call.end);
  }
}

template <typename Way>
void sum_decays(const GroupsCall& call) {
  DecaySums<Way>(call).add_all();
  set_known(call);
}

}  // namespace

GroupsKernel decay_sums_kernel([[maybe_unused]] unsigned vector_words) {
#if defined(__x86_64__)
  if (vector_words == 8 && __builtin_cpu_supports("avx512dq") != 0) return sum_decays<WideWay>;
#endif
  return sum_decays<PlainWay>;
}

}  // namespace segue
