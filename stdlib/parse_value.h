// This file's external interface is the reading of values from text: the cells of CSV files, the literals of rules, tests and `--as-of`.
// Everything is strict: no blanks around, no separators, nothing coerced. `language.md`, "Data files".
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/number.h"
#include "stdlib/time_zone.h"

namespace segue {

// Digits with an optional `-`; a fraction of zeros is allowed (`5.0`). Not known: the cell is bad.
[[nodiscard]] KnownInt parse_int(std::string_view text);

// Digits with an optional `-` and fraction, as raw of `scale`. Digits beyond the scale must be zeros; 18 digits in all.
[[nodiscard]] KnownInt parse_decimal(std::string_view text, int scale);

// An exact number: raw / 10^scale.
struct KnownExact {
  std::int64_t raw = 0;
  std::uint8_t scale = 0;
  bool known = false;
};

// The same of whatever scale the text has, without the zeros at the end of its fraction; 18 digits in all.
[[nodiscard]] KnownExact parse_exact_number(std::string_view text);

enum class ParseState : std::uint8_t { kValue, kMissing, kBad };

struct ParsedFloat {
  double value = 0;
  ParseState state = ParseState::kBad;
};

// As a decimal, with an optional exponent; `inf`, `-inf` and `nan` (missing) in any case. A number beyond the range of a double is bad.
[[nodiscard]] ParsedFloat parse_float(std::string_view text);

// `true` or `false` in any case.
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text);

// One of the column's own words, exactly as written there.
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text, const std::vector<std::string>& true_values,
                                             const std::vector<std::string>& false_values);

// `2026-03-01`: days since 1970-01-01.
[[nodiscard]] KnownInt parse_date(std::string_view text);

// ISO 8601: `T` or a blank between date and time, seconds optional, up to 6 decimals, `Z` or an offset (`+02:00`, `+0200`, `+02`); without one,
// wall time in `zone`. µs since 1970-01-01T00:00:00Z. Its local day must lie in the years 0001 to 9999.
[[nodiscard]] KnownInt parse_timestamp(std::string_view text, const TimeZone& zone);

// Whether the text of a timestamp ends with `Z` or an offset, so that it does not depend on the zone.
[[nodiscard]] bool has_offset(std::string_view timestamp);

// A column's `format` (`%d.%m.%Y %H:%M`), compiled. Directives of strptime: %Y %y %m %b %B %h %d %e %j %a %A %H %I %p %M %S %f %z %Z, and %F %D %T %R
// for several of them; %% is a percent sign. Numbers may leave out leading zeros (not %Y, %y), names are English in any case, %y means 1969 to 2068, %f up to six
// decimals, %z an offset as in ISO 8601, %Z `UTC`, `GMT` or `Z`. All other characters stand for themselves.
struct TimeFormat {
  struct Step {
    char directive = 0;  // its letter, or 0 for a literal character
    char literal = 0;
  };
  std::string text;
  std::vector<Step> steps;
};

// What a format is for: a date's may not name a time of day, a timestamp's must name a date.
enum class FormatKind : std::uint8_t { kDate, kTimestamp };

// The error says in plain words what is wrong with the format.
[[nodiscard]] std::expected<TimeFormat, std::string> compile_time_format(std::string_view format, FormatKind kind);

[[nodiscard]] KnownInt parse_date(std::string_view text, const TimeFormat& format);
[[nodiscard]] KnownInt parse_timestamp(std::string_view text, const TimeFormat& format, const TimeZone& zone);

// The values of a list's cell: split at `separator` (not empty), blanks around them and empty ones dropped; views into `text`. Repeated values are
// kept; a list is a set, which the reader makes of it.
void split_list(std::string_view text, std::string_view separator, std::vector<std::string_view>& out);

}  // namespace segue
