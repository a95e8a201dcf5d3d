// What the tests of the warnings share: rules as text, to warnings as text.
#pragma once

#include <string>
#include <string_view>

#include "tests/unit/check/fixture.h"

namespace segue::test {

// The warnings of rules without errors, `code: message` each, joined by ` | `; those about unused definitions only in `all_warnings`.
[[nodiscard]] std::string warnings_of_rules(std::string_view rules, const Setup& setup = {});
[[nodiscard]] std::string all_warnings(std::string_view rules, const Setup& setup = {});

// The same of a segment with this condition, and only their codes.
[[nodiscard]] std::string warnings_of(std::string_view condition);
[[nodiscard]] std::string codes_of(std::string_view condition);

// The rules, or the condition, after the first warning's fix.
[[nodiscard]] std::string mended_rules(std::string_view rules);
[[nodiscard]] std::string mended(std::string_view condition);

}  // namespace segue::test
