// This file's external interface is text: UTF-8 validity, comparison by code point, Unicode simple case folding (Unicode 15.0), the text
// predicates, and patterns (`matches`). `language.md`, "Folding" and "Predicates".
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

// The version of Unicode whose CaseFolding.txt (statuses C and S) `fold` follows.
inline constexpr std::string_view kUnicodeVersion = "15.0.0";

// Whether `text` is well-formed UTF-8: no surrogates, no overlong forms, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

// Number of code points of well-formed UTF-8.
[[nodiscard]] std::size_t code_point_count(std::string_view text);

// Order by code point, which for UTF-8 is the order of bytes: -1, 0 or 1.
[[nodiscard]] int compare_text(std::string_view a, std::string_view b);

// Unicode simple case folding, one code point to one: `Straße` stays apart from `STRASSE`. `text` is well-formed UTF-8.
[[nodiscard]] std::string fold(std::string_view text);

// The same into a buffer that is reused; `out` is replaced.
void fold_into(std::string_view text, std::string& out);

// Whether `fold` would change nothing; true for most machine-made keys.
[[nodiscard]] bool is_folded(std::string_view text);

// `contains`, `starts with`, `ends with`, by bytes. Under folding pass folded text on both sides.
[[nodiscard]] bool contains(std::string_view text, std::string_view part);
[[nodiscard]] bool starts_with(std::string_view text, std::string_view part);
[[nodiscard]] bool ends_with(std::string_view text, std::string_view part);

// A compiled regular expression in RE2's syntax, unanchored. It sees the raw text whatever the column's folding; case is the pattern's own
// affair (`(?i)`). Safe to use from several threads at once.
class Pattern {
 public:
  // The error says in plain words what is wrong with the pattern.
  [[nodiscard]] static std::expected<Pattern, std::string> compile(std::string_view pattern);

  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] const std::string& text() const;

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

 private:
  struct Compiled;
  explicit Pattern(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// Many patterns tested on one text together, in one pass where that is possible.
class PatternSet {
 public:
  // The error is that of the first pattern that does not compile.
  [[nodiscard]] static std::expected<PatternSet, std::string> compile(std::span<const std::string> patterns);

  // One flag a pattern, in the order given; `matched` is resized.
  void match(std::string_view text, std::vector<std::uint8_t>& matched) const;

  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;
  ~PatternSet();

 private:
  struct Compiled;
  explicit PatternSet(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace segue
