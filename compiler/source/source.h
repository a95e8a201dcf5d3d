// This file's external interface is the text that a user wrote: `Source`, byte ranges in it (`Span`), and the way from a
// byte offset to the line and column that people see.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

// Index of a source in its SourceMap.
enum class SourceId : std::uint32_t {};
inline constexpr SourceId kNoSource{0xffff'ffff};

// A half-open range of byte offsets into one source.
struct Span {
  SourceId source = kNoSource;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend auto operator<=>(const Span&, const Span&) = default;
};

// A place as people count it: both from 1; columns in code points (a tab is one, a byte-order mark none). Line 0 means
// that the place is not known, column 0 that only the line is.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

// One text file: rules, schema or project file. `text` is as read, a byte-order mark included.
struct Source {
  std::string path;  // as shown to people: relative to the project's folder, `/` between parts
  std::string text;
  std::vector<std::uint32_t> line_starts;  // byte offset of each line's first byte; never empty
};

// The sources of one call of the command, by id.
struct SourceMap {
  std::vector<Source> sources;
};

// The bytes of a byte-order mark in UTF-8.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A source with its line map. Lines end with LF (or CRLF, whose CR belongs to the line's end).
[[nodiscard]] Source make_source(std::string path, std::string text);

// Adds a source and gives its id.
SourceId add_source(SourceMap& map, std::string path, std::string text);

// The source of an id; the id must be one of the map's.
[[nodiscard]] const Source& source_of(const SourceMap& map, SourceId id);

// Line and column of a byte offset; an offset past the end is the end. Time is linear in the length of that line.
[[nodiscard]] Position position_at(const Source& source, std::uint32_t offset);

// Byte offset of a place; the inverse of position_at. A place past a line's end is that end.
[[nodiscard]] std::uint32_t offset_at(const Source& source, Position position);

// The text of a line (from 1), without its line break and byte-order mark; empty past the last line.
[[nodiscard]] std::string_view line_text(const Source& source, std::uint32_t line);

// The text that a span covers; cut to the source's length.
[[nodiscard]] std::string_view text_at(const Source& source, Span span);

// The smallest span that covers both; they lie in one source.
[[nodiscard]] Span cover(Span first, Span second);

// Byte offset of the first byte that is not valid UTF-8 (surrogates and overlong forms are not), or the length.
[[nodiscard]] std::size_t first_invalid_utf8(std::string_view text);

// Number of bytes of the code point that starts at `offset`: 1 for what is not valid UTF-8, 0 at the end.
[[nodiscard]] std::size_t code_point_length(std::string_view text, std::size_t offset);

// Number of code points; an invalid byte counts as one.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

}  // namespace segue
