// Distances against high-precision ones, on both sides of the border to the last bit.
#include "stdlib/distance.h"

#include <catch2/catch.hpp>

using namespace segue;

namespace {

struct NearCase {
  double latitude, longitude, center_latitude, center_longitude, kilometres;
  bool is_near;
};

constexpr NearCase kCases[] = {
#define POWER(x, power)
#define NEAR(latitude, longitude, center_latitude, center_longitude, kilometres, is_near) \
  {latitude, longitude, center_latitude, center_longitude, kilometres, is_near},
#include "math_cases.inc"
#undef POWER
#undef NEAR
};

}  // namespace

TEST_CASE("a point is near exactly up to the distance") {
  for (const NearCase& each : kCases) {
    INFO(each.latitude << ", " << each.longitude << " from " << each.center_latitude << ", " << each.center_longitude << " within "
                       << each.kilometres);
    CHECK(is_near(each.latitude, each.longitude, each.center_latitude, each.center_longitude, each.kilometres) == each.is_near);
  }
}

TEST_CASE("the distance to itself is nothing, and half round the globe is everywhere") {
  CHECK(is_near(52.5, 13.4, 52.5, 13.4, 1e-12));
  CHECK(is_near(10, 180, 10, -180, 1e-12));
  CHECK(is_near(90, 20, 90, -150, 1e-9));
  CHECK(is_near(-52.5, -166.6, 52.5, 13.4, 20'015.2));
  CHECK(!is_near(-52.5, -166.6, 52.5, 13.4, 20'015.1));
}
