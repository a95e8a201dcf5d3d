// Reading and writing of literals behind literals.h.
#include "compiler/syntax/literals.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace segue {
namespace {

using namespace ast;

constexpr std::size_t kMaxDigits = 1'000;  // no type holds more than 19; nobody means more than a double can tell apart

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The beginning of `text` that is digits and `_`, cut off from it.
std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && (is_digit(text[length]) || text[length] == '_')) ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

// `_` stands between two digits, one at a time.
bool has_stray_separator(std::string_view digits) {
  return digits.starts_with('_') || digits.ends_with('_') || digits.find("__") != std::string_view::npos;
}

std::string without_separators(std::string_view digits) {
  std::string result(digits);
  std::erase(result, '_');
  return result;
}

std::optional<NumberSuffix> suffix_of(std::string_view text) {
  if (text.empty()) return NumberSuffix::kNone;
  if (text == "k") return NumberSuffix::kThousand;
  if (text == "M") return NumberSuffix::kMillion;
  if (text == "bn") return NumberSuffix::kBillion;
  if (text == "%") return NumberSuffix::kPercent;
  return std::nullopt;
}

// Suffixes as people write them elsewhere, and unit words glued to their number.
LiteralProblem suffix_problem(std::string_view number, std::string_view suffix) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kMeant = {
      {{"K", "k"}, {"m", "M"}, {"mn", "M"}, {"mio", "M"}, {"mm", "M"}, {"b", "bn"}, {"B", "bn"}, {"bio", "bn"}, {"mrd", "bn"}}};
  const std::string lower = lower_case(suffix);
  for (const auto& [written, meant] : kMeant) {
    if (suffix == written || lower == written) {
      return {fmt::format("`{}` is not a suffix of numbers; there are `k`, `M`, `bn` and `%`", suffix), fmt::format("{}{}", number, meant)};
    }
  }
  if (lower == "bn")
    return {fmt::format("`{}` is not a suffix of numbers; there are `k`, `M`, `bn` and `%`", suffix), fmt::format("{}bn", number)};
  if (unit_of(lower))
    return {fmt::format("`{}{}` lacks a blank between number and unit", number, suffix), fmt::format("{} {}", number, lower)};
  if (lower == "d") return {fmt::format("`{}{}` is not a duration; units are written out", number, suffix), fmt::format("{} days", number)};
  if (lower == "h")
    return {fmt::format("`{}{}` is not a duration; units are written out", number, suffix), fmt::format("{} hours", number)};
  if (lower.size() > 1 && lower[0] == 'e' && is_digit(lower[1])) {
    return {fmt::format("`{}{}` has an exponent; write the number in digits, with `k`, `M` or `bn`", number, suffix), std::nullopt};
  }
  return {fmt::format("`{}{}` is neither a number nor a name; names do not open with a digit", number, suffix), std::nullopt};
}

bool is_leap(std::int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

std::uint32_t days_in_month(std::int32_t year, std::uint32_t month) {
  static constexpr std::array<std::uint32_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// The number that `count` digits at `offset` spell; no value when they are not digits.
std::optional<std::uint32_t> digits_at(std::string_view text, std::size_t offset, std::size_t count) {
  if (offset + count > text.size()) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = offset; i < offset + count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(text[i] - '0');
  }
  return value;
}

// Cuts `:MM` off the front.
std::optional<std::uint32_t> take_colon_pair(std::string_view& text) {
  if (!text.starts_with(':')) return std::nullopt;
  const auto value = digits_at(text, 1, 2);
  if (value) text.remove_prefix(3);
  return value;
}

// Cuts `.123456` off the front and gives microseconds; 0 when there is no point, no value when there are no digits or too many.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    if (digits == 6) return std::nullopt;
    value = value * 10 + (text[digits] - '0');
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  for (; digits < 6; ++digits) value *= 10;
  return value;
}

// Reads all of `text` as an offset in minutes: `Z`, `+01:00`, `-0530`.
std::optional<std::int32_t> read_offset(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text == "Z") return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const std::size_t minutes_at = text.size() == 6 && text[3] == ':' ? 4 : 3;
  if (text.size() != minutes_at + 2) return std::nullopt;
  const auto hours = digits_at(text, 1, 2);
  const auto minutes = digits_at(text, minutes_at, 2);
  if (!hours || !minutes || *hours > 18 || *minutes > 59) return std::nullopt;
  const auto total = static_cast<std::int32_t>(*hours * 60 + *minutes);
  return text[0] == '-' ? -total : total;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

// The length of `\u{…}` at the front of `text` and its code point; no value when it is not one.
struct CodePointEscape {
  std::size_t length = 0;
  std::optional<std::uint32_t> point;
};
CodePointEscape read_code_point_escape(std::string_view text) {
  constexpr std::size_t kMostDigits = 6;
  if (!text.starts_with("\\u{")) return {.length = std::min<std::size_t>(2, text.size()), .point = std::nullopt};
  const std::size_t close = text.substr(0, 3 + kMostDigits + 1).find('}');
  if (close == std::string_view::npos || close == 3) return {.length = 3, .point = std::nullopt};
  std::uint32_t point = 0;
  for (const char c : text.substr(3, close - 3)) {
    const char lower = static_cast<char>(c | 0x20);
    if (!is_digit(c) && !(lower >= 'a' && lower <= 'f')) return {.length = close + 1, .point = std::nullopt};
    point = point * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  const bool is_character = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  return {.length = close + 1, .point = is_character ? std::optional(point) : std::nullopt};
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::optional<TimeUnit> unit_of(std::string_view word) {
  if (word.ends_with('s')) word.remove_suffix(1);
  for (const auto unit : {TimeUnit::kSecond, TimeUnit::kMinute, TimeUnit::kHour, TimeUnit::kDay, TimeUnit::kWeek, TimeUnit::kMonth,
                          TimeUnit::kQuarter, TimeUnit::kYear}) {
    if (word == unit_name(unit)) return unit;
  }
  return std::nullopt;
}

std::variant<NumberLiteral, LiteralProblem> read_number(std::string_view text) {
  std::string_view rest = text;
  const std::string_view whole = take_digits(rest);
  std::string_view fraction;
  const bool has_point = rest.starts_with('.');
  if (has_point) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
  }
  if (rest.starts_with('.')) {
    return LiteralProblem{fmt::format("`{}` is not a number; a date is written as year, month and day: `2026-03-01`", text), std::nullopt};
  }
  if (whole.size() + fraction.size() > kMaxDigits) return LiteralProblem{"this number has too many digits", std::nullopt};
  const std::string_view number = text.substr(0, text.size() - rest.size());
  if (has_stray_separator(whole) || has_stray_separator(fraction)) {
    const std::string fixed = without_separators(number) + std::string(rest);
    return LiteralProblem{fmt::format("a `_` in a number stands between two digits, not as in `{}`", text),
                          suffix_of(rest) ? std::optional(fixed) : std::nullopt};
  }
  const auto suffix = suffix_of(rest);
  if (!suffix) return suffix_problem(number, rest);
  const std::string fraction_digits = without_separators(fraction);
  return NumberLiteral{.is_negative = false,
                       .digits = without_separators(whole) + fraction_digits,
                       .scale = static_cast<std::uint32_t>(fraction_digits.size()),
                       .suffix = *suffix};
}

std::variant<DateLiteral, LiteralProblem> read_date(std::string_view text) {
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  if (text.size() != 10 || !year || !month || !day)
    return LiteralProblem{fmt::format("`{}` is not a date; write it as `2026-03-01`", text), std::nullopt};
  const auto signed_year = static_cast<std::int32_t>(*year);
  if (*year == 0) return LiteralProblem{fmt::format("there is no year 0 in `{}`; dates lie in the years 0001 to 9999", text), std::nullopt};
  if (*month < 1 || *month > 12)
    return LiteralProblem{fmt::format("there is no month {} in `{}`; a date is year, month, day", *month, text), std::nullopt};
  const std::uint32_t last = days_in_month(signed_year, *month);
  if (*day < 1 || *day > last) {
    return LiteralProblem{fmt::format("there is no day {} in that month of `{}`; its last is {}", *day, text, last), std::nullopt};
  }
  return DateLiteral{.year = signed_year, .month = *month, .day = *day};
}

std::variant<TimestampLiteral, LiteralProblem> read_timestamp(std::string_view text) {
  LiteralProblem problem{
      fmt::format("`{}` is not a timestamp; write it as `2026-03-01T09:30:00Z`, `2026-03-01T09:30:00+01:00` or without an offset", text),
      std::nullopt};
  auto date = read_date(text.substr(0, 10));
  if (auto* date_problem = std::get_if<LiteralProblem>(&date)) return *date_problem;
  const auto hour = digits_at(text, 11, 2);
  if (!hour || *hour > 23) return problem;
  std::string_view rest = text.substr(13);
  const auto minute = take_colon_pair(rest);
  if (!minute || *minute > 59) return problem;
  const auto second = rest.starts_with(':') ? take_colon_pair(rest) : std::optional<std::uint32_t>(0);
  if (!second || *second > 59) return problem;
  const auto fraction = take_fraction(rest);
  if (!fraction) return problem;
  const auto offset = read_offset(rest);
  if (!offset && !rest.empty()) return problem;
  const std::int64_t seconds = (static_cast<std::int64_t>(*hour) * 60 + *minute) * 60 + *second;
  return TimestampLiteral{.date = std::get<DateLiteral>(date), .microseconds = seconds * 1'000'000 + *fraction, .offset_minutes = offset};
}

std::string read_text(std::string_view text, std::vector<EscapeProblem>& problems) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      result += text[i++];
      continue;
    }
    const char letter = i + 1 < text.size() ? text[i + 1] : '\0';
    if (letter == '"' || letter == '\\' || letter == 'n' || letter == 't') {
      result += letter == 'n' ? '\n' : letter == 't' ? '\t' : letter;
      i += 2;
      continue;
    }
    const CodePointEscape escape = letter == 'u' ? read_code_point_escape(text.substr(i))
                                                 : CodePointEscape{.length = 1 + code_point_length(text, i + 1), .point = std::nullopt};
    const std::string_view written = text.substr(i, escape.length);
    if (escape.point) {
      append_utf8(result, *escape.point);
    } else {
      problems.push_back(
          {i, i + escape.length,
           letter == 'u'
               ? LiteralProblem{fmt::format("`{}` is not a character; write its number as in `\\u{{00e9}}`", written), std::nullopt}
               : LiteralProblem{fmt::format("`{}` means nothing in a text; a back-slash itself is written `\\\\`", written),
                                fmt::format("\\{}", written)}});
      result += written;
    }
    i += escape.length;
  }
  return result;
}

std::string written_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': result += "\\\""; break;
      case '\\': result += "\\\\"; break;
      case '\n': result += "\\n"; break;
      case '\t': result += "\\t"; break;
      default: result += byte < 0x20 || byte == 0x7F ? fmt::format("\\u{{{:x}}}", byte) : std::string(1, c);
    }
  }
  return result + '"';
}

}  // namespace segue
