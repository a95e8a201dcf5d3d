// This file's external interface is sizes of memory as people write them (`--memory 2GiB`), and how much there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace segue {

// `512MiB`, `2 GiB`, `1.5gb`, `64000KB`: a number and KiB, MiB, GiB, TiB (powers of 1024), KB, MB, GB or TB (powers of 1000) in any case. Nothing for anything else,
// for 0, and for what no machine has.
[[nodiscard]] std::optional<std::uint64_t> parse_memory(std::string_view text);

// The other way round, in the largest of these units of 1024 that fits: `1.5GiB`.
[[nodiscard]] std::string shown_memory(std::uint64_t bytes);

// What this process may take without pushing others out: what the machine has left, or its control group. 0 where nobody knows.
[[nodiscard]] std::uint64_t available_memory();

}  // namespace segue
