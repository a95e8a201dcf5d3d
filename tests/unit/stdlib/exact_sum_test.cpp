// The exact sum: rounded once, whatever the order and the partition.
#include "stdlib/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace segue {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kMax = std::numeric_limits<double>::max();

struct SumCase {
  std::vector<std::uint64_t> floats;
  std::vector<std::pair<std::int64_t, int>> decimals;
  std::int64_t count;
  std::uint64_t total;
  std::uint64_t average;
};

#define RATIO(...)
#define QUOTIENT(...)
#define COMPARISON(...)
#define ZONE(...)
#define UNWRAP(...) __VA_ARGS__
#define SUM(floats, decimals, count, total, average) {UNWRAP floats, UNWRAP decimals, count, total, average},
const std::vector<SumCase> kSums = {
#include "cases.inc"
};
#undef RATIO
#undef QUOTIENT
#undef COMPARISON
#undef ZONE
#undef UNWRAP
#undef SUM

ExactSum sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum;
}

std::uint64_t bits(KnownFloat value) { return std::bit_cast<std::uint64_t>(value.value); }

std::vector<double> floats_of(const SumCase& c) {
  std::vector<double> values;
  for (const std::uint64_t value : c.floats) values.push_back(std::bit_cast<double>(value));
  return values;
}

}  // namespace

TEST_CASE("a sum is exact and rounded once") {
  CHECK(exact_sum(std::vector<double>{}) == KnownFloat{0, true});
  CHECK(exact_sum(std::vector<double>(10, 0.1)) == KnownFloat{1.0, true});
  CHECK(exact_sum(std::vector{1e16, 1.0, -1e16}) == KnownFloat{1.0, true});
  CHECK(exact_sum(std::vector{1e308, 1e-308, 1e16, -1e308, 1.0, -1e16}) == KnownFloat{1.0, true});
  CHECK(exact_sum(std::vector{1.0, 0x1p-53, 0x1p-1074}) == KnownFloat{std::nextafter(1.0, 2.0), true});
  CHECK(exact_sum(std::vector{1.0, 0x1p-53}) == KnownFloat{1.0, true});
}

TEST_CASE("a sum keeps what overflows on the way, and infinities") {
  CHECK(exact_sum(std::vector{kMax, kMax, -kMax}) == KnownFloat{kMax, true});
  CHECK(exact_sum(std::vector{kMax, kMax}) == KnownFloat{kInf, true});
  CHECK(exact_sum(std::vector{-kMax, -kMax, 5.0}) == KnownFloat{-kInf, true});
  CHECK(exact_sum(std::vector{kInf, -kMax, kInf}) == KnownFloat{kInf, true});
  CHECK(exact_sum(std::vector{kInf, 1.0, -kInf}) == kMissingFloat);
  CHECK(sum_of({kMax, kMax}).average(2) == KnownFloat{kMax, true});
  CHECK(sum_of({-kInf, 2.0}).average(2) == KnownFloat{-kInf, true});
  CHECK(sum_of({}).average(0) == kMissingFloat);
}

TEST_CASE("an average is rounded once") {
  CHECK(sum_of({0x1p-1074, 0.0}).average(2) == KnownFloat{0, true});            // half of the least double, to even
  CHECK(sum_of({0x1.8p-1073, 0.0}).average(2) == KnownFloat{0x1p-1073, true});  // three halves, to even
  CHECK(sum_of({0.1, 0.2, 0.3}).average(3) == KnownFloat{0.2, true});
  CHECK(sum_of({1e16, 1.0, 1.0}).average(3) == KnownFloat{10000000000000002.0 / 3.0, true});
}

TEST_CASE("exact numbers add to a sum as exact numbers") {
  ExactSum tenths;
  for (int i = 0; i < 3; ++i) tenths.add_exact(1, 1);
  CHECK(tenths.total() == KnownFloat{0.3, true});  // three times the double 0.1 would be more
  ExactSum mixed;
  mixed.add(0x1p60);
  mixed.add_exact(5, 1);
  mixed.add_exact(-5, 1);
  mixed.add_exact(1, 18);
  mixed.add(-0x1p60);
  CHECK(mixed.total() == KnownFloat{1e-18, true});
  ExactSum ints;
  for (int i = 0; i < 4; ++i) ints.add_exact(std::numeric_limits<std::int64_t>::max(), 0);
  ints.add_exact(std::numeric_limits<std::int64_t>::min(), 0);
  CHECK(ints.total() == KnownFloat{0x1.8p64, true});
  ExactSum cancelling;  // what is left lies far below the least double of the parts
  cancelling.add_exact(1, 1);
  cancelling.add(-0.1);
  CHECK(cancelling.total() == KnownFloat{-0x1.999999999999ap-58, true});
}

TEST_CASE("sums agree with exact fractions computed elsewhere, forwards, backwards and merged") {
  for (const SumCase& c : kSums) {
    std::vector<double> values = floats_of(c);
    ExactSum forwards = sum_of(values);
    std::reverse(values.begin(), values.end());
    ExactSum backwards = sum_of(values);
    ExactSum halves = sum_of({values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2)});
    halves.merge(sum_of({values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end()}));
    for (ExactSum* sum : {&forwards, &backwards, &halves}) {
      for (const auto& [raw, scale] : c.decimals) sum->add_exact(raw, scale);
      CHECK(bits(sum->total()) == c.total);
      CHECK(bits(sum->average(c.count)) == c.average);
    }
  }
}

TEST_CASE("no order and no partition of many additions changes a bit") {
  std::mt19937_64 random(5);
  std::vector<double> values;
  for (int i = 0; i < 6'000; ++i)
    values.push_back(std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())), static_cast<int>(random() % 600) - 300));
  const ExactSum reference = sum_of(values);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    std::vector<ExactSum> parts(7);
    for (std::size_t i = 0; i < values.size(); ++i) parts[i * i % parts.size()].add(values[i]);
    ExactSum merged;
    for (const ExactSum& part : parts) merged.merge(part);
    CHECK(bits(merged.total()) == bits(reference.total()));
    CHECK(bits(merged.average(6'000)) == bits(reference.average(6'000)));
  }
}

TEST_CASE("a hundred thousand additions of one sign carry over") {
  ExactSum sum;
  for (int i = 0; i < 100'000; ++i) sum.add(kMax);
  CHECK(sum.total() == KnownFloat{kInf, true});
  CHECK(sum.average(100'000) == KnownFloat{kMax, true});
  for (int i = 0; i < 99'999; ++i) sum.add(-kMax);
  CHECK(sum.total() == KnownFloat{kMax, true});
  ExactSum empty;
  for (int i = 0; i < 3'000; ++i) empty.merge(sum);
  CHECK(empty.average(3'000) == KnownFloat{kMax, true});
}

}  // namespace segue
