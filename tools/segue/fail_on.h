// This file's external interface is `--fail-on`: which changes of meaning fail `segue diff`.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace segue::command {

enum class FailOnSubject : std::uint8_t { kBreaking, kChanged, kUnproved, kEntering, kLeaving, kMoving };

// `entering>5%`; of a count, without `%`; of the others without a limit.
struct FailOn {
  FailOnSubject subject{};
  double above = 0;
  bool is_percent = false;
  std::string text;  // as written
};

// `breaking,entering>5%`. The message of what is wrong with it.
[[nodiscard]] std::expected<std::vector<FailOn>, std::string> parse_fail_on(std::string_view text);

}  // namespace segue::command
