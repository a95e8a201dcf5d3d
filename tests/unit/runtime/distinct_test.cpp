// Different values of groups that begin and end anywhere, under many filters, by each kernel that this machine can run.
#include <bit>
#include <limits>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "runtime/kernels_distinct.h"

namespace segue {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(), kGreatest = std::numeric_limits<std::int64_t>::max();

std::vector<GroupsKernel> kernels() {
  std::vector<GroupsKernel> result{count_distinct};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4") != 0) result.push_back(distinct_kernel(8));
#endif
  return result;
}

// Rows in groups, with filters in blocks as frames have them, behind one line that is another's.
struct FilteredGroups {
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint64_t> blocks;
  std::size_t filters = 0;

  [[nodiscard]] BitLines filter(std::size_t i) const { return {blocks.data() + (i + 1) * kBlockWords, (filters + 1) * kBlockWords}; }

  [[nodiscard]] std::vector<std::vector<std::int64_t>> count(GroupsKernel kernel, const RowValues& values, bool is_float) const {
    const std::size_t groups = offsets.size() - 1;
    std::vector<std::vector<std::int64_t>> result(filters, std::vector<std::int64_t>(groups, -1));
    std::vector<std::int64_t*> out;
    std::vector<BitLines> bits;
    for (std::size_t i = 0; i < filters; ++i) bits.push_back(filter(i)), out.push_back(result[i].data());
    const DistinctData data{is_float};
    kernel({.offsets = offsets.data(),
            .begin = 0,
            .end = groups,
            .bits = bits,
            .values = std::span(&values, 1),
            .out = out,
            .out_bits = {},
            .data = &data});
    return result;
  }
};

FilteredGroups random_groups_of(std::mt19937_64& random, std::size_t filters, std::size_t most_rows) {
  FilteredGroups groups{.offsets = {static_cast<std::uint32_t>(random() % 70)}, .blocks = {}, .filters = filters};
  for (int i = 0; i < 60; ++i)
    groups.offsets.push_back(groups.offsets.back() + static_cast<std::uint32_t>(random() % 4 == 0 ? random() % most_rows : random() % 4));
  groups.blocks.resize((groups.offsets.back() / kBlockRows + 1) * (filters + 1) * kBlockWords);
  for (std::uint64_t& word : groups.blocks) word = random() & random();
  return groups;
}

template <typename T>
void check_counts(const FilteredGroups& groups, const std::vector<T>& values, Storage storage) {
  for (const GroupsKernel kernel : kernels()) {
    const auto counts = groups.count(kernel, {values.data(), storage}, false);
    for (std::size_t filter = 0; filter < groups.filters; ++filter) {
      for (std::size_t group = 0; group + 1 < groups.offsets.size(); ++group) {
        std::set<T> met;
        for (std::size_t row = groups.offsets[group]; row < groups.offsets[group + 1]; ++row) {
          if (groups.filter(filter).test(row)) met.insert(values[row]);
        }
        REQUIRE(counts[filter][group] == static_cast<std::int64_t>(met.size()));
      }
    }
  }
}

template <typename T>
std::vector<T> random_values(std::mt19937_64& random, const FilteredGroups& groups, std::int64_t least, std::uint64_t count) {
  std::vector<T> values((groups.offsets.back() / 64 + 1) * 64);
  for (T& value : values) value = static_cast<T>(static_cast<std::uint64_t>(least) + random() % count);
  return values;
}

}  // namespace

TEST_CASE("different values of any width and spread are counted as by a set") {
  std::mt19937_64 random(1);
  for (const std::size_t filters : {1, 3, 4, 9}) {
    const FilteredGroups groups = random_groups_of(random, filters, 1700);
    for (const std::uint64_t count : {1, 2, 63, 64, 65, 128, 250})
      check_counts(groups, random_values<std::int8_t>(random, groups, -128, count), Storage::kInt8);
    for (const std::uint64_t count : {40, 256, 257, 60'000})
      check_counts(groups, random_values<std::int16_t>(random, groups, -30'000, count), Storage::kInt16);
    for (const std::uint64_t count : {64, 65'536, 65'537, 1'000'000})
      check_counts(groups, random_values<std::int32_t>(random, groups, -5, count), Storage::kCodes);
    for (const std::uint64_t count : {64, 200, 100'000}) {
      check_counts(groups, random_values<std::int64_t>(random, groups, kLeast, count), Storage::kInt64);
      check_counts(groups, random_values<std::int64_t>(random, groups, kGreatest - 100, std::min<std::uint64_t>(count, 101)),
                   Storage::kInt64);
    }
    std::vector<std::int64_t> extremes = random_values<std::int64_t>(random, groups, 0, 3);
    for (std::int64_t& value : extremes) value = value == 0 ? kLeast : value == 1 ? kGreatest : 0;
    check_counts(groups, extremes, Storage::kInt64);
  }
}

TEST_CASE("both zeros are one different value") {
  const FilteredGroups groups{
      .offsets = {0, 0, 5, 7}, .blocks = std::vector<std::uint64_t>(2 * kBlockWords, ~std::uint64_t{0}), .filters = 1};
  std::vector<std::int64_t> values;
  for (const double value : {0.0, -0.0, 2.5, -1.0, 2.5, -0.0, 0.0}) values.push_back(std::bit_cast<std::int64_t>(value));
  values.resize(64);
  for (const GroupsKernel kernel : kernels())
    CHECK(groups.count(kernel, {values.data(), Storage::kFloat64}, true).front() == std::vector<std::int64_t>{0, 3, 1});
}

}  // namespace segue
