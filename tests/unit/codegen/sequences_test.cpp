// Many sequences over the same groups in one pass, against the rule asked of each alone.
#include <random>

#include <catch2/catch.hpp>

#include "compiler/codegen/kernels.h"

namespace segue {
namespace {

constexpr std::int64_t kDayMicros = 86'400'000'000;

struct AskedSequence {
  std::vector<std::uint32_t> steps;
  SequenceLimit limit;
};

// Rows in groups, a few of which meet each of some steps; bits lie in blocks as frames have them.
struct SequenceRows {
  static constexpr std::size_t kSteps = 5;
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint64_t> blocks;
  std::vector<std::int64_t> times, by;

  [[nodiscard]] BitLines step(std::size_t i) const { return {blocks.data() + i * kBlockWords, kSteps * kBlockWords}; }
};

SequenceRows random_rows(std::mt19937_64& random, std::size_t most_rows) {
  SequenceRows rows{.offsets = {static_cast<std::uint32_t>(random() % 70)}, .blocks = {}, .times = {}, .by = {}};
  for (int i = 0; i < 100; ++i)
    rows.offsets.push_back(rows.offsets.back() + static_cast<std::uint32_t>(random() % 3 == 0 ? random() % most_rows : random() % 5));
  const std::size_t blocks = rows.offsets.back() / kBlockRows + 1;
  rows.blocks.resize(blocks * SequenceRows::kSteps * kBlockWords);
  for (std::uint64_t& word : rows.blocks) word = random() & random() & random();
  const std::int64_t days = static_cast<std::int64_t>(random() % 90) + 1;
  for (std::size_t i = 0; i < blocks * kBlockRows; ++i) {
    rows.times.push_back(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(4 * days)) * kDayMicros / 4);
    const std::int64_t by[] = {0, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
    rows.by.push_back(by[random() % 3]);
  }
  return rows;
}

std::vector<AskedSequence> random_sequences(std::mt19937_64& random) {
  std::vector<AskedSequence> asked;
  for (int i = 0; i < 30; ++i) {
    std::vector<std::uint32_t> steps(random() % 6 == 0 ? 1 : 2 + random() % 3);
    for (std::uint32_t& step : steps) step = static_cast<std::uint32_t>(random() % SequenceRows::kSteps);
    const auto days = static_cast<std::int64_t>(random() % 20) - 1;
    switch (random() % 3) {
      case 0: asked.push_back({steps, {Kind::kDays, days, false}}); break;
      case 1: asked.push_back({steps, {Kind::kMonths, days % 3, false}}); break;
      default: asked.push_back({steps, {Kind::kSpan, days * kDayMicros / 2, false}}); break;
    }
  }
  return asked;
}

bool holds_alone(const SequenceRows& rows, const AskedSequence& asked, std::size_t group, bool has_by, const TimeZone& zone) {
  std::vector<SequenceRow> taking_part;
  const auto meets = [&](std::size_t row, std::size_t step) { return rows.step(asked.steps[step]).test(row); };
  for (std::size_t row = rows.offsets[group]; row < rows.offsets[group + 1]; ++row)
    taking_part.push_back({has_by ? static_cast<std::uint64_t>(rows.by[row]) : 0, rows.times[row], row});
  std::sort(taking_part.begin(), taking_part.end());
  return has_sequence(taking_part, asked.steps.size(), asked.limit, zone, meets);
}

void check_sequences(const SequenceRows& rows, const std::vector<AskedSequence>& asked, bool has_by, const Clock& clock) {
  SequencesData data;
  data.has_by = has_by;
  data.time = std::make_shared<const OwnedClock>(clock);
  for (std::uint32_t i = 0; i < asked.size(); ++i) data.add(asked[i].steps, asked[i].limit, i);
  const std::size_t groups = rows.offsets.size() - 1;
  std::vector<std::vector<std::uint64_t>> found(asked.size(), std::vector<std::uint64_t>(groups / 64 + 1));
  std::vector<std::uint64_t*> out_bits;
  for (auto& words : found) out_bits.push_back(words.data());
  std::vector<BitLines> bits;
  for (std::size_t i = 0; i < SequenceRows::kSteps; ++i) bits.push_back(rows.step(i));
  const RowValues values[] = {{rows.times.data(), Storage::kInt64}, {rows.by.data(), Storage::kInt64}};
  test_sequences({.offsets = rows.offsets.data(),
                  .begin = 0,
                  .end = groups,
                  .bits = bits,
                  .values = values,
                  .out = {},
                  .out_bits = out_bits,
                  .data = &data});
  for (std::size_t i = 0; i < asked.size(); ++i) {
    for (std::size_t group = 0; group < groups; ++group) {
      const bool is_found = ((found[i][group / 64] >> (group % 64)) & 1) != 0;
      REQUIRE(is_found == holds_alone(rows, asked[i], group, has_by, *clock.zone));
    }
  }
}

}  // namespace

TEST_CASE("sequences that are looked for together are found as if each were alone") {
  const Clock clock = make_clock(1'772'000'000'000'000, utc_zone(), {});
  std::mt19937_64 random(7);
  for (int round = 0; round < 20; ++round) {
    const SequenceRows rows = random_rows(random, round % 4 == 0 ? 900 : 60);
    check_sequences(rows, random_sequences(random), round % 3 == 0, clock);
  }
}

}  // namespace segue
