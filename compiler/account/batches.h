// This file's interface, private to the folder, is ChainBatch: 64 conjunctions of one account at a time. One instruction of AVX-512 VBMI looks up an operand of each of them in a
// table of 1,024 bits, so that a definition of eight conditions takes less than a cycle of the processor. Machines without it follow chain by chain (chains.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segue {

inline constexpr std::uint32_t kBatchLanes = 64;
inline constexpr std::uint32_t kWindowPlaces = 1024;  // that one look-up reaches
inline constexpr std::uint32_t kMostWindows = 64;     // beyond, batches have more steps than chains have operands

// One operand of each lane: a byte of the window and a bit in it; no bit where a lane has none.
struct alignas(64) BatchStep {
  std::array<std::uint8_t, kBatchLanes> bytes{}, bits{};
};
// Operands of which one must be set, or, if flipped, none; `ones` are the lanes that pass whatever they are.
struct BatchSection {
  std::uint32_t step_count = 0;
  std::uint64_t flip = 0, ones = 0;
};
inline constexpr std::uint32_t kNoSlots = 0xffff'ffff;
struct ChainBatch {
  std::uint32_t first_step = 0, first_section = 0, section_count = 0;
  std::uint64_t flip = 0;                    // lanes whose result is complemented
  std::uint64_t lanes = 0;                   // that there are
  std::uint32_t slots = kNoSlots, word = 0;  // where results go: the lanes' slots in BatchList::slots, or a word of the members
};
struct BatchList {
  std::vector<BatchStep> steps;
  std::vector<std::uint32_t> windows;  // by step
  std::vector<BatchSection> sections;
  std::vector<ChainBatch> batches;
  std::vector<std::uint32_t> slots;
};

// A chain in words, as chains.h has it; no words for a lane that stays empty.
struct BatchLane {
  std::span<const std::uint32_t> chain;
  bool is_negated = false;
};
// Adds a batch of up to 64 lanes, whose results go to the chains' own slots or to a word of the members.
void add_slot_batch(BatchList& list, std::span<const BatchLane> lanes);
void add_member_batch(BatchList& list, std::span<const BatchLane> lanes, std::uint32_t word);

// Whether this machine has the instructions; the functions below need them.
[[nodiscard]] bool has_batches();
// A bit for each of `words` times 64 bytes, which are 0 or 1.
void pack_bits(const std::uint8_t* bytes, std::uint64_t* packed, std::size_t words);
// The results of a batch, by lane.
[[nodiscard]] std::uint64_t follow_batch(const BatchList& list, const ChainBatch& batch, const std::uint64_t* packed);
// Of one value whether it lies in each of `count` ranges, a multiple of eight: a bit and its complement for each.
void test_value_ranges(std::int64_t value, bool is_known, const std::uint64_t* lows, const std::uint64_t* widths, std::size_t count,
                       std::uint8_t* out);

}  // namespace segue
