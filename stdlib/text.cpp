// This file implements UTF-8, comparison and case folding of text.
#include "stdlib/text.h"

#include <cassert>
#include <cstring>

#include <utf8proc.h>

namespace segue {

// One pinned version of Unicode: another utf8proc would fold other characters. Unicode 15.0 is that of utf8proc 2.8.
static_assert(UTF8PROC_VERSION_MAJOR == 2 && UTF8PROC_VERSION_MINOR == 8,
              "case folding is pinned to Unicode 15.0; build against utf8proc 2.8");

namespace {

constexpr char32_t kInvalid = 0xffff'ffff;

std::uint8_t byte_at(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

bool is_ascii_word(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return (word & 0x8080'8080'8080'8080) == 0;
}

// Eight bytes of ASCII without a capital letter: adding carries into the high bit of those from `A` on, and of those beyond `Z`.
bool is_folded_word(const char* bytes) {
  constexpr std::uint64_t kEach = 0x0101'0101'0101'0101;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const std::uint64_t from_a = word + kEach * (0x80 - 'A'), beyond_z = word + kEach * (0x7f - 'Z');
  return ((word | (from_a & ~beyond_z)) & (kEach * 0x80)) == 0;
}

// How many bytes from `at` on are ASCII, looked at eight at a time.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  while (at + 8 <= text.size() && is_ascii_word(text.data() + at)) at += 8;
  while (at < text.size() && byte_at(text, at) < 0x80) ++at;
  return at;
}

// The least code point of a form of so many bytes, and the payload of its first byte.
int sequence_length(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

// The code point that begins at `at`, which moves behind it; kInvalid where the bytes are not well formed.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const std::uint8_t first = byte_at(text, at);
  const int length = sequence_length(first);
  if (length == 0 || at + static_cast<std::size_t>(length) > text.size()) return kInvalid;
  char32_t code = length == 1 ? first : first & (0x7fU >> length);
  for (int i = 1; i < length; ++i) {
    const std::uint8_t next = byte_at(text, at + static_cast<std::size_t>(i));
    if ((next & 0xc0) != 0x80) return kInvalid;
    code = (code << 6) | (next & 0x3fU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return kInvalid;
  at += static_cast<std::size_t>(length);
  return code;
}

void append_code_point(char32_t code, std::string& out) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

// CaseFolding.txt, statuses C and S. utf8proc knows full folding (C and F); where that gives several code points, the simple folding is the
// simple lower case, but for U+0130, whose entries are F and T only.
char32_t fold_code_point(char32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + 32 : code;
  utf8proc_int32_t folded[8];
  int boundary = 0;
  const auto point = static_cast<utf8proc_int32_t>(code);
  const utf8proc_ssize_t length = utf8proc_decompose_char(point, folded, 8, UTF8PROC_CASEFOLD, &boundary);
  if (length == 1) return static_cast<char32_t>(folded[0]);
  constexpr char32_t kCapitalDottedI = 0x130;
  return code == kCapitalDottedI ? code : static_cast<char32_t>(utf8proc_tolower(point));
}

char fold_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = skip_ascii(text, 0); at < text.size(); at = skip_ascii(text, at)) {
    if (next_code_point(text, at) == kInvalid) return false;
  }
  return true;
}

std::size_t code_point_count(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) count += (byte_at(text, at) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

int compare_text(std::string_view a, std::string_view b) {
  const int order = a.compare(b);  // char_traits<char> compares as unsigned char
  return (order > 0) - (order < 0);
}

void fold_into(std::string_view text, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = skip_ascii(text, at);
    const std::size_t from = out.size();
    out.resize(from + end - at);
    for (std::size_t to = from; at < end; ++at, ++to) out[to] = fold_ascii(text[at]);
    if (at == text.size()) break;
    const char32_t code = next_code_point(text, at);
    assert(code != kInvalid);
    append_code_point(fold_code_point(code), out);
  }
}

std::string fold(std::string_view text) {
  std::string out;
  fold_into(text, out);
  return out;
}

bool is_folded(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (at + 8 <= text.size() && is_folded_word(text.data() + at)) {
      at += 8;
      continue;
    }
    const char32_t code = next_code_point(text, at);
    if (fold_code_point(code) != code) return false;
  }
  return true;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }
bool starts_with(std::string_view text, std::string_view part) { return text.starts_with(part); }
bool ends_with(std::string_view text, std::string_view part) { return text.ends_with(part); }

}  // namespace segue
