// Powers of two against high-precision ones, and what decay makes of them.
#include "stdlib/decay.h"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

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
