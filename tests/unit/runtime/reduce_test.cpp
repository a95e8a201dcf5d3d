// Segmented reductions over groups that begin and end anywhere.
#include <bit>
#include <limits>
#include <random>
#include <span>
#include <utility>

#include <catch2/catch.hpp>

#include "runtime/kernels_reduce.h"

namespace segue {
namespace {

// Rows in groups, with a filter and values.
struct Groups {
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint64_t> filter;
  std::vector<std::int64_t> values;

  bool passes(std::size_t row) const { return ((filter[row / 64] >> (row % 64)) & 1) != 0; }
  std::size_t size() const { return offsets.size() - 1; }

  std::vector<std::int64_t> reduce(ReduceKernel kernel, const void* data = nullptr, const std::vector<std::int64_t>* more = nullptr) const {
    std::vector<std::int64_t> out(size());
    std::vector<std::uint64_t> bits(size() / 64 + 1);
    const std::int64_t* all[] = {values.data(), more == nullptr ? nullptr : more->data()};
    const std::span columns(all, more == nullptr ? 1U : 2U);
    kernel({.offsets = offsets.data(),
            .begin = 0,
            .end = size(),
            .filter = filter.data(),
            .values = columns,
            .out = out.data(),
            .out_bits = bits.data(),
            .data = data});
    if (kernel == reduce_any) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::int64_t>((bits[i / 64] >> (i % 64)) & 1);
    }
    return out;
  }
};

Groups random_groups(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Groups groups{.offsets = {static_cast<std::uint32_t>(random() % 70)}, .filter = {}, .values = {}};
  for (int i = 0; i < 200; ++i)
    groups.offsets.push_back(groups.offsets.back() + static_cast<std::uint32_t>(random() % 5 == 0 ? random() % 300 : random() % 4));
  for (std::size_t i = 0; i <= groups.offsets.back() / 64; ++i) {
    const std::uint64_t half = random();
    groups.filter.push_back(half & random());
  }
  for (std::size_t i = 0; i <= groups.offsets.back(); ++i) groups.values.push_back(static_cast<std::int64_t>(random() % 9) - 4);
  return groups;
}

std::int64_t bits_of(double value) { return std::bit_cast<std::int64_t>(value); }

}  // namespace

TEST_CASE("counting and looking for a row agree with counting row by row") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Groups groups = random_groups(seed);
    const std::vector<std::int64_t> counts = groups.reduce(reduce_count), any = groups.reduce(reduce_any);
    for (std::size_t group = 0; group < groups.size(); ++group) {
      std::int64_t expected = 0;
      for (std::size_t row = groups.offsets[group]; row < groups.offsets[group + 1]; ++row) expected += groups.passes(row);
      REQUIRE(counts[group] == expected);
      REQUIRE(any[group] == (expected > 0));
    }
  }
}

TEST_CASE("the least and the greatest agree with a look at each row") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Groups groups = random_groups(seed);
    const auto least = groups.reduce(reduce_min), greatest = groups.reduce(reduce_max);
    for (std::size_t group = 0; group < groups.size(); ++group) {
      std::vector<std::int64_t> values;
      for (std::size_t row = groups.offsets[group]; row < groups.offsets[group + 1]; ++row) {
        if (groups.passes(row)) values.push_back(groups.values[row]);
      }
      std::sort(values.begin(), values.end());
      REQUIRE(least[group] == (values.empty() ? 0 : values.front()));
      REQUIRE(greatest[group] == (values.empty() ? 0 : values.back()));
    }
  }
}

TEST_CASE("floats are ordered as numbers, with minus zero before zero") {
  const double infinity = std::numeric_limits<double>::infinity();
  const Groups groups{
      .offsets = {0, 5}, .filter = {0b11111}, .values = {bits_of(0.0), bits_of(-0.0), bits_of(-infinity), bits_of(2.5), bits_of(-1.0)}};
  CHECK(groups.reduce(reduce_min_float).front() == bits_of(-infinity));
  CHECK(groups.reduce(reduce_max_float).front() == bits_of(2.5));
  const Groups zeros{.offsets = {0, 2}, .filter = {0b11}, .values = {bits_of(0.0), bits_of(-0.0)}};
  CHECK(zeros.reduce(reduce_min_float).front() == bits_of(-0.0));
  CHECK(zeros.reduce(reduce_max_float).front() == bits_of(0.0));
}

TEST_CASE("a row is picked by its time, and none where no row passes") {
  const Groups groups{.offsets = {0, 3, 4, 6}, .filter = {0b110111}, .values = {7, 9, 8, 5, 3, 3}};
  const PickOrder latest{.is_latest = true, .keys = {{}}}, earliest{.is_latest = false, .keys = {{}}};
  CHECK(groups.reduce(reduce_pick, &latest) == std::vector<std::int64_t>{1, -1, 4});
  CHECK(groups.reduce(reduce_pick, &earliest) == std::vector<std::int64_t>{0, -1, 4});
}

namespace {

// The row that a look at each one after the other finds, by two keys.
std::int64_t picked(const Groups& groups, const std::vector<std::int64_t>& second, std::size_t group, bool is_latest) {
  std::int64_t best = -1;
  const auto is_before = [&](std::size_t a, std::size_t b) {
    const std::pair left(groups.values[a], second[a]), right(groups.values[b], second[b]);
    return is_latest ? left > right : left < right;
  };
  for (std::size_t row = groups.offsets[group]; row < groups.offsets[group + 1]; ++row) {
    if (groups.passes(row) && (best < 0 || is_before(row, static_cast<std::size_t>(best)))) best = static_cast<std::int64_t>(row);
  }
  return best;
}

}  // namespace

TEST_CASE("of rows with one time the second key picks, wherever the group begins, and whatever the times are") {
  const std::int64_t ends[] = {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Groups groups = random_groups(seed);
    std::mt19937_64 random(seed);
    std::vector<std::int64_t> second;
    for (std::int64_t& value : groups.values) {
      if (seed % 3 == 1) value = ends[random() % 2];
      if (seed % 3 == 2) value = static_cast<std::int64_t>(random());
      second.push_back(static_cast<std::int64_t>(random() % 5));
    }
    groups.values.resize(groups.values.size() + 64);
    for (const bool is_latest : {true, false}) {
      const PickOrder order{.is_latest = is_latest, .keys = {{}, {}}};
      for (const ReduceKernel kernel : {reduce_pick, reduce_pick_narrow}) {
        const std::vector<std::int64_t> rows = groups.reduce(kernel, &order, &second);
        for (std::size_t group = 0; group < groups.size(); ++group) REQUIRE(rows[group] == picked(groups, second, group, is_latest));
      }
    }
  }
}

}  // namespace segue
