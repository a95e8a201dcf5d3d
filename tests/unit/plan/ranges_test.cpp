// Sets of integers as ranges.
#include <limits>

#include <catch2/catch.hpp>

#include "compiler/plan/graph.h"

namespace segue {
namespace {

using Ranges = std::vector<IntRange>;
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("ranges that touch or overlap become one") {
  CHECK(normal_ranges({{5, 7}, {1, 2}, {3, 4}, {9, 8}}) == Ranges{{1, 7}});
  CHECK(normal_ranges({{1, 5}, {2, 3}, {7, 7}}) == Ranges{{1, 5}, {7, 7}});
  CHECK(normal_ranges({{kLeast, kGreatest}, {0, 0}}) == Ranges{{kLeast, kGreatest}});
  CHECK(normal_ranges({}).empty());
}

TEST_CASE("the complement of a set of ranges holds everything else") {
  CHECK(complement_ranges({}) == Ranges{{kLeast, kGreatest}});
  CHECK(complement_ranges({{kLeast, kGreatest}}).empty());
  CHECK(complement_ranges({{0, 5}, {7, 9}}) == Ranges{{kLeast, -1}, {6, 6}, {10, kGreatest}});
  CHECK(complement_ranges({{kLeast, 3}}) == Ranges{{4, kGreatest}});
  CHECK(complement_ranges({{3, kGreatest}}) == Ranges{{kLeast, 2}});
}

TEST_CASE("the intersection of two sets of ranges holds what both hold") {
  CHECK(intersect_ranges({{0, 10}}, {{5, 20}}) == Ranges{{5, 10}});
  CHECK(intersect_ranges({{0, 3}, {6, 9}}, {{2, 7}}) == Ranges{{2, 3}, {6, 7}});
  CHECK(intersect_ranges({{0, 3}}, {{4, 9}}).empty());
}

}  // namespace segue
