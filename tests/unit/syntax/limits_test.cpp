// Any bytes give a diagnostic, and nothing crashes: depth, length, garbage.
#include <random>

#include <catch2/catch.hpp>

#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"

namespace segue {
namespace {

// Sanitizers make parsing some twenty times slower; there it is the kind of input that counts, not its length.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kSlowness = 20;
#else
constexpr std::size_t kSlowness = 1;
#endif

std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

ParseResult parse_source_text(const std::string& text) { return parse(make_source("a.seg", text), SourceId{0}); }

// The kinds of what is said about a text.
std::vector<DiagnosticKind> kinds(const std::string& text) {
  std::vector<DiagnosticKind> result;
  for (const Diagnostic& diagnostic : parse_source_text(text).diagnostics) result.push_back(diagnostic.kind);
  return result;
}

const std::vector<DiagnosticKind> kNothing;
const std::vector<DiagnosticKind> kTooDeep = {DiagnosticKind::kTooDeep};

std::string nested(std::string_view open, std::size_t count, std::string_view close) {
  return repeated(open, count) + "a" + repeated(close, count);
}

TEST_CASE("brackets, calls and not nest up to 1,000 levels") {
  CHECK(kinds("define x = " + nested("(", 1'000, ")")) == kNothing);
  CHECK(kinds("define x = " + nested("f(", 1'000, ")")) == kNothing);
  CHECK(kinds("define x = " + nested("any(r where ", 1'000, ")")) == kNothing);
  CHECK(kinds("define x = " + nested("not ", 1'000, "")) == kNothing);
  CHECK(kinds("segment x { where " + nested("(", 1'000, ")") + " }") == kNothing);
  CHECK(kinds("test \"x\" { account {a: " + nested("[", 999, "]") + "} expect b }") == kNothing);
}

TEST_CASE("deeper nesting is one diagnostic") {
  CHECK(kinds("define x = " + nested("(", 1'001, ")")) == kTooDeep);
  CHECK(kinds("define x = " + nested("f(", 1'001, ")")) == kTooDeep);
  CHECK(kinds("define x = " + nested("not ", 1'001, "")) == kTooDeep);
  CHECK(kinds("define x = " + nested("-", 1'001, "")) == kTooDeep);
  CHECK(kinds("define x = " + repeated("(", 100'000)) == kTooDeep);
  CHECK(kinds("define x = " + repeated("[", 100'000)) == kTooDeep);
  CHECK(kinds("define x = " + repeated("not ", 100'000) + "a") == kTooDeep);
  CHECK(kinds("param x: " + repeated("list<", 100'000)) == kTooDeep);
}

TEST_CASE("a declaration beside one that nests too deep is whole") {
  const ParseResult result = parse_source_text("define x = " + repeated("(", 5'000) + "\ndefine y = customer\n");
  REQUIRE(result.ast.declarations.size() == 2);
  CHECK(result.ast.declarations[0].is_broken);
  CHECK_FALSE(result.ast.declarations[1].is_broken);
}

TEST_CASE("the deepest nesting is formatted and compared") {
  for (const std::string& text :
       {"define x = " + nested("any(r where ", 1'000, ")") + "\n", "define x = " + nested("not ", 1'000, "") + "\n"}) {
    const Source source = make_source("a.seg", text);
    const ParseResult first = parse(source, SourceId{0});
    const Source formatted = make_source("b.seg", format(first.ast, source));
    CHECK(same_tree(first.ast, parse(formatted, SourceId{0}).ast));
  }
}

TEST_CASE("chains are as long as one likes") {
  for (const std::string_view connector : {" and ", " or ", " + ", " * ", " or else ", "\n  and "}) {
    const std::string text = "define x = a" + repeated(std::string(connector) + "a", 100'000 / kSlowness) + "\n";
    const Source source = make_source("a.seg", text);
    const ParseResult result = parse(source, SourceId{0});
    CHECK(result.diagnostics.empty());
    REQUIRE(result.ast.declarations.size() == 1);
    const Source formatted = make_source("b.seg", format(result.ast, source));
    CHECK(same_tree(result.ast, parse(formatted, SourceId{0}).ast));
  }
}

TEST_CASE("a line of 10 MB is read") {
  constexpr std::size_t kSize = 10'000'000 / kSlowness;
  CHECK_FALSE(kinds(std::string(kSize, 'a')).empty());
  CHECK_FALSE(kinds(std::string(kSize, '"')).empty());
  CHECK_FALSE(kinds(std::string(kSize, '\'')).empty());
  CHECK_FALSE(kinds(std::string(kSize, '}')).empty());
  CHECK(kinds("# " + std::string(kSize, 'a')) == kNothing);
  CHECK(kinds("define x = \"" + std::string(kSize, 'a') + '"') == kNothing);
  CHECK(kinds("define x = " + repeated("a and ", kMaxDeclarationTokens / 2) + "a") ==
        std::vector<DiagnosticKind>{DiagnosticKind::kTooLong});
}

TEST_CASE("a file that is too large is not read") {
  CHECK(kinds(std::string(kMaxRuleFileSize + 1, ' ')) == std::vector<DiagnosticKind>{DiagnosticKind::kFileTooLarge});
}

TEST_CASE("what is no text at all gives at most a screen of diagnostics") {
  CHECK_FALSE(kinds(std::string(1'000, '\0')).empty());
  CHECK_FALSE(kinds(std::string(1'000, '\xFF')).empty());
  CHECK_FALSE(kinds("define x = \"\xED\xA0\x80\"").empty());
  CHECK(kinds(repeated("; ", 10'000)).size() <= 100);
  CHECK(kinds("\xEF\xBB\xBF") == kNothing);
  CHECK(kinds("\xEF\xBB\xBF"
              "define x = a\r\n") == kNothing);
  CHECK(kinds("") == kNothing);
}

TEST_CASE("a clause that belongs nowhere does not stop parsing for ever") {
  CHECK(kinds("segment a {\n  account {}\n}\n") == std::vector<DiagnosticKind>{DiagnosticKind::kSyntaxError});
  CHECK(kinds("segment a {\n  account {}\n  range\n  as of\n  by\n}\n").size() >= 2);
  CHECK_FALSE(kinds("test \"a\" {\n  where b\n  by c\n  + 5\n}\n").empty());
}

TEST_CASE("random bytes and random words never crash") {
  std::mt19937 random(20261124);
  const std::vector<std::string> words = {
      "segment", "define", "score", "tiers", "test", "where", "except", "expect", "and",  "or",  "not",   "(",  ")",    "[", "]",
      "{",       "}",      ",",     ":",     "=",    "<",     "+",      "-",      "*",    "any", "count", "a",  "b",    "1", "5%",
      "\"x\"",   "within", "last",  "days",  "in",   "is",    "null",   "known",  "list", "use", "\n",    "\n", "#c\n", "'", "`"};
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    std::string text;
    for (int i = 0; i < 60; ++i) {
      bytes += static_cast<char>(random() % 256);
      text += words[random() % words.size()] + " ";
    }
    parse_source_text(bytes);
    const Source source = make_source("a.seg", text);
    const ParseResult result = parse(source, SourceId{0});
    if (!has_errors(result.diagnostics)) CHECK_FALSE(format(result.ast, source).empty());
  }
}

}  // namespace
}  // namespace segue
