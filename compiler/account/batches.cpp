// Chains as steps for 64 lanes, and the instructions that follow them.
#include "compiler/account/batches.h"

#include <algorithm>
#include <cassert>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "compiler/account/chains.h"

namespace segue {

// ── from chains to steps ──

namespace {

using LaneOperands = std::array<std::span<const std::uint32_t>, kBatchLanes>;

// Each step has one window: a lane takes its next operand there if it has one. `flip` looks at the operands' complements.
std::uint32_t add_steps(BatchList& list, const LaneOperands& operands, std::uint32_t flip) {
  std::array<std::vector<std::uint32_t>, kBatchLanes> left;
  std::vector<std::uint32_t> counts;  // by window: the most that a lane has there
  for (std::size_t lane = 0; lane < kBatchLanes; ++lane) {
    left[lane].assign(operands[lane].begin(), operands[lane].end());
    std::ranges::sort(left[lane], std::greater{});
    for (std::size_t i = 0, run = 0; i < left[lane].size(); ++i) {
      const std::uint32_t window = left[lane][i] / kWindowPlaces;
      run = i > 0 && left[lane][i - 1] / kWindowPlaces == window ? run + 1 : 1;
      if (window >= counts.size()) counts.resize(window + 1);
      counts[window] = std::max(counts[window], static_cast<std::uint32_t>(run));
    }
  }
  std::uint32_t made = 0;
  for (std::uint32_t window = 0; window < counts.size(); ++window) {
    for (std::uint32_t i = 0; i < counts[window]; ++i, ++made) {
      BatchStep& step = list.steps.emplace_back();
      list.windows.push_back(window);
      for (std::size_t lane = 0; lane < kBatchLanes; ++lane) {
        if (left[lane].empty() || left[lane].back() / kWindowPlaces != window) continue;
        const std::uint32_t place = (left[lane].back() ^ flip) % kWindowPlaces;
        step.bytes[lane] = static_cast<std::uint8_t>(place / 8), step.bits[lane] = static_cast<std::uint8_t>(1U << (place % 8));
        left[lane].pop_back();
      }
    }
  }
  return made;
}

void add_section(BatchList& list, const LaneOperands& operands, bool all_hold, std::uint64_t ones) {
  const std::uint32_t made = add_steps(list, operands, all_hold ? 1 : 0);
  list.sections.push_back({.step_count = made, .flip = all_hold ? ~std::uint64_t{0} : 0, .ones = ones});
}

// The groups of each lane, one of each lane at a time: lanes that have fewer pass.
void add_groups(BatchList& list, std::span<const BatchLane> lanes) {
  std::array<std::span<const std::uint32_t>, kBatchLanes> rest;
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    if (!lanes[lane].chain.empty()) rest[lane] = lanes[lane].chain.subspan(kChainHead + lanes[lane].chain[2]);
  }
  while (std::ranges::any_of(rest, [](const auto& each) { return !each.empty(); })) {
    LaneOperands operands;
    std::uint64_t ones = 0;
    for (std::size_t lane = 0; lane < kBatchLanes; ++lane) {
      if (rest[lane].empty()) {
        ones |= std::uint64_t{1} << lane;
        continue;
      }
      const std::size_t size = rest[lane][0];
      operands[lane] = rest[lane].subspan(1, size);
      rest[lane] = rest[lane].subspan(1 + size);
    }
    add_section(list, operands, false, ones);
  }
}

ChainBatch& add_batch(BatchList& list, std::span<const BatchLane> lanes) {
  assert(lanes.size() <= kBatchLanes);
  ChainBatch batch{.first_step = static_cast<std::uint32_t>(list.steps.size()),
                   .first_section = static_cast<std::uint32_t>(list.sections.size())};
  LaneOperands plain;
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    const std::span<const std::uint32_t> chain = lanes[lane].chain;
    if (chain.empty()) continue;
    plain[lane] = chain.subspan(kChainHead, chain[2]);
    batch.lanes |= std::uint64_t{1} << lane;
    if ((chain[1] != 0) != lanes[lane].is_negated) batch.flip |= std::uint64_t{1} << lane;
  }
  add_section(list, plain, true, 0);
  add_groups(list, lanes);
  batch.section_count = static_cast<std::uint32_t>(list.sections.size()) - batch.first_section;
  return list.batches.emplace_back(batch);
}

}  // namespace

void add_slot_batch(BatchList& list, std::span<const BatchLane> lanes) {
  add_batch(list, lanes).slots = static_cast<std::uint32_t>(list.slots.size());
  for (const BatchLane& lane : lanes) list.slots.push_back(lane.chain[0]);
}

void add_member_batch(BatchList& list, std::span<const BatchLane> lanes, std::uint32_t word) { add_batch(list, lanes).word = word; }

// ── following them ──

#if defined(__x86_64__)

#define SEGUE_BATCHES __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))

bool has_batches() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512vbmi");
  return has;
}

SEGUE_BATCHES void pack_bits(const std::uint8_t* bytes, std::uint64_t* packed, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) {
    const __m512i from = _mm512_loadu_si512(bytes + 64 * i);
    packed[i] = _mm512_test_epi8_mask(from, from);
  }
}

SEGUE_BATCHES std::uint64_t follow_batch(const BatchList& list, const ChainBatch& batch, const std::uint64_t* packed) {
  std::uint64_t result = ~std::uint64_t{0};
  const BatchStep* step = list.steps.data() + batch.first_step;
  const std::uint32_t* window = list.windows.data() + batch.first_step;
  const BatchSection* section = list.sections.data() + batch.first_section;
  for (std::uint32_t i = 0; i < batch.section_count; ++i, ++section) {
    __m512i set = _mm512_setzero_si512();
    for (std::uint32_t k = 0; k < section->step_count; ++k, ++step, ++window) {
      const std::uint64_t* table = packed + std::size_t{*window} * (kWindowPlaces / 64);
      const __m512i found =
          _mm512_permutex2var_epi8(_mm512_loadu_si512(table), _mm512_load_si512(step->bytes.data()), _mm512_loadu_si512(table + 8));
      set = _mm512_or_si512(set, _mm512_and_si512(found, _mm512_load_si512(step->bits.data())));
    }
    result &= (_mm512_test_epi8_mask(set, set) ^ section->flip) | section->ones;
  }
  return (result ^ batch.flip) & batch.lanes;
}

SEGUE_BATCHES void test_value_ranges(std::int64_t value, bool is_known, const std::uint64_t* lows, const std::uint64_t* widths,
                                     std::size_t count, std::uint8_t* out) {
  const __m512i values = _mm512_set1_epi64(value);
  const __m128i no = _mm_set1_epi16(0x0100), yes = _mm_set1_epi16(0x0001);
  const auto known = static_cast<__mmask8>(is_known ? 0xff : 0);
  for (std::size_t i = 0; i < count; i += 8) {
    const __m512i above = _mm512_sub_epi64(values, _mm512_loadu_si512(lows + i));
    const __mmask8 holds = _mm512_mask_cmple_epu64_mask(known, above, _mm512_loadu_si512(widths + i));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 2 * i), _mm_mask_blend_epi16(holds, no, yes));
  }
}

#undef SEGUE_BATCHES

#else

bool has_batches() { return false; }
void pack_bits(const std::uint8_t*, std::uint64_t*, std::size_t) { assert(false && "the machine has no batches"); }
std::uint64_t follow_batch(const BatchList&, const ChainBatch&, const std::uint64_t*) {
  assert(false && "the machine has no batches");
  return 0;
}
void test_value_ranges(std::int64_t, bool, const std::uint64_t*, const std::uint64_t*, std::size_t, std::uint8_t*) {
  assert(false && "the machine has no batches");
}

#endif

}  // namespace segue
