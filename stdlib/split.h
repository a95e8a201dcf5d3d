// This file's external interface is `split_hash`: the number that decides into which part of a split an account falls. `language.md`, "split".
#pragma once

#include <cstdint>
#include <string_view>

namespace segue {

// One more than the greatest `split_hash`: 13 hexadecimal digits are 52 bits, which a double holds exactly.
inline constexpr std::uint64_t kSplitHashes = std::uint64_t{1} << 52;

// The first 13 hexadecimal digits of SHA-256 of `seed`, a zero byte and `key`, as a number. `key` is the account's key as outputs print it (`print_value.h`): text as
// it is, ints as digits, decimals with all digits of their scale, dates as `2026-03-01`, timestamps in UTC. Safe to call from several threads at once.
[[nodiscard]] std::uint64_t split_hash(std::string_view seed, std::string_view key);

}  // namespace segue
