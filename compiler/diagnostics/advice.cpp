// The lines are compiled in: what the documentation says and what a report says is one text.
#include "compiler/diagnostics/advice.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace segue {
namespace {

struct AdviceLine {
  std::string_view code, text;
};

constexpr AdviceLine kAdvice[] = {
#include "compiler/diagnostics/advice.inc"
};

// `see [windows](time.md)` as `see windows`.
std::string without_links(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t middle = text.find("](", at);
    const std::size_t open = middle == std::string_view::npos ? middle : text.rfind('[', middle);
    const std::size_t close = middle == std::string_view::npos ? middle : text.find(')', middle);
    if (open == std::string_view::npos || close == std::string_view::npos || open < at) return result.append(text.substr(at));
    result.append(text.substr(at, open - at)).append(text.substr(open + 1, middle - open - 1));
    at = close + 1;
  }
  return result;
}

}  // namespace

std::string advice_of(DiagnosticKind kind) {
  const auto* line = std::ranges::find(kAdvice, info_of(kind).code, &AdviceLine::code);
  return line == std::end(kAdvice) ? std::string() : without_links(line->text);
}

}  // namespace segue
