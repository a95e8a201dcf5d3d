// Words and limits between commas.
#include "tools/segue/fail_on.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace segue::command {
namespace {

constexpr std::string_view kFailOnHelp =
    "`--fail-on` takes `breaking`, `changed`, `unproved`, and `entering>N`, `leaving>N`, `moving>N` with a number or percentage, with "
    "commas between them";

constexpr std::pair<std::string_view, FailOnSubject> kSubjects[] = {
    {"breaking", FailOnSubject::kBreaking}, {"changed", FailOnSubject::kChanged}, {"unproved", FailOnSubject::kUnproved},
    {"entering", FailOnSubject::kEntering}, {"leaving", FailOnSubject::kLeaving}, {"moving", FailOnSubject::kMoving}};

bool has_limit(FailOnSubject subject) { return subject >= FailOnSubject::kEntering; }

// `5%` or `100`.
bool parse_limit(std::string_view text, FailOn& result) {
  if (text.ends_with('%')) {
    result.is_percent = true;
    text.remove_suffix(1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result.above);
  return error == std::errc{} && end == text.data() + text.size() && result.above >= 0;
}

std::expected<FailOn, std::string> parse_one(std::string_view word) {
  const auto wrong = [&] { return std::unexpected(fmt::format("{}; not `{}`", kFailOnHelp, word)); };
  const std::size_t sign = word.find('>');
  const auto found = std::ranges::find(kSubjects, word.substr(0, sign), &std::pair<std::string_view, FailOnSubject>::first);
  if (found == std::end(kSubjects)) return wrong();
  FailOn result{.subject = found->second, .text = std::string(word)};
  if (has_limit(result.subject) != (sign != std::string_view::npos)) return wrong();
  if (has_limit(result.subject) && !parse_limit(word.substr(sign + 1), result)) return wrong();
  return result;
}

}  // namespace

std::expected<std::vector<FailOn>, std::string> parse_fail_on(std::string_view text) {
  std::vector<FailOn> all;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    auto one = parse_one(text.substr(begin, end - begin));
    if (!one) return std::unexpected(std::move(one.error()));
    all.push_back(std::move(*one));
    begin = end + 1;
  }
  return all;
}

}  // namespace segue::command
