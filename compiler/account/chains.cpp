// Without vectors and nearly without branches: operands lie anywhere, and gathering them takes longer than reading them one by one.
#include "compiler/account/chains.h"

namespace segue {

namespace {

// `join(bit)` for each of the operands, eight without a loop.
template <typename Join>
inline void for_each_operand(const std::uint8_t* bits, const std::uint32_t* at, std::uint32_t count, Join&& join) {
  for (; count > 8; --count) join(bits[at[count - 1]]);
  switch (count) {
    case 8: join(bits[at[7]]); [[fallthrough]];
    case 7: join(bits[at[6]]); [[fallthrough]];
    case 6: join(bits[at[5]]); [[fallthrough]];
    case 5: join(bits[at[4]]); [[fallthrough]];
    case 4: join(bits[at[3]]); [[fallthrough]];
    case 3: join(bits[at[2]]); [[fallthrough]];
    case 2: join(bits[at[1]]); [[fallthrough]];
    case 1: join(bits[at[0]]); [[fallthrough]];
    default: break;
  }
}

}  // namespace

void run_chains(std::uint8_t* bits, const std::uint32_t* at, const std::uint32_t* end) {
  while (at != end) {
    const std::uint32_t out = at[0], flip = at[1], count = at[2];
    std::uint32_t groups = at[3];
    std::uint8_t all = 1;
    at += kChainHead;
    for_each_operand(bits, at, count, [&all](std::uint8_t bit) { all &= bit; });
    at += count;
    for (; groups != 0; --groups) {
      std::uint8_t any = 0;
      const std::uint32_t size = *at++;
      for_each_operand(bits, at, size, [&any](std::uint8_t bit) { any |= bit; });
      at += size;
      all &= any;
    }
    bits[2 * out] = static_cast<std::uint8_t>(all ^ flip);
    bits[2 * out + 1] = static_cast<std::uint8_t>(all ^ flip ^ 1);
  }
}

}  // namespace segue
