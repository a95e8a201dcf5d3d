// This file implements `matches`: RE2 behind our own types.
#include <cassert>

#include <re2/re2.h>
#include <re2/set.h>

#include "stdlib/text.h"

namespace segue {

namespace {

constexpr std::int64_t kPatternMemory = std::int64_t{16} << 20;
constexpr std::int64_t kSetMemory = std::int64_t{64} << 20;

RE2::Options options_of(std::int64_t memory) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(memory);
  options.set_never_capture(true);
  return options;
}

re2::StringPiece piece_of(std::string_view text) { return {text.data(), text.size()}; }

std::string quoted(const std::string& code) { return "`" + code + "`"; }

// RE2's own words are for programmers; these are not.
std::string explain_error(RE2::ErrorCode code, const std::string& argument) {
  switch (code) {
    case RE2::ErrorBadEscape: return quoted(argument) + " is not an escape; write `\\\\` for a backslash";
    case RE2::ErrorBadCharClass: return quoted(argument) + " is not a known class of characters";
    case RE2::ErrorBadCharRange:
      if (argument.starts_with("[:")) return quoted(argument) + " is not a known class of characters";
      return "the range " + quoted(argument) + " runs backwards; write the lower character first";
    case RE2::ErrorMissingBracket: return quoted(argument) + " opens a bracket that is never closed; add `]`";
    case RE2::ErrorMissingParen: return "a parenthesis is not closed in " + quoted(argument) + "; add `)`";
    case RE2::ErrorUnexpectedParen: return "a `)` closes nothing in " + quoted(argument) + "; write `\\)` for the character itself";
    case RE2::ErrorTrailingBackslash: return "the pattern ends with a single backslash; write `\\\\` for the character itself";
    case RE2::ErrorRepeatArgument:
      return quoted(argument) + " has nothing before it to repeat; write `\\" + argument + "` for the character itself";
    case RE2::ErrorRepeatSize: return "the repetition " + quoted(argument) + " is too large or runs backwards; repeat at most 1000 times";
    case RE2::ErrorRepeatOp: return quoted(argument) + " repeats a repetition; keep one of them";
    case RE2::ErrorBadPerlOp: return quoted(argument) + " is not supported; patterns know no look-ahead, look-behind or back-references";
    case RE2::ErrorBadUTF8: return "the pattern is not valid UTF-8";
    case RE2::ErrorBadNamedCapture: return quoted(argument) + " is not a group name; write `(?P<name>…)`";
    case RE2::ErrorPatternTooLarge: return "the pattern is too large; shorten it or its repetitions";
    default: return "the pattern is not a regular expression that can be read";
  }
}

}  // namespace

struct Pattern::Compiled {
  Compiled(std::string_view pattern, const RE2::Options& options) : text(pattern), regex(piece_of(pattern), options) {}

  std::string text;
  RE2 regex;
};

Pattern::Pattern(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

std::expected<Pattern, std::string> Pattern::compile(std::string_view pattern) {
  auto compiled = std::make_unique<Compiled>(pattern, options_of(kPatternMemory));
  if (!compiled->regex.ok()) return std::unexpected(explain_error(compiled->regex.error_code(), compiled->regex.error_arg()));
  return Pattern(std::move(compiled));
}

bool Pattern::matches(std::string_view text) const { return RE2::PartialMatch(piece_of(text), compiled_->regex); }

const std::string& Pattern::text() const { return compiled_->text; }

struct PatternSet::Compiled {
  std::vector<Pattern> patterns;
  std::unique_ptr<RE2::Set> set;  // null where one pass does not pay or is not possible
};

PatternSet::PatternSet(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;
PatternSet::~PatternSet() = default;

namespace {

std::unique_ptr<RE2::Set> joined_set(std::span<const std::string> patterns) {
  constexpr std::size_t kFewPatterns = 2;
  if (patterns.size() <= kFewPatterns) return nullptr;
  auto set = std::make_unique<RE2::Set>(options_of(kSetMemory), RE2::UNANCHORED);
  for (const std::string& pattern : patterns) {
    if (set->Add(piece_of(pattern), nullptr) < 0) return nullptr;
  }
  return set->Compile() ? std::move(set) : nullptr;
}

}  // namespace

std::expected<PatternSet, std::string> PatternSet::compile(std::span<const std::string> patterns) {
  auto compiled = std::make_unique<Compiled>();
  for (const std::string& text : patterns) {
    std::expected<Pattern, std::string> pattern = Pattern::compile(text);
    if (!pattern) return std::unexpected(pattern.error());
    compiled->patterns.push_back(std::move(*pattern));
  }
  compiled->set = joined_set(patterns);
  return PatternSet(std::move(compiled));
}

void PatternSet::match(std::string_view text, std::vector<std::uint8_t>& matched) const {
  matched.assign(compiled_->patterns.size(), 0);
  if (compiled_->set != nullptr) {
    std::vector<int> indices;
    RE2::Set::ErrorInfo error{};
    const bool is_match = compiled_->set->Match(piece_of(text), &indices, &error);
    for (const int index : indices) matched[static_cast<std::size_t>(index)] = 1;
    if (is_match || error.kind == RE2::Set::kNoError) return;
  }
  // Out of memory for the joined automaton: one pattern at a time.
  for (std::size_t i = 0; i < matched.size(); ++i) matched[i] = compiled_->patterns[i].matches(text) ? 1 : 0;
}

}  // namespace segue
