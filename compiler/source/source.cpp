// Line maps, positions and the decoding of UTF-8 behind source.h.
#include "compiler/source/source.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace segue {
namespace {

constexpr bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Length that a lead byte announces; 0 for a byte that cannot lead.
constexpr std::size_t announced_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// Second bytes that would make an overlong form, a surrogate or a code point beyond U+10FFFF.
constexpr bool is_bad_second_byte(unsigned char lead, unsigned char second) {
  return (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) || (lead == 0xF0 && second < 0x90) ||
         (lead == 0xF4 && second >= 0x90);
}

// Length of the valid sequence at `offset`, 0 when there is none.
std::size_t valid_length(std::string_view text, std::size_t offset) {
  const auto lead = static_cast<unsigned char>(text[offset]);
  const std::size_t length = announced_length(lead);
  if (length == 0 || offset + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(static_cast<unsigned char>(text[offset + i]))) return 0;
  }
  if (length > 1 && is_bad_second_byte(lead, static_cast<unsigned char>(text[offset + 1]))) return 0;
  return length;
}

std::uint32_t first_column_offset(const Source& source, std::size_t line_index) {
  const std::uint32_t start = source.line_starts[line_index];
  const bool has_mark = start == 0 && source.text.starts_with(kByteOrderMark);
  return has_mark ? static_cast<std::uint32_t>(kByteOrderMark.size()) : start;
}

}  // namespace

Source make_source(std::string path, std::string text) {
  Source source{.path = std::move(path), .text = std::move(text), .line_starts = {0}};
  for (std::size_t i = 0; i < source.text.size(); ++i) {
    if (source.text[i] == '\n') source.line_starts.push_back(static_cast<std::uint32_t>(i + 1));
  }
  return source;
}

SourceId add_source(SourceMap& map, std::string path, std::string text) {
  map.sources.push_back(make_source(std::move(path), std::move(text)));
  return SourceId{static_cast<std::uint32_t>(map.sources.size() - 1)};
}

const Source& source_of(const SourceMap& map, SourceId id) {
  assert(static_cast<std::size_t>(id) < map.sources.size());
  return map.sources[static_cast<std::size_t>(id)];
}

Position position_at(const Source& source, std::uint32_t offset) {
  offset = std::min(offset, static_cast<std::uint32_t>(source.text.size()));
  const auto after = std::upper_bound(source.line_starts.begin(), source.line_starts.end(), offset);
  const auto line_index = static_cast<std::size_t>(after - source.line_starts.begin()) - 1;
  const std::uint32_t start = first_column_offset(source, line_index);
  if (offset < start) offset = start;
  const auto column = count_code_points(std::string_view(source.text).substr(start, offset - start)) + 1;
  return {.line = static_cast<std::uint32_t>(line_index + 1), .column = static_cast<std::uint32_t>(column)};
}

std::uint32_t offset_at(const Source& source, Position position) {
  if (position.line == 0) return 0;
  if (position.line > source.line_starts.size()) return static_cast<std::uint32_t>(source.text.size());
  const std::string_view line = line_text(source, position.line);
  std::size_t offset = 0;
  for (std::uint32_t column = 1; column < position.column && offset < line.size(); ++column) {
    offset += code_point_length(line, offset);
  }
  return first_column_offset(source, position.line - 1) + static_cast<std::uint32_t>(offset);
}

std::string_view line_text(const Source& source, std::uint32_t line) {
  if (line == 0 || line > source.line_starts.size()) return {};
  const std::size_t begin = first_column_offset(source, line - 1);
  std::size_t end = line < source.line_starts.size() ? source.line_starts[line] - 1 : source.text.size();
  if (end > begin && source.text[end - 1] == '\r' && line < source.line_starts.size()) --end;
  return std::string_view(source.text).substr(begin, end - begin);
}

std::string_view text_at(const Source& source, Span span) {
  const std::size_t begin = std::min<std::size_t>(span.begin, source.text.size());
  const std::size_t end = std::clamp<std::size_t>(span.end, begin, source.text.size());
  return std::string_view(source.text).substr(begin, end - begin);
}

Span cover(Span first, Span second) {
  assert(first.source == second.source);
  return {.source = first.source, .begin = std::min(first.begin, second.begin), .end = std::max(first.end, second.end)};
}

std::size_t first_invalid_utf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t length = valid_length(text, offset);
    if (length == 0) return offset;
    offset += length;
  }
  return text.size();
}

std::size_t code_point_length(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return 0;
  return std::max<std::size_t>(valid_length(text, offset), 1);
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t offset = 0; offset < text.size(); offset += code_point_length(text, offset)) ++count;
  return count;
}

}  // namespace segue
