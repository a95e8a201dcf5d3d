// YAML as these files use it: any bytes give a tree or diagnostics, with places.
#include "compiler/schema/yaml.h"

#include <random>

#include <catch2/catch.hpp>

namespace segue {
namespace {

YamlDocument parse(std::string text) { return parse_yaml(make_source("x.yaml", std::move(text)), SourceId{0}); }

std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

// The text under the span of the value of `key` in the top map.
std::string spanned(const std::string& text, std::string_view key) {
  const YamlDocument document = parse(text);
  REQUIRE(document.root);
  const YamlEntry* entry = find_entry(document.node(*document.root), key);
  REQUIRE(entry != nullptr);
  const Span span = document.node(entry->value).span;
  return text.substr(span.begin, span.end - span.begin);
}

TEST_CASE("a value's span covers exactly its text") {
  CHECK(spanned("a: some text  # comment\n", "a") == "some text");
  CHECK(spanned("a: \"some \\\" text\"\n", "a") == "\"some \\\" text\"");
  CHECK(spanned("a: 'it''s'\n", "a") == "'it''s'");
  CHECK(spanned("a: [x, [y, \"]\"], z ]\nb: 1\n", "a") == "[x, [y, \"]\"], z ]");
  CHECK(spanned("a: {x: 1,}\n", "a") == "{x: 1,}");
  CHECK(spanned("a: {}\n", "a") == "{}");
  CHECK(spanned("\xEF\xBB\xBF"
                "a: x\n",
                "a") == "x");
  CHECK(spanned("a: x\r\nb: y\r\n", "b") == "y");
  CHECK(spanned("ä: ü\nb: ö\n", "b") == "ö");
  CHECK(spanned("a: one\n  two\n", "a") == "one\n  two");
  CHECK(spanned("a: &x value\n", "a") == "value");
  CHECK(spanned("a: null\nb: 1\n", "a") == "null");
  CHECK(spanned("a:\nnull: 1\n", "a") == "a");
}

TEST_CASE("what is not UTF-8, a control character or a tab in the indentation is one error") {
  CHECK(parse("a: \xFF\n").diagnostics.at(0).kind == DiagnosticKind::kInvalidUtf8);
  CHECK(parse(std::string("a: \0b\n", 6)).diagnostics.size() == 1);
  CHECK(parse("a: \x04 b\n").diagnostics.size() == 1);
  CHECK(parse("a: b\rc: d\n").diagnostics.size() == 1);
  const YamlDocument tabs = parse("a:\n\tb: 1\n\t\tc: 1\n");
  REQUIRE(tabs.diagnostics.size() == 1);
  CHECK(tabs.diagnostics[0].fix->edits.size() == 3);
  CHECK(parse("a:\t1\n\t\n\t# comment\n").diagnostics.empty());
}

TEST_CASE("deep nesting, long lines and unclosed brackets end in one diagnostic") {
  for (const std::string& text :
       {repeated("[", 100'000), repeated("{a: ", 100'000), repeated("- ", 100'000), repeated("? ", 10'000), repeated("&a ", 10'000),
        repeated("!a ", 10'000), repeated("a: ", 10'000), repeated("]", 10'000), repeated("*a ", 10'000), repeated("\"", 99'999),
        repeated("'", 99'999), repeated("%", 10'000), repeated("|\n", 10'000)}) {
    INFO(text.substr(0, 6));
    const YamlDocument document = parse(text);
    CHECK(document.diagnostics.size() <= 1);
    CHECK((document.root || document.nodes.empty() || !document.diagnostics.empty()));
  }
  CHECK(parse("a: " + repeated("x", 10'000'000) + "\n").diagnostics.empty());
}

TEST_CASE("aliases that multiply are refused before they are walked") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + repeated(", " + last, 9) + "]\n";
  }
  const YamlDocument document = parse(text);
  REQUIRE(document.diagnostics.size() == 1);
  CHECK(document.diagnostics[0].message.find("100,000") != std::string::npos);
}

TEST_CASE("a second document is an error, its end marker is not") {
  CHECK(parse("a: 1\n---\nb: 2\n").diagnostics.size() == 1);
  CHECK(parse("a: 1\n---\n").diagnostics.size() == 1);
  CHECK(parse("--- \na: 1\n...\n").diagnostics.empty());
  CHECK(parse("%YAML 1.2\n---\na: 1\n").diagnostics.empty());
  CHECK(parse("a: 1\n---\nb: 2\n").root.has_value());
}

TEST_CASE("any bytes give a tree or diagnostics") {
  std::mt19937 random(7);
  const std::string_view alphabet = "ab: -[]{},\"'\n\n#&*!|>%@`?~\t\\x01";
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const std::size_t length = random() % 40;
    for (std::size_t i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
    INFO(text);
    const YamlDocument document = parse(text);
    for (const YamlNode& node : document.nodes) {
      CHECK(node.span.begin <= node.span.end);
      CHECK(node.span.end <= text.size());
    }
    for (const Diagnostic& diagnostic : document.diagnostics) CHECK(std::get<Span>(diagnostic.location).end <= text.size());
  }
}

}  // namespace
}  // namespace segue
