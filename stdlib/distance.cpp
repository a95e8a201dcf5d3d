// This file decides distances by the haversine formula: with the angles between the points halved, sin²(latitudes) + cos · cos · sin²(longitudes) is at most
// sin²(distance / 2R). No inverse function is needed. Angles are reduced in degrees, where that is exact. The formula is worked out in doubles first; only where these do not decide, so close to the circle does
// a point lie, again in sums of two doubles (the filter of J. R. Shewchuk, "Adaptive precision floating-point arithmetic", 1997). The answer is that of the second way in any case.
#include "stdlib/distance.h"

#include <cstddef>
#include <type_traits>

#include "stdlib/double_double.h"

namespace segue {

namespace {

constexpr DoubleDouble kPi = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
constexpr DoubleDouble kRadiansPerDegree = {0x1.1df46a2529d39p-6, 0x1.5c1d8becdd291p-62};
constexpr DoubleDouble kRadius = {0x1.8e30240b78034p+12, 0x1.b71758e219653p-42};  // 6371.0088

// The series of sine and cosine, from the last term to the first; for angles up to 45° the first term left out is below 2^-100.
constexpr DoubleDouble kSine[] = {
    {0x1.259f98b4358adp-103, 0x1.eaf8c39dd9bc5p-157},   // 1/29!
    {-0x1.d1ab1c2dccea3p-94, -0x1.054d0c78aea14p-149},  // -1/27!
    {0x1.3f3ccdd165fa9p-84, -0x1.58ddadf344487p-139},   // 1/25!
    {-0x1.761b41316381ap-75, 0x1.3423c7d91404fp-130},   // -1/23!
    {0x1.71b8ef6dcf572p-66, -0x1.d043ae40c4647p-120},   // 1/21!
    {-0x1.2f49b46814157p-57, -0x1.2650f61dbdcb4p-112},  // -1/19!
    {0x1.952c77030ad4ap-49, 0x1.ac981465ddc6cp-103},    // 1/17!
    {-0x1.ae7f3e733b81fp-41, -0x1.1d8656b0ee8cbp-97},   // -1/15!
    {0x1.6124613a86d09p-33, 0x1.f28e0cc748ebep-87},     // 1/13!
    {-0x1.ae64567f544e4p-26, 0x1.c062e06d1f209p-80},    // -1/11!
    {0x1.71de3a556c734p-19, -0x1.c154f8ddc6c00p-73},    // 1/9!
    {-0x1.a01a01a01a01ap-13, -0x1.a01a01a01a01ap-73},   // -1/7!
    {0x1.1111111111111p-7, 0x1.1111111111111p-63},      // 1/5!
    {-0x1.5555555555555p-3, -0x1.5555555555555p-57},    // -1/3!
    {0x1.0000000000000p+0, 0x0.0p+0},                   // 1/1!
};
constexpr DoubleDouble kCosine[] = {
    {0x1.0a18a2635085dp-98, 0x1.b9e2e28e1aa54p-153},    // 1/28!
    {-0x1.88e85fc6a4e5ap-89, 0x1.71c37ebd16540p-143},   // -1/26!
    {0x1.f2cf01972f578p-80, -0x1.9ada5fcc1ab14p-135},   // 1/24!
    {-0x1.0ce396db7f853p-70, 0x1.aebcdbd20331cp-124},   // -1/22!
    {0x1.e542ba4020225p-62, 0x1.ea72b4afe3c2fp-120},    // 1/20!
    {-0x1.6827863b97d97p-53, -0x1.eec01221a8b0bp-107},  // -1/18!
    {0x1.ae7f3e733b81fp-45, 0x1.1d8656b0ee8cbp-101},    // 1/16!
    {-0x1.93974a8c07c9dp-37, -0x1.05d6f8a2efd1fp-92},   // -1/14!
    {0x1.1eed8eff8d898p-29, -0x1.2aec959e14c06p-83},    // 1/12!
    {-0x1.27e4fb7789f5cp-22, -0x1.cbbc05b4fa99ap-76},   // -1/10!
    {0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-76},     // 1/8!
    {-0x1.6c16c16c16c17p-10, 0x1.f49f49f49f49fp-65},    // -1/6!
    {0x1.5555555555555p-5, 0x1.5555555555555p-59},      // 1/4!
    {-0x1.0000000000000p-1, 0x0.0p+0},                  // -1/2!
    {0x1.0000000000000p+0, 0x0.0p+0},                   // 1/0!
};

template <typename Number>
constexpr Number narrowed(DoubleDouble value) {
  if constexpr (std::is_same_v<Number, DoubleDouble>) return value;
  else return value.high + value.low;
}

// Sum of coefficient · square^i, the coefficients from the last to the first.
template <typename Number, std::size_t Terms>
Number series_of(const DoubleDouble (&coefficients)[Terms], Number square) {
  Number result = narrowed<Number>(coefficients[0]);
  for (std::size_t i = 1; i < Terms; ++i) result = result * square + narrowed<Number>(coefficients[i]);
  return result;
}

template <typename Number>
Number sine_of(Number radians) {
  return radians * series_of(kSine, radians * radians);
}

template <typename Number>
Number cosine_of(Number radians) {
  return series_of(kCosine, radians * radians);
}

// An angle whose sine is asked for, as one of 0° to 45° whose sine or cosine it is.
struct ReducedAngle {
  DoubleDouble degrees;
  bool is_cosine = false;
};

// Of 0° to 180°; each difference is exact.
ReducedAngle reduced(DoubleDouble degrees) {
  if (degrees.high > 90) degrees = sum_of(180 - degrees.high, -degrees.low);
  if (degrees.high <= 45) return {degrees, false};
  return {sum_of(90 - degrees.high, -degrees.low), true};
}

template <typename Number>
Number sine_of(const ReducedAngle& angle) {
  const Number radians = narrowed<Number>(angle.degrees) * narrowed<Number>(kRadiansPerDegree);
  return angle.is_cosine ? cosine_of(radians) : sine_of(radians);
}

// Half the angle between two coordinates.
ReducedAngle half_between(double first, double second) {
  const DoubleDouble difference = sum_of(first, -second);
  const DoubleDouble half{difference.high / 2, difference.low / 2};
  return reduced(half.high < 0 ? -half : half);
}

// cos x is the sine of 90° - x.
ReducedAngle cosine_angle(double latitude) {
  const ReducedAngle sine = reduced({latitude < 0 ? -latitude : latitude, 0});
  return {sine.degrees, !sine.is_cosine};
}

struct Angles {
  ReducedAngle latitude, longitude;  // half of the angles between
  ReducedAngle cosine;               // of the point's latitude
};

template <typename Number>
Number haversine(const Angles& angles, Number center_cosine) {
  const Number latitude = sine_of<Number>(angles.latitude);
  const Number longitude = sine_of<Number>(angles.longitude);
  return latitude * latitude + sine_of<Number>(angles.cosine) * center_cosine * (longitude * longitude);
}

// sin of up to 90° in radians.
DoubleDouble sine_of_angle(DoubleDouble radians) {
  constexpr DoubleDouble kRight{kPi.high / 2, kPi.low / 2};
  constexpr double kHalfRight = kPi.high / 4;
  return radians.high > kHalfRight ? cosine_of(kRight - radians) : sine_of(radians);
}

}  // namespace

NearCircle make_near_circle(double latitude, double longitude, double kilometres) {
  NearCircle circle{.latitude = latitude, .longitude = longitude, .is_everywhere = kPi * kRadius <= DoubleDouble{kilometres, 0}};
  if (circle.is_everywhere) return circle;
  const auto cosine = sine_of<DoubleDouble>(cosine_angle(latitude));
  const DoubleDouble sine = sine_of_angle(DoubleDouble{kilometres / 2, 0} / kRadius);
  const DoubleDouble limit = sine * sine;
  circle.cos_high = cosine.high;
  circle.cos_low = cosine.low;
  circle.limit_high = limit.high;
  circle.limit_low = limit.low;
  return circle;
}

bool is_near(double latitude, double longitude, const NearCircle& circle) {
  if (circle.is_everywhere) return true;
  const Angles angles{half_between(latitude, circle.latitude), half_between(longitude, circle.longitude), cosine_angle(latitude)};
  // Every step errs by at most one bit in 2^53, and there are fewer than 200 of them.
  constexpr double kDoubt = 0x1p-45;
  const double rough = haversine<double>(angles, circle.cos_high);
  if (rough > circle.limit_high * (1 + kDoubt)) return false;
  if (rough < circle.limit_high * (1 - kDoubt)) return true;
  return haversine<DoubleDouble>(angles, {circle.cos_high, circle.cos_low}) <= DoubleDouble{circle.limit_high, circle.limit_low};
}

bool is_near(double latitude, double longitude, double center_latitude, double center_longitude, double kilometres) {
  return is_near(latitude, longitude, make_near_circle(center_latitude, center_longitude, kilometres));
}

}  // namespace segue
