// Files of lists: one value a line, or a column of a CSV.
#include "compiler/schema/list_file.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

ListFile read_list(std::string text, std::optional<std::string_view> column = std::nullopt) {
  return read_list_file(make_source("list.csv", std::move(text)), SourceId{0}, column);
}

std::vector<std::string> values(const ListFile& file) {
  std::vector<std::string> texts;
  texts.reserve(file.values.size());
  for (const ListValue& value : file.values) texts.push_back(value.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("a list is one value a line, without blank lines and blanks around") {
  const ListFile file = read_list(
      "\xEF\xBB\xBF"
      "acme.com\r\n\n  example.org\t\n   \nlast.io");
  CHECK(file.diagnostics.empty());
  CHECK(values(file) == Texts{"acme.com", "example.org", "last.io"});
  CHECK(position_at(make_source("x",
                                "\xEF\xBB\xBF"
                                "acme.com\r\n\n  example.org\t\n"),
                    file.values[1].span.begin) == Position{3, 3});
}

TEST_CASE("a line in double quotes is unquoted as in CSV, others stay as they are") {
  CHECK(values(read_list("\"Acme, \"\"Inc\"\"\"\n\"\"\nAcme, Inc\n\"open\n\"a\" and \"b\"\n")) ==
        Texts{"Acme, \"Inc\"", "Acme, Inc", "\"open", "\"a\" and \"b\""});
}

TEST_CASE("an empty file is an empty list") { CHECK(read_list("").values.empty()); }

TEST_CASE("a column of a CSV with a header is read under the rules of RFC 4180") {
  const ListFile file =
      read_list("name,domain\r\n\"Acme, Inc\",acme.com\r\n\"two\nlines\",\"quo\"\"ted\"\r\n\r\nx,\r\nlast,last.io", "domain");
  CHECK(file.diagnostics.empty());
  CHECK(values(file) == Texts{"acme.com", "quo\"ted", "last.io"});
}

TEST_CASE("a byte-order mark is not part of the header's first name") {
  CHECK(values(read_list("\xEF\xBB\xBF"
                         "domain\nacme.com\n",
                         "domain")) == Texts{"acme.com"});
}

TEST_CASE("a column that is not there is an error that names the nearest") {
  const ListFile file = read_list("name,domian\na,b\n", "domain");
  REQUIRE(file.diagnostics.size() == 1);
  CHECK(file.diagnostics[0].message == "the header has no column `domain`; did you mean `domian`?");
  CHECK(read_list("", "domain").diagnostics.size() == 1);
  CHECK(read_list("a,b\n", "domain").diagnostics.at(0).message == "the header has no column `domain`; its columns are `a` and `b`");
}

TEST_CASE("rows that do not fit the header are errors, all of them") {
  const ListFile file = read_list("a,b\n1\n1,2,3\n1,2\n", "b");
  CHECK(file.diagnostics.size() == 2);
  CHECK(values(file) == Texts{"2"});
}

TEST_CASE("a quote that is never closed ends the file with an error") {
  const ListFile file = read_list("a\nx\n\"open\ny\n", "a");
  REQUIRE(file.diagnostics.size() == 1);
  CHECK(std::get<Span>(file.diagnostics[0].location).begin == 4);
  CHECK(values(file) == Texts{"x"});
  CHECK(read_list("\"a\n", "a").diagnostics.size() == 1);
}

TEST_CASE("text that is not UTF-8 is an error") { CHECK(read_list("a\n\xFF\n").diagnostics.at(0).kind == DiagnosticKind::kInvalidUtf8); }

}  // namespace
}  // namespace segue
