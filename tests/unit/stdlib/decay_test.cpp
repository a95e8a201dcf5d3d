// Powers of two against high-precision ones, and what decay makes of them.
#include "stdlib/decay.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "stdlib/builtins.h"

using namespace segue;

namespace {

struct PowerCase {
  double x, power;
};

constexpr PowerCase kPowers[] = {
#define POWER(x, power) {x, power},
#define NEAR(latitude, longitude, center_latitude, center_longitude, kilometres, is_near)
#include "math_cases.inc"
#undef POWER
#undef NEAR
};

}  // namespace

TEST_CASE("powers of two are correctly rounded") {
  for (const auto& [x, power] : kPowers) {
    INFO(x);
    CHECK(exp2_of(x) == power);
  }
}

TEST_CASE("powers of two at the ends of the range") {
  CHECK(exp2_of(1024) == std::numeric_limits<double>::infinity());
  CHECK(exp2_of(std::numeric_limits<double>::infinity()) == std::numeric_limits<double>::infinity());
  CHECK(exp2_of(-std::numeric_limits<double>::infinity()) == 0);
  CHECK(exp2_of(-1e300) == 0);
  CHECK(exp2_of(-1074) == std::numeric_limits<double>::denorm_min());
  for (int n = -1074; n < 1024; ++n) CHECK(exp2_of(n) == std::ldexp(1.0, n));
}

TEST_CASE("decay halves with each half-life") {
  CHECK(decay_of_days(0, 14) == KnownFloat{1, true});
  CHECK(decay_of_days(14, 14) == KnownFloat{0.5, true});
  CHECK(decay_of_days(42, 14) == KnownFloat{0.125, true});
  CHECK(decay_of_days(7, 14).value == Approx(std::sqrt(0.5)).epsilon(1e-15));
  constexpr std::int64_t kHour = 3'600'000'000;
  CHECK(decay_of_spans(36 * kHour, 12 * kHour) == KnownFloat{0.125, true});
  CHECK(decay_of_span_in_days(48 * kHour, 2) == KnownFloat{0.5, true});
  CHECK(decay_of_span_in_days(1, 20'000'000'000'000'000) == KnownFloat{1, true});
  CHECK(decay_of_span_in_days(7 * kHour + 1, 3) == decay_of_spans(7 * kHour + 1, 72 * kHour));
}

TEST_CASE("decay of the future, and by no half-life, is missing") {
  CHECK(!decay_of_days(-1, 14).known);
  CHECK(!decay_of_spans(-1, 14).known);
  CHECK(!decay_of_span_in_days(-1, 14).known);
  CHECK(!decay_of_days(3, 0).known);
  CHECK(!decay_of_spans(3, -1).known);
  CHECK(!decay_of_span_in_days(3, 0).known);
}

// ── many at once ──

namespace {

// The kernel of a row of the table over all rows against its own function for one.
void check_batch(const Builtin& row, const Clock& clock, const std::vector<std::int64_t>& times, std::int64_t half_life) {
  const std::vector<std::int64_t> half_lives(times.size(), half_life);
  std::vector<std::int64_t> out(times.size());
  std::vector<std::uint64_t> known((times.size() + 63) / 64, ~std::uint64_t{0} - 4);  // the third of each 64 is not known
  const KernelContext context{clock, 0, 0};
  row.kernel.batch(context, times.data(), half_lives.data(), out.data(), known.data(), times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::int64_t operands[] = {times[i], half_life};
    const KnownInt expected = i % 64 == 2 ? kMissingInt : row.kernel.scalar(context, operands);
    INFO(row.name << " of " << times[i] << ", half-life " << half_life);
    REQUIRE((known[i / 64] >> (i % 64) & 1) == (expected.known ? 1U : 0U));
    REQUIRE(out[i] == expected.value);
  }
}

}  // namespace

TEST_CASE("decays of many rows have the bits of one after the other") {
  constexpr std::int64_t kNow = 1'770'000'000'123'456;
  const Clock clock = make_clock(kNow, utc_zone(), {});
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (const BuiltinId id : {BuiltinId::kDecayTimestampDays, BuiltinId::kDecayTimestampSpan, BuiltinId::kDecayDate}) {
    const std::int64_t now = id == BuiltinId::kDecayDate ? clock.today : clock.now;
    for (const std::int64_t half_life :
         {std::int64_t{1}, std::int64_t{7}, std::int64_t{90}, std::int64_t{86'400'000'000}, std::int64_t{1} << 53, std::int64_t{0},
          std::int64_t{-3}, std::numeric_limits<std::int64_t>::max()}) {
      std::vector<std::int64_t> times{now, now + 1, now - 1, now - half_life, 0, -62'135'596'800'000'000, now - (std::int64_t{1} << 52)};
      for (int i = 0; i < 500; ++i) times.push_back(now - static_cast<std::int64_t>(random() >> (12 + random() % 48)) + i % 2);
      check_batch(builtin(id), clock, times, half_life);
    }
  }
}

TEST_CASE("decays by one half-life have the bits of one after the other") {
  constexpr std::int64_t kNow = 1'770'000'000'123'456;
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (const std::int64_t unit : {std::int64_t{1}, kMicrosPerDay}) {
    for (const std::int64_t half_life : {std::int64_t{1}, std::int64_t{7}, std::int64_t{60}, std::int64_t{86'400'000'000},
                                         std::int64_t{1} << 53, std::numeric_limits<std::int64_t>::max()}) {
      std::vector<std::int64_t> times{kNow, kNow - 1, 0, -62'135'596'800'000'000, kNow - (std::int64_t{1} << 52)};
      for (int i = 0; i < 700; ++i) times.push_back(kNow - static_cast<std::int64_t>(random() >> (12 + random() % 48)));
      for (const std::size_t count : {times.size(), std::size_t{0}, std::size_t{1}, std::size_t{8}, std::size_t{64}}) {
        std::vector<double> out(count, -1);
        decays_of(kNow, unit, half_life, times.data(), count, out.data());
        for (std::size_t i = 0; i < count; ++i) {
          const std::int64_t age = kNow - times[i];
          INFO(age << " by " << half_life << " of " << unit);
          REQUIRE(out[i] == (unit == 1 ? decay_of_spans(age, half_life) : decay_of_span_in_days(age, half_life)).value);
        }
      }
    }
  }
}
