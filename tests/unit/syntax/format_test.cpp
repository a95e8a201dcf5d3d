// The formatter: parsing its text gives the same tree, formatting it again the same text, and comments survive.
#include "compiler/syntax/format.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "compiler/syntax/parse.h"

namespace segue {
namespace {

std::string formatted(const std::string& text) {
  const Source source = make_source("a.seg", text);
  const ParseResult result = parse(source, SourceId{0});
  for (const Diagnostic& diagnostic : result.diagnostics) FAIL(diagnostic.message << "\n" << text);
  return format(result.ast, source);
}

// Checks what must hold of any text, and gives its layout.
std::string checked(const std::string& text) {
  const std::string once = formatted(text);
  INFO(text << "\n--- becomes ---\n" << once);
  const Source before = make_source("a.seg", text);
  const Source after = make_source("b.seg", once);
  const ParseResult first = parse(before, SourceId{0});
  const ParseResult second = parse(after, SourceId{0});
  CHECK(same_tree(first.ast, second.ast));
  CHECK(first.ast.comments.size() == second.ast.comments.size());
  CHECK(formatted(once) == once);
  return once;
}

TEST_CASE("needless parentheses go, needed ones stay") {
  CHECK(checked("define x = ((a)) and (b and c)") == "define x = a and b and c\n");
  CHECK(checked("define x = (a + b) + c - (d - e)") == "define x = a + b + c - (d - e)\n");
  CHECK(checked("define x = (a * b) / (c / d) + (e)") == "define x = a * b / (c / d) + e\n");
  CHECK(checked("define x = (a + b) * c") == "define x = (a + b) * c\n");
  CHECK(checked("define x = not (a or b) and not (not c)") == "define x = not (a or b) and not not c\n");
  CHECK(checked("define x = (a or b) and c") == "define x = (a or b) and c\n");
  CHECK(checked("define x = (a or else b) or else (c + 1) > 2") == "define x = a or else b or else c + 1 > 2\n");
  CHECK(checked("define x = (a = b) = c") == "define x = (a = b) = c\n");
  CHECK(checked("define x = -(5) - -5 + -(a) * -(-5)") == "define x = -5 - -5 + -a * --5\n");
  CHECK(checked("define x = (a or else b) + 1 - (c and d)") == "define x = (a or else b) + 1 - (c and d)\n");
}

TEST_CASE("names keep only the back-quotes that they need") {
  CHECK(checked("define x = `a` and `Annual Revenue` and `where` and `last` and `null` and `Days`") ==
        "define x = a and `Annual Revenue` and `where` and `last` and `null` and `Days`\n");
  CHECK(checked("define x = `count`(a) and count(a)") == "define x = `count`(a) and count(a)\n");
}

TEST_CASE("a condition that does not fit on a line opens each line with its connector") {
  CHECK(checked("segment s { where employees between 200 and 5_000 and industry in [Software, Fintech] and (hq_country in [US, CA] or "
                "hq_country in nordics) }") ==
        "segment s {\n"
        "  where employees between 200 and 5_000\n"
        "    and industry in [Software, Fintech]\n"
        "    and (hq_country in [US, CA] or hq_country in nordics)\n"
        "}\n");
}

TEST_CASE("clauses and metadata have one order") {
  CHECK(checked("segment s { expect not empty\n url: \"u\" except a, b\n where c\n tags: [x, \"y z\"] owner: \"o\" }") ==
        "segment s {\n  owner: \"o\"\n  tags: [x, \"y z\"]\n  url: \"u\"\n  where c\n  except a, b\n  expect not empty\n}\n");
}

TEST_CASE("declarations of one line and one kind stand together") {
  CHECK(checked("param a: int = 1\n\n\nparam b: int = 2\nlist l = [x]\n## Doc.\nlist m = [y]\nsegment s {\nwhere a }") ==
        "param a: int = 1\nparam b: int = 2\n\nlist l = [x]\n\n## Doc.\nlist m = [y]\n\nsegment s {\n  where a\n}\n");
}

TEST_CASE("a doc comment stays one, and a comment does not become one") {
  CHECK(checked("## Not a doc comment.\n\n## Doc.\n## More.\ndefine x = a") ==
        "## Not a doc comment.\n\n## Doc.\n## More.\ndefine x = a\n");
  CHECK(checked("## Doc.\ndefine x = (\n## inside\n a)") == "# inside\n## Doc.\ndefine x = a\n");
  CHECK(checked("define x = a ## not doc\ndefine y = b") == "define x = a  ## not doc\ndefine y = b\n");
}

TEST_CASE("comments survive wherever they stand") {
  const std::string text =
      "segment s \"T\" {\nowner: \"x\"\nwhere a\nand (b\nor c = [1,\n2])\nexcept d,\ne\nexpect size at least\n5\n}\nscore t {\n+5 when "
      "any(events\nwhere x\n)\n}\n"
      "test \"u\" {\naccount {\na: 1,\nb: [{\nc: 2\n}]\n}\nexpect s\n}\ndefine f(\nn: int\n) for\nr =\nn\n+ 5\n";
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    const std::string end_of_line = std::string(text).insert(at, " # here");
    const std::string own_line = std::string(text).insert(at + 1, "# here\n");
    const std::string doc_line = std::string(text).insert(at + 1, "## here\n");
    for (const std::string& commented : {end_of_line, own_line, doc_line}) {
      const std::string result = checked(commented);
      INFO(commented << "\n--- becomes ---\n" << result);
      CHECK(result.find("here") != std::string::npos);
    }
  }
}

TEST_CASE("a comment after every line survives") {
  const std::string text =
      "segment s {\nowner: \"x\"\nwhere a\nand (b\nor c in [\n1,\n2\n]\n)\nexcept d,\ne\n}\nscore t {\nrange 0..5\n+5\n-6 when a\nor b\n}\n"
      "test \"u\" {\nas of 2026-03-01\naccount {\na: 1,\nb: [\n{\nc: 2\n}\n]\n}\nexpect s\n}\n";
  std::string commented;
  int line = 0;
  for (const char c : text) {
    if (c == '\n') commented += " # " + std::to_string(++line);
    commented += c;
  }
  checked(commented);
}

TEST_CASE("lines of a score do not open with a sign that is no term's") {
  const std::string name(40, 'n');
  checked("score s {\n+ " + name + " + " + name + " - " + name + " + -" + name + " - (" + name + " + " + name + " - " + name + ")\n}");
}

TEST_CASE("a file with CRLF or a byte-order mark is laid out with LF") {
  CHECK(checked("\xEF\xBB\xBF# c\r\nsegment s {\r\n  where a # d\r\n}\r\n") == "# c\nsegment s {\n  where a  # d\n}\n");
}

TEST_CASE("an empty file stays empty, a file of comments stays as it is") {
  CHECK(checked("").empty());
  CHECK(checked("\n\n# a\n\n\n# b\n") == "# a\n\n# b\n");
}

}  // namespace
}  // namespace segue
