// UTF-8, folding and patterns.
#include "stdlib/text.h"

#include <catch2/catch.hpp>
#include <utf8proc.h>

namespace segue {

TEST_CASE("the library in use is that of the pinned version of Unicode") { CHECK(utf8proc_unicode_version() == kUnicodeVersion); }

TEST_CASE("well-formed UTF-8 is told from other bytes") {
  for (const char* text :
       {"", "plain ASCII of some length", "Größe", "日本語のテキスト", "🦄", "\x7f", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"})
    CHECK(is_utf8(text));
  CHECK(is_utf8(std::string_view("a\0b", 3)));
  for (const char* text : {"\x80", "a\xff", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "12345678\xc3", "12345678\xc3(", "\xf0\x9f\xa6"}) {
    CHECK(!is_utf8(text));
  }
}

TEST_CASE("text compares by code point") {
  CHECK(compare_text("a", "b") == -1);
  CHECK(compare_text("b", "a") == 1);
  CHECK(compare_text("a", "ab") == -1);
  CHECK(compare_text("z", "é") == -1);
  CHECK(compare_text("\uffff", "\U00010000") == -1);  // by UTF-16 it would be the other way
  CHECK(compare_text("é", "é") == 0);
  CHECK(code_point_count("Größe 🦄") == 7);
}

TEST_CASE("folding is simple: one code point to one") {
  CHECK(fold("ACME GmbH") == "acme gmbh");
  CHECK(fold("MÜLLER") == "müller");
  CHECK(fold("Straße") == "straße");
  CHECK(fold("STRASSE") == "strasse");
  CHECK(fold("\u1e9e") == "ß");       // capital sharp s, status S
  CHECK(fold("\u0130") == "\u0130");  // dotted capital i has F and T only
  CHECK(fold("I\u0131") == "i\u0131");
  CHECK(fold("\u03a3\u03c3\u03c2") == "\u03c3\u03c3\u03c3");  // final sigma
  CHECK(fold("\u00b5") == "\u03bc");                          // micro sign
  CHECK(fold("\u017f") == "s");                               // long s
  CHECK(fold("\u212a\u212b") == "k\u00e5");                   // Kelvin, Angstrom
  CHECK(fold("\u13a0\uab70\u13f8") == "\u13a0\u13a0\u13f0");  // Cherokee folds to upper case
  CHECK(fold("\u1f88\u1fbc") == "\u1f80\u1fb3");              // status S
  CHECK(fold("\u0149\u01f0\ufb00") == "\u0149\u01f0\ufb00");  // F only
  CHECK(fold("\u01c5") == "\u01c6");
  CHECK(fold("\U00010400") == "\U00010428");
  CHECK(fold("ДОМ") == "дом");
}

TEST_CASE("folding twice changes nothing, for every code point") {
  int failures = 0;
  for (char32_t code = 0; code <= 0x10ffff; ++code) {
    if (code >= 0xd800 && code < 0xe000) continue;
    utf8proc_uint8_t bytes[4];
    const auto length = static_cast<std::size_t>(utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), bytes));
    const std::string folded = fold({reinterpret_cast<const char*>(bytes), length});
    if (!is_folded(folded) || fold(folded) != folded || code_point_count(folded) != 1) ++failures;
  }
  CHECK(failures == 0);
  CHECK(is_folded("acme-12"));
  CHECK(!is_folded("acme-A"));
  CHECK(!is_folded("ß\u1e9e"));
}

TEST_CASE("contains, starts with and ends with go by bytes") {
  CHECK(contains("Chief Marketing Officer", "Marketing"));
  CHECK(!contains("Chief Marketing Officer", "marketing"));
  CHECK(contains("abc", ""));
  CHECK(starts_with("Größe", "Gr"));
  CHECK(ends_with("example.com", ".com"));
  CHECK(!ends_with("com", "example.com"));
}

TEST_CASE("patterns are unanchored and know case only by their own wish") {
  const Pattern boss = Pattern::compile("(?i)\\b(chief|vp|head)\\b").value();
  CHECK(boss.matches("VP Sales"));
  CHECK(boss.matches("Office of the Chief"));
  CHECK(!boss.matches("Headless"));
  CHECK(!Pattern::compile("vp").value().matches("VP"));
  CHECK(Pattern::compile("^a.c$").value().matches("aéc"));  // a code point, not a byte
  CHECK(!Pattern::compile("^a$").value().matches("b\na"));
  CHECK(Pattern::compile("").value().matches(""));
  CHECK(Pattern::compile("b").value().matches(std::string_view("a\0b", 3)));
  CHECK(boss.text() == "(?i)\\b(chief|vp|head)\\b");
}

TEST_CASE("a pattern that does not compile is explained") {
  const auto error = [](const char* pattern) { return Pattern::compile(pattern).error(); };
  CHECK(error("a(b") == "a parenthesis is not closed in `a(b`; add `)`");
  CHECK(error("a)") == "a `)` closes nothing in `a)`; write `\\)` for the character itself");
  CHECK(error("[a-z") == "`[a-z` opens a bracket that is never closed; add `]`");
  CHECK(error("[z-a]") == "the range `z-a` runs backwards; write the lower character first");
  CHECK(error("*a") == "`*` has nothing before it to repeat; write `\\*` for the character itself");
  CHECK(error("a**") == "`**` repeats a repetition; keep one of them");
  CHECK(error("a{1001}") == "the repetition `{1001}` is too large or runs backwards; repeat at most 1000 times");
  CHECK(error("\\q") == "`\\q` is not an escape; write `\\\\` for a backslash");
  CHECK(error("a\\") == "the pattern ends with a single backslash; write `\\\\` for the character itself");
  CHECK(error("(?=a)") == "`(?=` is not supported; patterns know no look-ahead, look-behind or back-references");
  CHECK(error("[[:foo:]]") == "`[:foo:]` is not a known class of characters");
  CHECK(error("\xff") == "the pattern is not valid UTF-8");
  CHECK(error("((a{100}){100}){100}").size() > 10);
}

TEST_CASE("many patterns together match as each alone") {
  const std::vector<std::string> patterns = {"(?i)chief", "^VP", "sales$", "x{3}", ""};
  const PatternSet set = PatternSet::compile(patterns).value();
  std::vector<std::uint8_t> matched;
  for (const char* text : {"", "Chief of sales", "VP sales", "xxx", "none"}) {
    set.match(text, matched);
    REQUIRE(matched.size() == patterns.size());
    for (std::size_t i = 0; i < patterns.size(); ++i) CHECK(matched[i] == (Pattern::compile(patterns[i]).value().matches(text) ? 1 : 0));
  }
  CHECK(!PatternSet::compile(std::vector<std::string>{"a", "("}).has_value());
  CHECK(PatternSet::compile({}).has_value());
}

}  // namespace segue
