// This file implements the strict reading of numbers, truth values and lists.
#include "stdlib/parse_value.h"

#include <algorithm>
#include <cmath>

#include "stdlib/ascii.h"

namespace segue {

namespace {

std::size_t count_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_ascii_digit(text[count])) ++count;
  return count;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
}

// The parts of `-12.50`; the fraction is empty without a point.
struct PlainNumber {
  bool is_negative = false;
  std::string_view whole;
  std::string_view fraction;
};

// Takes a plain number from the front of the text. A point needs digits on both sides.
std::optional<PlainNumber> take_plain_number(std::string_view& text) {
  PlainNumber number;
  number.is_negative = text.starts_with('-');
  if (number.is_negative) text.remove_prefix(1);
  number.whole = text.substr(0, count_digits(text));
  text.remove_prefix(number.whole.size());
  if (number.whole.empty()) return std::nullopt;
  if (!text.starts_with('.')) return number;
  number.fraction = text.substr(1, count_digits(text.substr(1)));
  text.remove_prefix(1 + number.fraction.size());
  return number.fraction.empty() ? std::nullopt : std::optional(number);
}

// Appends a digit; stays at a value too large for any type once it is.
void append_digit(Int128& value, char digit) {
  constexpr Int128 kTooLarge = Int128{1} << 100;
  if (value < kTooLarge) value = value * 10 + (digit - '0');
}

// The number in units of 10^-scale; nothing where it is not plain or has more digits than that.
std::optional<Int128> parse_exact(std::string_view text, int scale) {
  const std::optional<PlainNumber> number = take_plain_number(text);
  if (!number || !text.empty()) return std::nullopt;
  const std::size_t kept = std::min(number->fraction.size(), static_cast<std::size_t>(scale));
  if (number->fraction.find_first_not_of('0', kept) != std::string_view::npos) return std::nullopt;
  Int128 value = 0;
  for (const char digit : number->whole) append_digit(value, digit);
  for (const char digit : number->fraction.substr(0, kept)) append_digit(value, digit);
  for (std::size_t i = kept; i < static_cast<std::size_t>(scale); ++i) append_digit(value, '0');
  return number->is_negative ? -value : value;
}

bool is_exponent(std::string_view text) {
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size();
}

bool is_one_of(std::string_view text, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

KnownInt parse_int(std::string_view text) {
  const std::optional<Int128> value = parse_exact(text, 0);
  return value ? int_from_wide(*value) : kMissingInt;
}

KnownInt parse_decimal(std::string_view text, int scale) {
  const std::optional<Int128> value = parse_exact(text, scale);
  return value ? decimal_from_wide(*value) : kMissingInt;
}

KnownExact parse_exact_number(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t last = text.find_last_not_of('0');
  const std::size_t scale = last == std::string_view::npos || last <= point ? 0 : last - point;
  if (scale > kMaxScale) return {};
  const KnownInt raw = parse_decimal(text, static_cast<int>(scale));
  return {raw.value, static_cast<std::uint8_t>(scale), raw.known};
}

ParsedFloat parse_float(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  const std::string_view word = text.substr(is_negative ? 1 : 0);
  const double infinity = std::numeric_limits<double>::infinity();
  if (equal_ignoring_case(word, "inf")) return {is_negative ? -infinity : infinity, ParseState::kValue};
  if (equal_ignoring_case(word, "nan")) return {0, ParseState::kMissing};
  std::string_view rest = text;
  if (!take_plain_number(rest) || !is_exponent(rest)) return {};
  const double value = nearest_float_of_text(text);
  return std::isinf(value) ? ParsedFloat{} : ParsedFloat{value, ParseState::kValue};
}

std::optional<bool> parse_bool(std::string_view text) {
  if (equal_ignoring_case(text, "true")) return true;
  if (equal_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

std::optional<bool> parse_bool(std::string_view text, const std::vector<std::string>& true_values,
                               const std::vector<std::string>& false_values) {
  if (is_one_of(text, true_values)) return true;
  if (is_one_of(text, false_values)) return false;
  return std::nullopt;
}

void split_list(std::string_view text, std::string_view separator, std::vector<std::string_view>& out) {
  out.clear();
  while (true) {
    const std::size_t end = text.find(separator);
    const std::string_view value = trimmed(text.substr(0, end));
    if (!value.empty()) out.push_back(value);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + separator.size());
  }
}

}  // namespace segue
