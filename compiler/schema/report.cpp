// How the readers of schema and project files say what is wrong.
#include "compiler/schema/report.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"

namespace segue {
namespace {

// How many diagnostics of a file are kept.
constexpr std::size_t kMost = 100;

}  // namespace

Diagnostic& Report::add(DiagnosticKind kind, Span span, std::string message) {
  diagnostics_.push_back(make_diagnostic(kind, span, std::move(message)));
  return diagnostics_.back();
}

bool Report::accepts_utf8(SourceId id, std::string_view text) {
  const std::size_t bad = first_invalid_utf8(text);
  if (bad == text.size()) return true;
  const auto at = static_cast<std::uint32_t>(bad);
  add(DiagnosticKind::kInvalidUtf8, Span{id, at, at + 1}, "this is not UTF-8 text; save the file in the encoding UTF-8");
  return false;
}

Diagnostic& Report::add_near(DiagnosticKind kind, Span span, std::string_view message, std::string_view name,
                             std::span<const std::string> candidates) {
  // What will not be kept is not worth the search.
  const std::optional<std::string> nearest = diagnostics_.size() < kMost ? nearest_name(name, candidates) : std::nullopt;
  Diagnostic& diagnostic = add(kind, span, fmt::format("{}{}", message, nearest ? fmt::format("; did you mean `{}`?", *nearest) : ""));
  if (nearest) diagnostic.fix = Fix{fmt::format("write `{}`", *nearest), {Edit{span, *nearest}}};
  return diagnostic;
}

void keep_first(std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.size() <= kMost) return;
  const auto place = [](const Diagnostic& diagnostic) {
    const Span* span = std::get_if<Span>(&diagnostic.location);
    return std::pair<std::uint32_t, std::string_view>(span == nullptr ? 0 : span->begin, diagnostic.message);
  };
  std::ranges::sort(diagnostics, {}, place);
  const std::size_t more = diagnostics.size() - kMost;
  diagnostics.resize(kMost);
  diagnostics.back().notes.push_back(make_note(fmt::format("{} more follow in this file; mend these first", more)));
}

std::string quoted_list(std::span<const std::string> words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? fmt::format(" {} ", last) : std::string(", ");
    text += fmt::format("`{}`", words[i]);
  }
  return text;
}

}  // namespace segue
