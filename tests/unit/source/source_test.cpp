// Line maps, positions and the decoding of UTF-8.
#include "compiler/source/source.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

Position at(const std::string& text, std::uint32_t offset) { return position_at(make_source("a", text), offset); }

TEST_CASE("positions count from 1, columns in code points") {
  CHECK(at("", 0) == Position{1, 1});
  CHECK(at("ab\ncd", 0) == Position{1, 1});
  CHECK(at("ab\ncd", 4) == Position{2, 2});
  CHECK(at("\tx", 1) == Position{1, 2});
  CHECK(at("é€😀x", 9) == Position{1, 4});
  CHECK(at("a\n", 2) == Position{2, 1});
  CHECK(at("abc", 99) == Position{1, 4});
}

TEST_CASE("a byte-order mark has no column") {
  CHECK(at("\xEF\xBB\xBFx", 3) == Position{1, 1});
  CHECK(at("\xEF\xBB\xBFx", 0) == Position{1, 1});
  CHECK(at("\xEF\xBB\xBFxy", 4) == Position{1, 2});
  CHECK(line_text(make_source("a", "\xEF\xBB\xBFx\ny"), 1) == "x");
}

TEST_CASE("a carriage return belongs to the end of its line") {
  const Source source = make_source("a", "ab\r\ncd\r\n");
  CHECK(line_text(source, 1) == "ab");
  CHECK(line_text(source, 2) == "cd");
  CHECK(line_text(source, 3).empty());
  CHECK(line_text(source, 4).empty());
  CHECK(position_at(source, 4) == Position{2, 1});
}

TEST_CASE("offset_at is the inverse of position_at") {
  const Source source = make_source("a", "\xEF\xBB\xBFé\tx\nzwei\n\nvier");
  for (std::uint32_t offset : {3U, 5U, 6U, 8U, 10U, 13U, 14U, 18U}) CHECK(offset_at(source, position_at(source, offset)) == offset);
  CHECK(offset_at(source, {2, 99}) == 12);
  CHECK(offset_at(source, {99, 1}) == source.text.size());
}

TEST_CASE("invalid UTF-8 is found where it starts") {
  CHECK(first_invalid_utf8("aé€😀") == std::string_view("aé€😀").size());
  CHECK(first_invalid_utf8("a\xFF") == 1);
  CHECK(first_invalid_utf8("\xC0\x80") == 0);          // overlong
  CHECK(first_invalid_utf8("ab\xED\xA0\x80") == 2);    // surrogate
  CHECK(first_invalid_utf8("\xF4\x90\x80\x80") == 0);  // beyond U+10FFFF
  CHECK(first_invalid_utf8("\xE2\x82") == 0);          // cut off
  CHECK(count_code_points("\xFF\xFEx") == 3);
}

TEST_CASE("spans cover and give their text") {
  SourceMap sources;
  add_source(sources, "a", "first");
  const SourceId id = add_source(sources, "b", "second");
  CHECK(source_of(sources, id).path == "b");
  CHECK(text_at(source_of(sources, id), Span{id, 1, 3}) == "ec");
  CHECK(text_at(source_of(sources, id), Span{id, 4, 99}) == "nd");
  CHECK(cover(Span{id, 1, 2}, Span{id, 4, 5}) == Span{id, 1, 5});
}

}  // namespace
}  // namespace segue
