// This file's external interface is distance on the globe: whether a point lies within so many kilometres of another. `language.md`, "Predicates".
// The answer is pinned: it depends on no library's sine, so it is the same on every machine.
#pragma once

namespace segue {

inline constexpr double kEarthRadiusKm = 6371.0088;  // the mean radius of the earth: every distance is along a great circle of that sphere
inline constexpr double kKilometresPerMile = 1.609344;

// All points within a distance of a centre, in the form in which points are tested against it. Made by `make_near_circle`.
struct NearCircle {
  double latitude = 0, longitude = 0;  // of the centre, in degrees
  bool is_everywhere = false;          // the distance is half the circumference, or more
  // cos of the centre's latitude, and sin² of half the angle that the distance is: each the sum of two doubles.
  double cos_high = 0, cos_low = 0;
  double limit_high = 0, limit_low = 0;
};

// `kilometres` is above 0; latitudes lie in -90 to 90, longitudes in -180 to 180.
[[nodiscard]] NearCircle make_near_circle(double latitude, double longitude, double kilometres);

// Whether the distance of the point from the centre is at most the circle's.
[[nodiscard]] bool is_near(double latitude, double longitude, const NearCircle& circle);

// The same for one point.
[[nodiscard]] bool is_near(double latitude, double longitude, double center_latitude, double center_longitude, double kilometres);

}  // namespace segue
