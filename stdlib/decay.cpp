// This file computes powers of two after P. T. P. Tang, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic" (1989): 2^x is
// 2^n · 2^(k/128) · 2^r, where n and k are whole, a table holds 2^(k/128) for k from -64 to 64, and |r| <= 1/256, so that a short series gives 2^r. Table and the first terms
// of the series are sums of two doubles: the error before the last rounding is below 2^-85 of the result. The table was made by Python's `decimal` with 80 digits.
#include "stdlib/decay.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "stdlib/decay_vectors.h"
#include "stdlib/double_double.h"

namespace segue {

namespace {

// 2^(k/128) for k from -64 to 64.
constexpr DoubleDouble kRoots[] = {
    {0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55},
    {0x1.6c012750bdabfp-1, -0x1.2895667ff0b0dp-57},
    {0x1.6dfb23c651a2fp-1, -0x1.bbe3a683c88abp-58},
    {0x1.6ff7df9519484p-1, -0x1.83c0f25860ef6p-56},
    {0x1.71f75e8ec5f74p-1, -0x1.16e4786887a99p-56},
    {0x1.73f9a48a58174p-1, -0x1.0a8d96c65d53cp-55},
    {0x1.75feb564267c9p-1, -0x1.0245957316dd3p-55},
    {0x1.780694fde5d3fp-1, 0x1.866b80a02162dp-55},
    {0x1.7a11473eb0187p-1, -0x1.41577ee04992fp-56},
    {0x1.7c1ed0130c132p-1, 0x1.f124cd1164dd6p-55},
    {0x1.7e2f336cf4e62p-1, 0x1.05d02ba15797ep-57},
    {0x1.80427543e1a12p-1, -0x1.27c86626d972bp-55},
    {0x1.82589994cce13p-1, -0x1.d4c1dd41532d8p-55},
    {0x1.8471a4623c7adp-1, -0x1.8d684a341cdfbp-56},
    {0x1.868d99b4492edp-1, -0x1.fc6f89bd4f6bap-55},
    {0x1.88ac7d98a6699p-1, 0x1.994c2f37cb53ap-55},
    {0x1.8ace5422aa0dbp-1, 0x1.6e9f156864b27p-55},
    {0x1.8cf3216b5448cp-1, -0x1.0d55e32e9e3aap-57},
    {0x1.8f1ae99157736p-1, 0x1.5cc13a2e3976cp-56},
    {0x1.9145b0b91ffc6p-1, -0x1.dd6792e582524p-55},
    {0x1.93737b0cdc5e5p-1, -0x1.75fc781b57ebcp-58},
    {0x1.95a44cbc8520fp-1, -0x1.64b7c96a5f039p-57},
    {0x1.97d829fde4e50p-1, -0x1.d185b7c1b85d1p-55},
    {0x1.9a0f170ca07bap-1, -0x1.173bd91cee632p-55},
    {0x1.9c49182a3f090p-1, 0x1.c7c46b071f2bep-57},
    {0x1.9e86319e32323p-1, 0x1.824ca78e64c6ep-57},
    {0x1.a0c667b5de565p-1, -0x1.359495d1cd533p-55},
    {0x1.a309bec4a2d33p-1, 0x1.6305c7ddc36abp-55},
    {0x1.a5503b23e255dp-1, -0x1.d2f6edb8d41e1p-55},
    {0x1.a799e1330b358p-1, 0x1.bcb7ecac563c7p-55},
    {0x1.a9e6b5579fdbfp-1, 0x1.0fac90ef7fd31p-55},
    {0x1.ac36bbfd3f37ap-1, -0x1.f9234cae76cd0p-56},
    {0x1.ae89f995ad3adp-1, 0x1.7a1cd345dcc81p-55},
    {0x1.b0e07298db666p-1, -0x1.bdef54c80e425p-55},
    {0x1.b33a2b84f15fbp-1, -0x1.2805e3084d708p-58},
    {0x1.b59728de5593ap-1, -0x1.c71dfbbba6de3p-55},
    {0x1.b7f76f2fb5e47p-1, -0x1.5584f7e54ac3bp-57},
    {0x1.ba5b030a1064ap-1, -0x1.efcd30e54292ep-55},
    {0x1.bcc1e904bc1d2p-1, 0x1.23dd07a2d9e84p-56},
    {0x1.bf2c25bd71e09p-1, -0x1.efdca3f6b9c73p-55},
    {0x1.c199bdd85529cp-1, 0x1.11065895048ddp-56},
    {0x1.c40ab5fffd07ap-1, 0x1.b4537e083c60ap-55},
    {0x1.c67f12e57d14bp-1, 0x1.2884dff483cadp-55},
    {0x1.c8f6d9406e7b5p-1, 0x1.1acbc48805c44p-57},
    {0x1.cb720dcef9069p-1, 0x1.503cbd1e949dbp-57},
    {0x1.cdf0b555dc3fap-1, -0x1.dd83b53829d72p-56},
    {0x1.d072d4a07897cp-1, -0x1.cbc3743797a9cp-55},
    {0x1.d2f87080d89f2p-1, -0x1.d487b719d8578p-55},
    {0x1.d5818dcfba487p-1, 0x1.2ed02d75b3707p-56},
    {0x1.d80e316c98398p-1, -0x1.11ec18beddfe8p-55},
    {0x1.da9e603db3285p-1, 0x1.c2300696db532p-55},
    {0x1.dd321f301b460p-1, 0x1.2da5778f018c3p-55},
    {0x1.dfc97337b9b5fp-1, -0x1.1a5cd4f184b5cp-55},
    {0x1.e264614f5a129p-1, -0x1.7b627817a1496p-55},
    {0x1.e502ee78b3ff6p-1, 0x1.39e8980a9cc8fp-56},
    {0x1.e7a51fbc74c83p-1, 0x1.2d522ca0c8de2p-55},
    {0x1.ea4afa2a490dap-1, -0x1.e9c23179c2893p-55},
    {0x1.ecf482d8e67f1p-1, -0x1.c93f3b411ad8cp-55},
    {0x1.efa1bee615a27p-1, 0x1.dc7f486a4b6b0p-55},
    {0x1.f252b376bba97p-1, 0x1.3a1a5bf0d8e43p-55},
    {0x1.f50765b6e4540p-1, 0x1.9d3e12dd8a18bp-55},
    {0x1.f7bfdad9cbe14p-1, -0x1.dbb12d006350ap-55},
    {0x1.fa7c1819e90d8p-1, 0x1.74853f3a5931ep-56},
    {0x1.fd3c22b8f71f1p-1, 0x1.2eb74966579e7p-58},
    {0x1.0000000000000p+0, 0x0.0p+0},
    {0x1.0163da9fb3335p+0, 0x1.b61299ab8cdb7p-54},
    {0x1.02c9a3e778061p+0, -0x1.19083535b085dp-56},
    {0x1.04315e86e7f85p+0, -0x1.0a31c1977c96ep-54},
    {0x1.059b0d3158574p+0, 0x1.d73e2a475b465p-55},
    {0x1.0706b29ddf6dep+0, -0x1.c91dfe2b13c27p-55},
    {0x1.0874518759bc8p+0, 0x1.186be4bb284ffp-57},
    {0x1.09e3ecac6f383p+0, 0x1.1487818316136p-54},
    {0x1.0b5586cf9890fp+0, 0x1.8a62e4adc610bp-54},
    {0x1.0cc922b7247f7p+0, 0x1.01edc16e24f71p-54},
    {0x1.0e3ec32d3d1a2p+0, 0x1.03a1727c57b53p-59},
    {0x1.0fb66affed31bp+0, -0x1.b9bedc44ebd7bp-57},
    {0x1.11301d0125b51p+0, -0x1.6c51039449b3ap-54},
    {0x1.12abdc06c31ccp+0, -0x1.1b514b36ca5c7p-58},
    {0x1.1429aaea92de0p+0, -0x1.32fbf9af1369ep-54},
    {0x1.15a98c8a58e51p+0, 0x1.2406ab9eeab0ap-55},
    {0x1.172b83c7d517bp+0, -0x1.19041b9d78a76p-55},
    {0x1.18af9388c8deap+0, -0x1.11023d1970f6cp-54},
    {0x1.1a35beb6fcb75p+0, 0x1.e5b4c7b4968e4p-55},
    {0x1.1bbe084045cd4p+0, -0x1.95386352ef607p-54},
    {0x1.1d4873168b9aap+0, 0x1.e016e00a2643cp-54},
    {0x1.1ed5022fcd91dp+0, -0x1.1df98027bb78cp-54},
    {0x1.2063b88628cd6p+0, 0x1.dc775814a8495p-55},
    {0x1.21f49917ddc96p+0, 0x1.2a97e9494a5eep-55},
    {0x1.2387a6e756238p+0, 0x1.9b07eb6c70573p-54},
    {0x1.251ce4fb2a63fp+0, 0x1.ac155bef4f4a4p-55},
    {0x1.26b4565e27cddp+0, 0x1.2bd339940e9d9p-55},
    {0x1.284dfe1f56381p+0, -0x1.a4c3a8c3f0d7ep-54},
    {0x1.29e9df51fdee1p+0, 0x1.612e8afad1255p-55},
    {0x1.2b87fd0dad990p+0, -0x1.10adcd6381aa4p-59},
    {0x1.2d285a6e4030bp+0, 0x1.0024754db41d5p-54},
    {0x1.2ecafa93e2f56p+0, 0x1.1ca0f45d52383p-56},
    {0x1.306fe0a31b715p+0, 0x1.6f46ad23182e4p-55},
    {0x1.32170fc4cd831p+0, 0x1.a9ce78e18047cp-55},
    {0x1.33c08b26416ffp+0, 0x1.32721843659a6p-54},
    {0x1.356c55f929ff1p+0, -0x1.b5cee5c4e4628p-55},
    {0x1.371a7373aa9cbp+0, -0x1.63aeabf42eae2p-54},
    {0x1.38cae6d05d866p+0, -0x1.e958d3c9904bdp-54},
    {0x1.3a7db34e59ff7p+0, -0x1.5e436d661f5e3p-56},
    {0x1.3c32dc313a8e5p+0, -0x1.efff8375d29c3p-54},
    {0x1.3dea64c123422p+0, 0x1.ada0911f09ebcp-55},
    {0x1.3fa4504ac801cp+0, -0x1.7d023f956f9f3p-54},
    {0x1.4160a21f72e2ap+0, -0x1.ef3691c309278p-58},
    {0x1.431f5d950a897p+0, -0x1.1c7dde35f7999p-55},
    {0x1.44e086061892dp+0, 0x1.89b7a04ef80d0p-59},
    {0x1.46a41ed1d0057p+0, 0x1.c944bd1648a76p-54},
    {0x1.486a2b5c13cd0p+0, 0x1.3c1a3b69062f0p-56},
    {0x1.4a32af0d7d3dep+0, 0x1.9cb62f3d1be56p-54},
    {0x1.4bfdad5362a27p+0, 0x1.d4397afec42e2p-56},
    {0x1.4dcb299fddd0dp+0, 0x1.8ecdbbc6a7833p-54},
    {0x1.4f9b2769d2ca7p+0, -0x1.4b309d25957e3p-54},
    {0x1.516daa2cf6642p+0, -0x1.f768569bd93efp-55},
    {0x1.5342b569d4f82p+0, -0x1.07abe1db13cadp-55},
    {0x1.551a4ca5d920fp+0, -0x1.d689cefede59bp-55},
    {0x1.56f4736b527dap+0, 0x1.9bb2c011d93adp-54},
    {0x1.58d12d497c7fdp+0, 0x1.295e15b9a1de8p-55},
    {0x1.5ab07dd485429p+0, 0x1.6324c054647adp-54},
    {0x1.5c9268a5946b7p+0, 0x1.c4b1b816986a2p-60},
    {0x1.5e76f15ad2148p+0, 0x1.ba6f93080e65ep-54},
    {0x1.605e1b976dc09p+0, -0x1.3e2429b56de47p-54},
    {0x1.6247eb03a5585p+0, -0x1.383c17e40b497p-54},
    {0x1.6434634ccc320p+0, -0x1.c483c759d8933p-55},
    {0x1.6623882552225p+0, -0x1.bb60987591c34p-54},
    {0x1.68155d44ca973p+0, 0x1.038ae44f73e65p-57},
    {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54},
};

constexpr DoubleDouble kLogOf2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
constexpr DoubleDouble kSixth = {0x1.5555555555555p-3, 0x1.5555555555555p-57};

// 2^r for |r| <= 1/256: e^t = 1 + t + t²/2 + t³/6 + …, of which the terms from t⁴ on are below 2^-38 and need no second double.
DoubleDouble small_power(double r) {
  const DoubleDouble t = kLogOf2 * r;
  const double u = t.high;
  const double rest = u * u * u * u * (1.0 / 24 + u * (1.0 / 120 + u * (1.0 / 720 + u * (1.0 / 5040 + u * (1.0 / 40320)))));
  const DoubleDouble cubic = (kSixth * t + 0.5) * t + 1.0;  // 1 + t/2 + t²/6
  return cubic * t + DoubleDouble{rest, 0} + 1.0;
}

// 2^n for a normal result.
double power_of_two(std::int64_t n) { return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52); }

// value · 2^n, rounded once, below the normal doubles, where a result has fewer bits.
double rounded_subnormal(DoubleDouble value, std::int64_t n) {
  const double shift = power_of_two(52 - 1074 - n);  // its last digit is what the last digit of the result is, over 2^n
  const DoubleDouble sum = sum_of(shift, value.high);
  const double rounded = (sum.high + (sum.low + value.low)) - shift;
  return rounded * power_of_two(-600) * power_of_two(n + 600);
}

}  // namespace

double exp2_of(double x) {
  if (x >= 1024) return std::numeric_limits<double>::infinity();
  if (x < -1080) return 0;
  constexpr double kRound = 0x1.8p52;  // adding it rounds to a whole number
  const double parts = (x * 128 + kRound) - kRound;
  const auto whole = static_cast<std::int64_t>(parts);
  const std::int64_t n = (whole + 64) >> 7;
  const DoubleDouble value = kRoots[whole - n * 128 + 64] * small_power(x - parts / 128);
  if (n < -1022 || (n == -1022 && value.high < 1)) return rounded_subnormal(value, n);
  return (value.high + value.low) * power_of_two(n > 1023 ? 1023 : n) * (n > 1023 ? 2 : 1);
}

namespace {

KnownFloat decay_of(KnownFloat ratio) { return ratio.known ? KnownFloat{exp2_of(-ratio.value), true} : kMissingFloat; }

}  // namespace

KnownFloat decay_of_spans(std::int64_t age_micros, std::int64_t half_life_micros) {
  if (age_micros < 0 || half_life_micros <= 0) return kMissingFloat;
  return decay_of(divide_exact(age_micros, 0, half_life_micros, 0));
}

KnownFloat decay_of_days(std::int64_t age_days, std::int64_t half_life_days) { return decay_of_spans(age_days, half_life_days); }

KnownFloat decay_of_span_in_days(std::int64_t age_micros, std::int64_t half_life_days) {
  if (age_micros < 0 || half_life_days <= 0) return kMissingFloat;
  constexpr std::int64_t kFactor = 864;  // a day is 864 · 10^8 µs
  const KnownInt half_life = multiply_int(half_life_days, kFactor);
  if (!half_life.known) return {1, true};  // the quotient is so small that the nearest double to the power is 1
  return decay_of(divide_exact(age_micros, 8, half_life.value, 0));
}

// ── many at once ──

namespace {

constexpr std::size_t kLanes = 8, kMostRows = 64;
using Doubles = double __attribute__((vector_size(kLanes * sizeof(double))));
using Words = std::uint64_t __attribute__((vector_size(kLanes * sizeof(std::uint64_t))));

// Whole numbers from 0 to 2^52 as doubles: the bits of 2^52 + x hold x in the last place.
constexpr std::int64_t kMostExact = std::int64_t{1} << 52;
constexpr double kExactBase = 0x1p52;

// The bound of the error of `hi + lo` below, at most 2^-59.2: the argument u is off by 1.3 · 2^-53 of itself, which is at most 2^-8.5, and rounding u + …, the product
// with the root and the sum with its second part lose half a last digit of 2^-8 each.
constexpr double kQuickError = 0x1p-59;

// One step of eight rows: exp2_of with one double where it has two, and the rounding test of A. Ziv, "Fast evaluation of elementary mathematical functions with correctly rounded
// last bit" (1991). `open` is not 0 where the test leaves two doubles, or an operand is out of the range of this way; what is computed there means nothing. There is no
// comparison and no choice, which g++ 12 would make lane by lane.
[[gnu::always_inline]] inline void quick_step(std::int64_t now, std::int64_t unit, const std::uint64_t* times,
                                              const std::uint64_t* half_lives, std::uint64_t* out, std::uint64_t* open) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  const Words ages = static_cast<std::uint64_t>(now) - *reinterpret_cast<const Words*>(times);
  const Words lives = *reinterpret_cast<const Words*>(half_lives);
  const std::uint64_t most = kMostExact, most_life = most / static_cast<std::uint64_t>(unit);
  const Words is_outside = (ages | (most - 1 - ages) | (lives - 1) | (most_life - lives)) & kSign;
  const Words base = Words{} + std::bit_cast<std::uint64_t>(kExactBase);
  const Doubles age = reinterpret_cast<Doubles>(ages | base) - kExactBase;
  const Doubles life = (reinterpret_cast<Doubles>(lives | base) - kExactBase) * static_cast<double>(unit);
  const Doubles x = -age / life;
  const Words is_far = reinterpret_cast<Words>(x + 1000.0) & kSign;

  constexpr double kRound = 0x1.8p52;
  constexpr std::uint64_t kBias = 1 << 20;  // so that what is shifted is positive
  const Doubles shifted = x * 128.0 + kRound;
  const Doubles parts = shifted - kRound;
  const Words whole = reinterpret_cast<Words>(shifted) - std::bit_cast<std::uint64_t>(kRound);
  const Words n = ((whole + (64 + kBias * 128)) >> 7) - kBias;
  const Words place = (whole + 64) & 127;
  Doubles root{}, root_rest{};
  for (std::size_t i = 0; i < kLanes; ++i) {
    root[i] = kRoots[place[i]].high;
    root_rest[i] = kRoots[place[i]].low;
  }
  const Doubles u = (x - parts / 128.0) * kLogOf2.high;
  const Doubles power = u + u * u * (1.0 / 2 + u * (1.0 / 6 + u * (1.0 / 24 + u * (1.0 / 120 + u * (1.0 / 720)))));  // 2^r - 1
  const Doubles tail = root_rest + root * power;
  const Doubles high = root + tail;
  const Doubles low = tail - (high - root);
  const Doubles least = high + (low - kQuickError), greatest = high + (low + kQuickError);
  const Doubles scale = reinterpret_cast<Doubles>((n + 1023) << 52);
  *reinterpret_cast<Words*>(out) = reinterpret_cast<Words>(least * scale);
  *reinterpret_cast<Words*>(open) = is_outside | is_far | (reinterpret_cast<Words>(least) ^ reinterpret_cast<Words>(greatest));
}

struct QuickRows {
  alignas(64) std::uint64_t times[kMostRows], half_lives[kMostRows], out[kMostRows], open[kMostRows];
};

[[gnu::always_inline]] inline void quick_steps(std::int64_t now, std::int64_t unit, QuickRows& rows, std::size_t count) {
  for (std::size_t at = 0; at < count; at += kLanes)
    quick_step(now, unit, rows.times + at, rows.half_lives + at, rows.out + at, rows.open + at);
}

using QuickSteps = void (*)(std::int64_t now, std::int64_t unit, QuickRows& rows, std::size_t count);

void quick_steps_plain(std::int64_t now, std::int64_t unit, QuickRows& rows, std::size_t count) { quick_steps(now, unit, rows, count); }
#if defined(__x86_64__)
__attribute__((target("avx2"))) void quick_steps_avx2(std::int64_t now, std::int64_t unit, QuickRows& rows, std::size_t count) {
  quick_steps(now, unit, rows, count);
}
#endif

void quick_steps_wide(std::int64_t now, std::int64_t unit, QuickRows& rows, std::size_t count) {
  wide_decays(now, unit, rows.times, rows.half_lives, rows.out, rows.open, count);
}

QuickSteps quick_steps_of_this_machine() {
  if (has_wide_decays()) return quick_steps_wide;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return quick_steps_avx2;
#endif
  return quick_steps_plain;
}

}  // namespace

std::uint64_t quick_decays(std::int64_t now, std::int64_t unit, const std::int64_t* times, const std::int64_t* half_lives,
                           std::int64_t* out, std::size_t count) {
  static const QuickSteps steps = quick_steps_of_this_machine();
  QuickRows rows;
  std::copy_n(times, count, rows.times);
  std::copy_n(half_lives, count, rows.half_lives);
  const std::size_t padded = (count + kLanes - 1) / kLanes * kLanes;
  std::fill(rows.times + count, rows.times + padded, static_cast<std::uint64_t>(now));
  std::fill(rows.half_lives + count, rows.half_lives + padded, 1);
  steps(now, unit, rows, padded);
  std::copy_n(rows.out, count, out);
  std::uint64_t open = 0;
  for (std::size_t at = 0; at < count; at += kLanes) {
    const std::uint64_t* lanes = rows.open + at;
    if ((lanes[0] | lanes[1] | lanes[2] | lanes[3] | lanes[4] | lanes[5] | lanes[6] | lanes[7]) == 0) continue;
    for (std::size_t i = at; i < std::min(count, at + kLanes); ++i) open |= std::uint64_t{rows.open[i] != 0} << i;
  }
  return open;
}

namespace {

double decay_of_one(std::int64_t now, std::int64_t unit, std::int64_t half_life, std::int64_t time) {
  return (unit == 1 ? decay_of_spans(now - time, half_life) : decay_of_span_in_days(now - time, half_life)).value;
}

// Of the rare rows that the quick way leaves open: numbers below 2^53 are divided as they are.
double decay_of_open(std::int64_t now, std::int64_t half_life, std::int64_t time) {
  const std::int64_t age = now - time;
  if (age < kMostExact) return exp2_of(-(static_cast<double>(age) / static_cast<double>(half_life)));
  return decay_of_spans(age, half_life).value;
}

}  // namespace

void decays_of(std::int64_t now, std::int64_t unit, std::int64_t half_life, const std::int64_t* times, std::size_t count, double* out) {
  static const bool is_wide = has_wide_decays();
  if (is_wide && half_life < kMostExact / unit) return wide_decays_of(now, half_life * unit, times, count, out, decay_of_open);
  std::int64_t half_lives[kMostRows], powers[kMostRows];
  std::fill_n(half_lives, std::min(count, kMostRows), half_life);
  for (std::size_t at = 0; at < count; at += kMostRows) {
    const std::size_t rows = std::min(kMostRows, count - at);
    const std::uint64_t open = quick_decays(now, unit, times + at, half_lives, powers, rows);
    for (std::size_t i = 0; i < rows; ++i) out[at + i] = std::bit_cast<double>(powers[i]);
    for (std::uint64_t rest = open; rest != 0; rest &= rest - 1) {
      const std::size_t row = at + static_cast<std::size_t>(std::countr_zero(rest));
      out[row] = decay_of_one(now, unit, half_life, times[row]);
    }
  }
}

}  // namespace segue
