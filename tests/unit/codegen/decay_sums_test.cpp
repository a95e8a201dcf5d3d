// Sums of weights that decay, as the kernel makes them, against one weight and one sum after the other.
#include <bit>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/codegen/kernels.h"
#include "stdlib/decay.h"
#include "stdlib/exact_sum.h"
#include "stdlib/time_zone.h"

using namespace segue;

namespace {

constexpr std::int64_t kNow = 1'770'000'000'123'456;

struct DecayRows {
  std::vector<std::uint32_t> offsets;
  std::vector<std::int64_t> times;
  std::vector<std::int32_t> days;
  std::vector<std::vector<std::uint64_t>> bits;  // of two filters, in lines of blocks that lie apart
};

// Groups of some sizes: none, few, more than a tile of the kernel, more than the sums without rounding hold. `lead` rows before them are of no group.
DecayRows make_rows(std::mt19937_64& random, std::uint32_t lead, std::int64_t oldest) {
  DecayRows rows{.offsets = {lead}, .times = {}, .days = {}, .bits = {}};
  for (const std::uint32_t size : {0U, 1U, 3U, 8U, 64U, 0U, 511U, 700U, 1U, 5'000U, 17U, 2U, 0U})
    rows.offsets.push_back(rows.offsets.back() + size);
  for (int i = 0; i < 60; ++i) rows.offsets.push_back(rows.offsets.back() + static_cast<std::uint32_t>(random() % 40));
  const std::size_t all = (rows.offsets.back() + kBlockRows) / kBlockRows * kBlockRows;
  for (std::size_t i = 0; i < all; ++i) {
    const auto age = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(oldest));
    rows.times.push_back(kNow - age);
    rows.days.push_back(static_cast<std::int32_t>(kNow / kMicrosPerDay - age / kMicrosPerDay));
  }
  for (const std::uint64_t density : {1U, 3U}) {
    std::vector<std::uint64_t>& words = rows.bits.emplace_back(all / 64 * 2);
    for (std::uint64_t& word : words) word = density == 1 ? random() & random() & random() : random() | random();
  }
  return rows;
}

double expected_sum(const DecayRows& rows, std::size_t group, const BitLines& filter, bool is_date, std::int64_t half_life) {
  ExactSum sum;
  for_each_set_bit(filter, rows.offsets[group], rows.offsets[group + 1], [&](std::size_t row) {
    sum.add((is_date ? decay_of_days(kNow / kMicrosPerDay - rows.days[row], half_life)
                     : decay_of_span_in_days(kNow - rows.times[row], half_life))
                .value);
  });
  return sum.total().value;
}

void check_sums(const DecayRows& rows, bool is_date, unsigned vector_words) {
  const std::size_t groups = rows.offsets.size() - 1;
  const std::vector<BitLines> bits{{rows.bits[0].data(), kBlockWords * 2}, {rows.bits[1].data(), kBlockWords * 2}};
  const std::vector<RowValues> values{is_date ? RowValues{rows.days.data(), Storage::kInt32}
                                              : RowValues{rows.times.data(), Storage::kInt64}};
  const DecaySumsData data{.time = std::make_shared<const OwnedClock>(make_clock(kNow, utc_zone(), {})),
                           .is_date = is_date,
                           .unit = is_date ? 1 : kMicrosPerDay,
                           .parts = {{0, {{7, 0}, {90, 1}}}, {1, {{7, 2}, {1, 3}}}}};
  std::vector<std::vector<std::int64_t>> out(4, std::vector<std::int64_t>(groups, -1));
  const std::vector<std::int64_t*> outs{out[0].data(), out[1].data(), out[2].data(), out[3].data()};
  std::vector<std::uint64_t> known(groups / 64 + 1);
  const std::vector<std::uint64_t*> all_known{known.data()};
  decay_sums_kernel(vector_words)({.offsets = rows.offsets.data(),
                                   .begin = 1,
                                   .end = groups,
                                   .bits = bits,
                                   .values = values,
                                   .out = outs,
                                   .out_bits = all_known,
                                   .data = &data});
  for (const DecaySumsData::Part& part : data.parts) {
    for (const DecaySumsData::Asked& asked : part.asked) {
      for (std::size_t group = 1; group < groups; ++group) {
        INFO("group " << group << ", half-life " << asked.half_life << ", filter " << part.bits);
        REQUIRE(std::bit_cast<double>(out[asked.out][group]) == expected_sum(rows, group, bits[part.bits], is_date, asked.half_life));
      }
    }
  }
  for (std::size_t group = 0; group < groups; ++group) REQUIRE((known[group / 64] >> (group % 64) & 1) == (group >= 1 ? 1 : 0));
}

}  // namespace

TEST_CASE("sums of decays have the bits of one weight and one sum after the other") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (const std::int64_t oldest : {180 * kMicrosPerDay, 20'000 * kMicrosPerDay}) {
    for (const std::uint32_t lead : {0U, 13U}) {
      const DecayRows rows = make_rows(random, lead, oldest);
      for (const bool is_date : {false, true}) {
        check_sums(rows, is_date, 2);
        check_sums(rows, is_date, 8);
      }
    }
  }
}
