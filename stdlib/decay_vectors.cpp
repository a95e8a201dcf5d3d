// Powers of two, eight side by side, as decay.cpp has them with one double for the most part: 2^x = 2^n · 2^(j/16) · 2^r with |r| <= 1/32, the sixteen roots in four
// registers, the first term of the series and its product with the root as two doubles by fused multiply-adds; what is left is a rounding test (Ziv 1991).
#include "stdlib/decay_vectors.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace segue {

#if defined(__x86_64__)

bool has_wide_decays() { return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0; }

namespace {

// 2^(j/16) for j from 0 to 15, and what the doubles lack.
alignas(64) constexpr double kRoots16[] = {
    0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0, 0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0,
    0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0, 0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
    0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0,
};
alignas(64) constexpr double kRootRests16[] = {
    0x0.0p+0,
    0x1.8a62e4adc610bp-54,
    -0x1.19041b9d78a76p-55,
    0x1.9b07eb6c70573p-54,
    0x1.6f46ad23182e4p-55,
    0x1.ada0911f09ebcp-55,
    0x1.d4397afec42e2p-56,
    0x1.6324c054647adp-54,
    -0x1.bdd3413b26456p-54,
    -0x1.41577ee04992fp-55,
    0x1.6e9f156864b27p-54,
    0x1.c7c46b071f2bep-56,
    0x1.7a1cd345dcc81p-54,
    0x1.11065895048ddp-55,
    0x1.2ed02d75b3707p-55,
    -0x1.e9c23179c2893p-54,
};

constexpr std::int64_t kMostWide = (std::int64_t{1} << 52) - 1;

// The bound of the error before the last rounding, of a power between 0.97 and 1.96: 1.4e-19 of the series (each factor of square · series loses half a last digit of 2.4e-4, the sum
// half of 2^-65, and the terms left out are below 2^-68; all times the root), 0.3e-19 of the product with the root, a last digit of 2^-12, and 0.2e-19 of what the second part of
// the root lacks: 2.1e-19 together, beside this 3e-19.
constexpr double kWideError = 0x1.6p-62;

struct WidePowers {
  __m512d values;
  __mmask8 open;
};

[[gnu::target("avx512f,avx512dq"), gnu::always_inline]] inline __m512d constant_lanes(double value) { return _mm512_set1_pd(value); }

// 2^-q for 0 <= q < 1000; for others anything, which is open. `near` is q but for some last digits: what hangs on it alone need not wait for q. The series is grouped after G. Estrin,
// so that its terms need not wait for each other.
[[gnu::target("avx512f,avx512dq"), gnu::always_inline]] inline WidePowers wide_powers(__m512d q, __m512d near) {
  const __m512d round = constant_lanes(0x1.8p52);
  const __m512d shifted = _mm512_fmadd_pd(near, constant_lanes(-16), round);
  const __m512i place = _mm512_castpd_si512(shifted);
  const __m512d parts = _mm512_sub_pd(shifted, round);
  const __m512d root = _mm512_permutex2var_pd(_mm512_load_pd(kRoots16), place, _mm512_load_pd(kRoots16 + 8));
  const __m512d root_rest = _mm512_permutex2var_pd(_mm512_load_pd(kRootRests16), place, _mm512_load_pd(kRootRests16 + 8));
  const __m512d r = _mm512_fnmsub_pd(parts, constant_lanes(0x1p-4), q);  // exact
  const __m512d u = _mm512_mul_pd(r, constant_lanes(0x1.62e42fefa39efp-1));
  const __m512d u_rest =
      _mm512_fmadd_pd(r, constant_lanes(0x1.abc9e3b39803fp-56), _mm512_fmsub_pd(r, constant_lanes(0x1.62e42fefa39efp-1), u));
  const __m512d square = _mm512_mul_pd(u, u);
  const __m512d second = _mm512_fmadd_pd(u, constant_lanes(1.0 / 6), constant_lanes(1.0 / 2));
  const __m512d fourth = _mm512_fmadd_pd(u, constant_lanes(1.0 / 120), constant_lanes(1.0 / 24));
  const __m512d sixth = _mm512_fmadd_pd(u, constant_lanes(1.0 / 5040), constant_lanes(1.0 / 720));
  const __m512d later = _mm512_fmadd_pd(square, _mm512_fmadd_pd(square, constant_lanes(1.0 / 40320), sixth), fourth);
  const __m512d series = _mm512_fmadd_pd(square, later, second);
  const __m512d rest = _mm512_fmadd_pd(square, series, _mm512_fmadd_pd(u, u_rest, u_rest));  // e^(u + u_rest) - 1 - u
  const __m512d linear = _mm512_mul_pd(root, u), linear_rest = _mm512_fmsub_pd(root, u, linear);
  const __m512d high = _mm512_add_pd(root, linear), high_rest = _mm512_sub_pd(linear, _mm512_sub_pd(high, root));
  const __m512d low = _mm512_add_pd(_mm512_fmadd_pd(root_rest, u, root_rest), _mm512_add_pd(linear_rest, high_rest));
  const __m512d error = constant_lanes(kWideError);
  const __m512d least = _mm512_add_pd(high, _mm512_fmadd_pd(root, rest, _mm512_sub_pd(low, error)));
  const __m512d greatest = _mm512_add_pd(high, _mm512_fmadd_pd(root, rest, _mm512_add_pd(low, error)));
  const __mmask8 open = _mm512_cmp_pd_mask(least, greatest, _CMP_NEQ_UQ) | _mm512_cmp_pd_mask(q, constant_lanes(1000), _CMP_NLT_UQ);
  const __m512i scale = (place & _mm512_set1_epi64(~15)) << 48;  // n, where the exponent stands
  return {_mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(least), scale)), open};
}

[[gnu::target("avx512f,avx512dq")]] void wide_steps(std::int64_t now, std::int64_t unit, const std::uint64_t* times,
                                                    const std::uint64_t* half_lives, std::uint64_t* out, std::uint64_t* open,
                                                    std::size_t count) {
  const __m512i most = _mm512_set1_epi64(kMostWide), most_life = _mm512_set1_epi64(kMostWide / unit);
  for (std::size_t i = 0; i < count; i += 8) {
    const __m512i ages = _mm512_sub_epi64(_mm512_set1_epi64(now), _mm512_loadu_si512(times + i));
    const __m512i lives = _mm512_loadu_si512(half_lives + i);
    const __mmask8 outside =
        _mm512_cmpgt_epu64_mask(ages, most) | _mm512_cmpgt_epu64_mask(_mm512_sub_epi64(lives, _mm512_set1_epi64(1)), most_life);
    const __m512d life = _mm512_mul_pd(_mm512_cvtepi64_pd(lives), _mm512_set1_pd(static_cast<double>(unit)));
    const __m512d quotient = _mm512_div_pd(_mm512_cvtepi64_pd(ages), life);
    const WidePowers powers = wide_powers(quotient, quotient);
    _mm512_storeu_pd(out + i, powers.values);
    _mm512_storeu_si512(open + i, _mm512_maskz_set1_epi64(static_cast<__mmask8>(powers.open | outside), 1));
  }
}

// The quotient of ages and a half-life, correctly rounded by the reciprocal, itself rounded, and two steps of P. W. Markstein, "Computation of elementary functions on the IBM RISC
// System/6000 processor" (1990): the first leaves one of the two doubles beside the quotient, the second the nearest.
struct WideDivisor {
  __m512d divisor, inverse;
};
[[gnu::target("avx512f,avx512dq"), gnu::always_inline]] inline __m512d wide_quotient(__m512d ages, __m512d rough, const WideDivisor& by) {
  const __m512d near = _mm512_fmadd_pd(_mm512_fnmadd_pd(rough, by.divisor, ages), by.inverse, rough);
  return _mm512_fmadd_pd(_mm512_fnmadd_pd(near, by.divisor, ages), by.inverse, near);
}

}  // namespace

void wide_decays(std::int64_t now, std::int64_t unit, const std::uint64_t* times, const std::uint64_t* half_lives, std::uint64_t* out,
                 std::uint64_t* open, std::size_t count) {
  wide_steps(now, unit, times, half_lives, out, open, count);
}

[[gnu::target("avx512f,avx512dq")]] void wide_decays_of(std::int64_t now, std::int64_t half_life, const std::int64_t* times,
                                                        std::size_t count, double* out,
                                                        double (*answer)(std::int64_t now, std::int64_t half_life, std::int64_t time)) {
  const WideDivisor by{_mm512_set1_pd(static_cast<double>(half_life)), _mm512_set1_pd(1.0 / static_cast<double>(half_life))};
  const __m512i most = _mm512_set1_epi64(kMostWide), from = _mm512_set1_epi64(now);
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m512i ages = _mm512_sub_epi64(from, _mm512_loadu_si512(times + i));
    const __m512d numbers = _mm512_cvtepi64_pd(ages), rough = _mm512_mul_pd(numbers, by.inverse);
    const WidePowers powers = wide_powers(wide_quotient(numbers, rough, by), rough);
    _mm512_storeu_pd(out + i, powers.values);
    for (unsigned open = powers.open | _mm512_cmpgt_epu64_mask(ages, most); open != 0; open &= open - 1) {
      const std::size_t at = i + static_cast<std::size_t>(__builtin_ctz(open));
      out[at] = answer(now, half_life, times[at]);
    }
  }
  if (i == count) return;
  std::int64_t last_times[8] = {now, now, now, now, now, now, now, now};
  double last_out[8];
  std::copy(times + i, times + count, last_times);
  wide_decays_of(now, half_life, last_times, 8, last_out, answer);
  std::copy_n(last_out, count - i, out + i);
}

#else

bool has_wide_decays() { return false; }
void wide_decays(std::int64_t, std::int64_t, const std::uint64_t*, const std::uint64_t*, std::uint64_t*, std::uint64_t*, std::size_t) {}
void wide_decays_of(std::int64_t, std::int64_t, const std::int64_t*, std::size_t, double*,
                    double (*)(std::int64_t, std::int64_t, std::int64_t)) {}

#endif

}  // namespace segue
