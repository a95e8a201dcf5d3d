// This file implements the reading of dates and timestamps, in ISO 8601 and in a column's own format.
#include <array>
#include <optional>

#include "stdlib/ascii.h"
#include "stdlib/calendar.h"
#include "stdlib/clock.h"
#include "stdlib/parse_value.h"

namespace segue {

namespace {

// What a text says about a moment; what it does not name is the start of it.
struct Fields {
  std::int64_t year = 1;
  int month = 1;
  int day = 1;
  std::optional<int> day_of_year;
  std::optional<int> weekday;  // 0 is Monday
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
  std::optional<bool> is_afternoon;
  std::optional<std::int64_t> offset;  // µs east of UTC
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// What is left of a text; every function takes from its front and says whether that fitted.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  [[nodiscard]] bool is_next(char c) const { return rest_.starts_with(c); }

  bool take(char c) {
    if (!is_next(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Between `least` and `most` digits.
  std::optional<int> number(std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    while (count < most && count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') value = value * 10 + (rest_[count++] - '0');
    if (count < least) return std::nullopt;
    rest_.remove_prefix(count);
    return value;
  }

  template <typename Field>
  bool number(std::size_t least, std::size_t most, Field& field) {
    const std::optional<int> value = number(least, most);
    if (value) field = *value;
    return value.has_value();
  }

  // Up to six decimals, as microseconds.
  bool micros(int& field) {
    const std::size_t before = rest_.size();
    if (!number(1, 6, field)) return false;
    for (std::size_t count = before - rest_.size(); count < 6; ++count) field *= 10;
    return rest_.empty() || rest_[0] < '0' || rest_[0] > '9';
  }

  // `Z`, `+02:00`, `+0200` or `+02`.
  bool offset(std::optional<std::int64_t>& field) {
    if (take('Z')) {
      field = 0;
      return true;
    }
    const bool is_west = is_next('-');
    if (!take('-') && !take('+')) return false;
    const std::optional<int> hours = number(2, 2);
    if (!hours || *hours > 23) return false;
    int minutes = 0;
    const bool has_colon = take(':');
    const std::optional<int> written = number(2, 2);
    if (has_colon && !written) return false;
    minutes = written.value_or(0);
    const std::int64_t micros = *hours * kMicrosPerHour + minutes * kMicrosPerMinute;
    field = is_west ? -micros : micros;
    return minutes <= 59;
  }

  bool word(std::string_view lower_word) {
    if (rest_.size() < lower_word.size()) return false;
    for (std::size_t i = 0; i < lower_word.size(); ++i) {
      if (lower(rest_[i]) != lower_word[i]) return false;
    }
    rest_.remove_prefix(lower_word.size());
    return true;
  }

  // The index of a name, in full or as its first three letters.
  template <std::size_t Count>
  std::optional<int> name(const char* const (&names)[Count]) {
    for (std::size_t i = 0; i < Count; ++i) {
      if (word(names[i])) return static_cast<int>(i);
    }
    for (std::size_t i = 0; i < Count; ++i) {
      if (word(std::string_view(names[i]).substr(0, 3))) return static_cast<int>(i);
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

bool read_iso_date(TimeReader& reader, Fields& fields) {
  return reader.number(4, 4, fields.year) && reader.take('-') && reader.number(2, 2, fields.month) && reader.take('-') &&
         reader.number(2, 2, fields.day);
}

bool read_iso_time(TimeReader& reader, Fields& fields) {
  if (!reader.number(2, 2, fields.hour) || !reader.take(':') || !reader.number(2, 2, fields.minute)) return false;
  if (!reader.take(':')) return true;
  if (!reader.number(2, 2, fields.second)) return false;
  return !reader.take('.') || reader.micros(fields.micros);
}

bool read_iso_timestamp(std::string_view text, Fields& fields) {
  TimeReader reader(text);
  if (!read_iso_date(reader, fields) || (!reader.take('T') && !reader.take(' ')) || !read_iso_time(reader, fields)) return false;
  return reader.is_at_end() || (reader.offset(fields.offset) && reader.is_at_end());
}

KnownInt day_of(const Fields& fields) {
  KnownInt day = kMissingInt;
  if (fields.day_of_year) {
    const int length = is_leap_year(fields.year) ? 366 : 365;
    if (fields.year < 1 || *fields.day_of_year < 1 || *fields.day_of_year > length) return kMissingInt;
    day = {day_of_civil({fields.year, 1, 1}) + *fields.day_of_year - 1, true};
  } else if (is_valid_date(fields.year, fields.month, fields.day)) {
    day = {day_of_civil({fields.year, fields.month, fields.day}), true};
  }
  const bool is_other_weekday = day.known && fields.weekday && *fields.weekday != static_cast<int>(weekday_of(day.value));
  return is_other_weekday ? kMissingInt : day;
}

// µs since midnight.
KnownInt time_of_day(const Fields& fields) {
  int hour = fields.hour;
  if (fields.is_afternoon) {
    if (hour < 1 || hour > 12) return kMissingInt;
    hour = hour % 12 + (*fields.is_afternoon ? 12 : 0);
  }
  if (hour > 23 || fields.minute > 59 || fields.second > 59) return kMissingInt;
  return {hour * kMicrosPerHour + fields.minute * kMicrosPerMinute + fields.second * kMicrosPerSecond + fields.micros, true};
}

KnownInt instant_of(const Fields& fields, const TimeZone& zone) {
  const KnownInt day = day_of(fields);
  const KnownInt time = time_of_day(fields);
  if (!day.known || !time.known) return kMissingInt;
  const std::int64_t local_time = day.value * kMicrosPerDay + time.value;
  const std::int64_t instant = fields.offset ? local_time - *fields.offset : instant_of_local(zone, local_time);
  return is_instant(zone, instant) ? KnownInt{instant, true} : kMissingInt;
}

bool read_weekday(TimeReader& reader, Fields& fields) { return (fields.weekday = reader.name(kWeekdayNames)).has_value(); }

bool read_month_name(TimeReader& reader, Fields& fields) {
  const std::optional<int> index = reader.name(kMonthNames);
  if (index) fields.month = *index + 1;
  return index.has_value();
}

bool read_short_year(TimeReader& reader, Fields& fields) {
  if (!reader.number(2, 2, fields.year)) return false;
  fields.year += fields.year >= 69 ? 1900 : 2000;
  return true;
}

bool read_half_of_day(TimeReader& reader, Fields& fields) {
  const bool is_morning = reader.word("am");
  fields.is_afternoon = !is_morning;
  return is_morning || reader.word("pm");
}

bool read_zone_name(TimeReader& reader, Fields& fields) {
  fields.offset = 0;
  return reader.word("utc") || reader.word("gmt") || reader.take('Z');
}

bool read_day_of_year(TimeReader& reader, Fields& fields) { return (fields.day_of_year = reader.number(1, 3)).has_value(); }

bool read_padded_day(TimeReader& reader, Fields& fields) {
  return reader.take(' ') ? reader.number(1, 1, fields.day) : reader.number(1, 2, fields.day);
}

bool read_directive(char directive, TimeReader& reader, Fields& fields) {
  switch (directive) {
    case 'Y': return reader.number(4, 4, fields.year);
    case 'y': return read_short_year(reader, fields);
    case 'm': return reader.number(1, 2, fields.month);
    case 'b': return read_month_name(reader, fields);
    case 'd': return reader.number(1, 2, fields.day);
    case 'e': return read_padded_day(reader, fields);
    case 'j': return read_day_of_year(reader, fields);
    case 'a': return read_weekday(reader, fields);
    case 'H':
    case 'I': return reader.number(1, 2, fields.hour);
    case 'M': return reader.number(1, 2, fields.minute);
    case 'S': return reader.number(1, 2, fields.second);
    case 'f': return reader.micros(fields.micros);
    case 'p': return read_half_of_day(reader, fields);
    case 'z': return reader.offset(fields.offset);
    case 'Z': return read_zone_name(reader, fields);
    default: return false;
  }
}

std::optional<Fields> read_formatted(std::string_view text, const TimeFormat& format) {
  TimeReader reader(text);
  Fields fields;
  for (const TimeFormat::Step& step : format.steps) {
    const bool fits = step.directive == 0 ? reader.take(step.literal) : read_directive(step.directive, reader, fields);
    if (!fits) return std::nullopt;
  }
  return reader.is_at_end() ? std::optional(fields) : std::nullopt;
}

// ---- compiling a format

// A directive under its one name, several for the short forms; empty for what is not known.
std::string_view canonical_directives(char letter) {
  switch (letter) {
    case 'F': return "Y-m-d";
    case 'D': return "m/d/y";
    case 'T': return "H:M:S";
    case 'R': return "H:M";
    case 'B':
    case 'h': return "b";
    case 'A': return "a";
    default: break;
  }
  constexpr std::string_view kKnown = "YymbdejaHIMSfpzZ";
  const std::size_t at = kKnown.find(letter);
  return at == std::string_view::npos ? std::string_view() : kKnown.substr(at, 1);
}

std::expected<void, std::string> append_steps(TimeFormat& format) {
  const std::string_view text = format.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || text.substr(i, 2) == "%%") {
      format.steps.push_back({0, text[i]});
      if (text[i] == '%') ++i;
      continue;
    }
    if (i + 1 == text.size()) return std::unexpected("ends with a single `%`; write `%%` for a percent sign");
    const std::string_view directives = canonical_directives(text[++i]);
    if (directives.empty())
      return std::unexpected("`%" + std::string(1, text[i]) + "` is not known; use such as `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`");
    for (const char c : directives) format.steps.push_back(is_ascii_letter(c) ? TimeFormat::Step{c, 0} : TimeFormat::Step{0, c});
  }
  return {};
}

// Directives that say the same thing; each may stand once.
constexpr std::array<std::string_view, 10> kSameThing = {"Yy", "mbj", "dej", "a", "HI", "M", "S", "f", "p", "zZ"};

std::expected<void, std::string> check_repeats(const std::string& directives) {
  for (const std::string_view group : kSameThing) {
    const std::size_t first = directives.find_first_of(group);
    const std::size_t second = first == std::string::npos ? first : directives.find_first_of(group, first + 1);
    if (second == std::string::npos) continue;
    return std::unexpected(std::string("`%") + directives[first] + "` and `%" + directives[second] +
                           "` say the same thing; keep one of them");
  }
  return {};
}

std::expected<void, std::string> check_complete(const std::string& directives, FormatKind kind) {
  const auto has = [&](std::string_view letters) { return directives.find_first_of(letters) != std::string::npos; };
  if (!has("Yy")) return std::unexpected("names no year; add `%Y`");
  if (!has("mbj")) return std::unexpected("names no month; add `%m`");
  if (!has("dej")) return std::unexpected("names no day; add `%d`");
  if (kind == FormatKind::kDate && has("HIMSfpzZ"))
    return std::unexpected("names a time of day, but the column is a `date`; make it a `timestamp`");
  if (has("I") != has("p"))
    return std::unexpected(has("I") ? "`%I` counts to 12; add `%p`, or write `%H`" : "`%p` stands beside `%I` only");
  return {};
}

}  // namespace

KnownInt parse_date(std::string_view text) {
  TimeReader reader(text);
  Fields fields;
  return read_iso_date(reader, fields) && reader.is_at_end() ? day_of(fields) : kMissingInt;
}

KnownInt parse_timestamp(std::string_view text, const TimeZone& zone) {
  Fields fields;
  return read_iso_timestamp(text, fields) ? instant_of(fields, zone) : kMissingInt;
}

bool has_offset(std::string_view timestamp) {
  Fields fields;
  return read_iso_timestamp(timestamp, fields) && fields.offset.has_value();
}

std::expected<TimeFormat, std::string> compile_time_format(std::string_view text, FormatKind kind) {
  TimeFormat format{std::string(text), {}};
  if (auto appended = append_steps(format); !appended) return std::unexpected(appended.error());
  std::string directives;
  for (const TimeFormat::Step& step : format.steps) {
    if (step.directive != 0) directives.push_back(step.directive);
  }
  if (auto checked = check_repeats(directives); !checked) return std::unexpected(checked.error());
  if (auto checked = check_complete(directives, kind); !checked) return std::unexpected(checked.error());
  return format;
}

KnownInt parse_date(std::string_view text, const TimeFormat& format) {
  const std::optional<Fields> fields = read_formatted(text, format);
  return fields ? day_of(*fields) : kMissingInt;
}

KnownInt parse_timestamp(std::string_view text, const TimeFormat& format, const TimeZone& zone) {
  const std::optional<Fields> fields = read_formatted(text, format);
  return fields ? instant_of(*fields, zone) : kMissingInt;
}

}  // namespace segue
