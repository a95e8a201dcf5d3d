// Patterns of ASCII against RE2: random patterns of everything that they read, on texts that lie close to them.
#include "stdlib/ascii_patterns.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "stdlib/text.h"

using namespace segue;

namespace {

class Writer {
 public:
  explicit Writer(unsigned seed) : random_(seed) {}

  std::string pattern(int depth) {
    switch (below(depth == 0 ? 6 : 10)) {
      case 0: return letter();
      case 1: return letter() + letter();
      case 2: return one_of({".", "\\.", "\\-", "\\n"});
      case 3: return set();
      case 4: return one_of({"\\b", "\\B", "^", "$", "\\A", "\\z"});
      case 5: return one_of({"\\d", "\\w", "\\s", "\\D", "\\W", "\\S"});
      case 6: return pattern(depth - 1) + pattern(depth - 1);
      case 7: return one_of({"(", "(?:", "(?i:"}) + pattern(depth - 1) + (below(2) == 0 ? "|" + pattern(depth - 1) : "|") + ")";
      case 8: return one_of({"", "", "(?i)"}) + pattern(depth - 1);
      default: return "(" + pattern(depth - 1) + ")" + one_of({"*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?", "{0}", "{1,3}?"});
    }
  }
  std::string text() {
    std::string text;
    for (std::size_t length = below(14); length > 0; --length)
      text += below(40) == 0 ? one_of({"é", "\xe2\x84\xaa"}) : one_of({"a", "b", "A", "B", "0", "1", "_", " ", "-", ".", "k", "S", "\n"});
    return text;
  }
  std::size_t below(std::size_t end) { return random_() % end; }

 private:
  std::string one_of(const std::vector<std::string>& words) { return words[below(words.size())]; }
  std::string letter() { return one_of({"a", "b", "A", "B", "0", "1", "_", " ", "-", "k", "S"}); }
  std::string set() {
    std::string set = below(3) == 0 ? "[^" : "[";
    for (std::size_t count = 1 + below(3); count > 0; --count) set += one_of({"a-b", "0-9", "\\w", "\\D", "\\-", "\\s", "k", "A"});
    return set + "]";
  }
  std::mt19937 random_;
};

// What some patterns say of a text by RE2.
std::uint64_t by_re2(const std::vector<Pattern>& patterns, const std::string& text) {
  std::uint64_t matched = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) matched |= std::uint64_t{patterns[i].matches(text)} << i;
  return matched;
}

bool is_ascii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

TEST_CASE("several patterns match where RE2 says so") {
  Writer writer(1);
  std::size_t compiled = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<std::string> texts;
    std::vector<Pattern> patterns;
    while (patterns.size() < 3) {
      texts.push_back(writer.pattern(4));
      auto pattern = Pattern::compile(texts.back());
      if (pattern) patterns.push_back(std::move(*pattern));
      else texts.pop_back();
    }
    const auto ascii = AsciiPatterns::compile(texts);
    if (!ascii) continue;
    ++compiled;
    AsciiMatcher matcher(*ascii);
    for (int i = 0; i < 40; ++i) {
      const std::string text = writer.text();
      const auto matched = matcher.match(text);
      INFO(texts[0] << "  " << texts[1] << "  " << texts[2] << "  on  " << text);
      CHECK(matched.has_value() == is_ascii(text));
      if (matched) CHECK(*matched == by_re2(patterns, text));
    }
  }
  CHECK(compiled > 300);
}

TEST_CASE("what only RE2 reads is left to it") {
  for (const std::string pattern : {"é", "\\pL", "(?s).", "(?P<name>a)", "[[:alpha:]]", "\\Qa.b\\E", "(?m)^a", "a{,3}", "[é]", "^*"}) {
    CAPTURE(pattern);
    CHECK(!AsciiPatterns::compile(std::vector{pattern}));
  }
  CHECK(!AsciiPatterns::compile(std::vector<std::string>(65, "a")));
  CHECK(!AsciiPatterns::compile(std::vector<std::string>{"((a{100}){100}){100}"}));
  CHECK(AsciiPatterns::compile(std::vector<std::string>(64, "a")));
}

TEST_CASE("too many states end in no answer") {
  const auto patterns = AsciiPatterns::compile(std::vector<std::string>{"a[ab]{14}$"});
  REQUIRE(patterns);
  AsciiMatcher matcher(*patterns);
  const Pattern expected = *Pattern::compile("a[ab]{14}$");
  Writer writer(2);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int length = 0; length < 40; ++length) text += writer.below(2) == 0 ? 'a' : 'b';
    const auto matched = matcher.match(text);
    if (matched) CHECK((*matched != 0) == expected.matches(text));
  }
  CHECK(matcher.is_full());
}
