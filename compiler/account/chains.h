// This file's interface, private to the folder, is `run_chains`: the conjunctions and disjunctions of one account, which are most of what there is to do.
#pragma once

#include <cstddef>
#include <cstdint>

namespace segue {

// A chain in words: the slot of its bit, 1 where the result is complemented, the number of operands and of groups; the operands; for each group its length and its operands. Its result: all operands
// hold, and some operand of each group. Operands are places in `bits`, where each bit of slot s stands at 2 s, its complement behind it.
inline constexpr std::size_t kChainHead = 4;

void run_chains(std::uint8_t* bits, const std::uint32_t* begin, const std::uint32_t* end);

}  // namespace segue
