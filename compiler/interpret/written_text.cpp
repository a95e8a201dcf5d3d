// Puts a condition that an author wrote over several lines on one.
#include "compiler/interpret/written_text.h"

namespace segue {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The offset behind a quoted text or name that starts at `begin`.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return text.size();
}

// The offset behind the white space and comments that start at `begin`.
std::size_t end_of_space(std::string_view text, std::size_t begin) {
  std::size_t i = begin;
  while (i < text.size() && (is_blank(text[i]) || text[i] == '#')) {
    i = text[i] == '#' ? std::min(text.find('\n', i), text.size()) : i + 1;
  }
  return i;
}

}  // namespace

std::string written_text(const SourceMap& sources, Span span) {
  if (span.source == kNoSource) return {};
  const std::string_view text = text_at(source_of(sources, span.source), span);
  std::string out;
  for (std::size_t i = end_of_space(text, 0); i < text.size();) {
    std::size_t end = i + 1;
    if (text[i] == '"' || text[i] == '`') end = end_of_quoted(text, i);
    out += text.substr(i, end - i);
    i = end_of_space(text, end);
    if (i != end && i < text.size()) out += ' ';
  }
  return out;
}

bool next_word_is(std::string_view text, std::size_t offset, std::string_view word) {
  while (offset < text.size() && (is_blank(text[offset]) || text[offset] == ')')) ++offset;
  if (!text.substr(std::min(offset, text.size())).starts_with(word)) return false;
  const std::size_t end = offset + word.size();
  return end == text.size() || is_blank(text[end]) || text[end] == '(';
}

}  // namespace segue
