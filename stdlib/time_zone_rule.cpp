// This file extends a time zone's table by the rule at the end of its data: which changes of clocks repeat every year from now on.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "stdlib/calendar.h"
#include "stdlib/time_zone_table.h"

namespace segue {

namespace {

constexpr int kCycleYears = 400;

// The day and local time of one change of clocks in a year.
struct RuleDate {
  char kind = 'M';  // M: month.week.weekday; J: day 1 to 365 without 29 February; n: day 0 to 365
  int month = 1;
  int week = 1;     // 5 is the last
  int weekday = 0;  // 0 is Sunday
  int day = 0;
  std::int64_t seconds = 2 * 3600;
};

struct Rule {
  std::int64_t standard = 0;  // seconds east of UTC
  bool has_daylight = false;
  std::int64_t daylight = 0;
  RuleDate begins;  // in standard time
  RuleDate ends;    // in daylight time
};

// What is left of the text; every function takes from its front and gives nothing where it does not fit.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool name() {
    if (take('<')) {
      const std::size_t close = rest_.find('>');
      if (close == std::string_view::npos) return false;
      rest_.remove_prefix(close + 1);
      return true;
    }
    std::size_t length = 0;
    while (length < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[length])) != 0) ++length;
    rest_.remove_prefix(length);
    return length >= 3;
  }

  std::optional<int> number() {
    int value = 0;
    const auto parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (parsed.ec != std::errc{} || rest_.starts_with('-')) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest_.data()));
    return value;
  }

  // [+-]h[:m[:s]] in seconds.
  std::optional<std::int64_t> seconds() {
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    std::int64_t total = 0;
    for (const std::int64_t unit : {3600, 60, 1}) {
      if (unit != 3600 && !take(':')) break;
      const std::optional<int> value = number();
      if (!value) return std::nullopt;
      total += *value * unit;
    }
    return is_negative ? -total : total;
  }

  std::optional<RuleDate> date() {
    RuleDate result;
    if (!take(',') || !day(result)) return std::nullopt;
    if (take('/')) {
      const std::optional<std::int64_t> time = seconds();
      if (!time) return std::nullopt;
      result.seconds = *time;
    }
    return result;
  }

 private:
  bool day(RuleDate& result) {
    if (take('M')) return month_week_weekday(result);
    result.kind = take('J') ? 'J' : 'n';
    const std::optional<int> value = number();
    result.day = value.value_or(0);
    return value && *value <= 365;
  }

  bool month_week_weekday(RuleDate& result) {
    const std::optional<int> month = number();
    if (!month || !take('.')) return false;
    const std::optional<int> week = number();
    if (!week || !take('.')) return false;
    const std::optional<int> weekday = number();
    if (!weekday) return false;
    result.month = *month;
    result.week = *week;
    result.weekday = *weekday;
    return *month >= 1 && *month <= 12 && *week >= 1 && *week <= 5 && *weekday <= 6;
  }

  std::string_view rest_;
};

std::optional<Rule> parse_rule(std::string_view text) {
  RuleReader reader(text);
  Rule rule;
  if (!reader.name()) return std::nullopt;
  const auto standard = reader.seconds();
  if (!standard) return std::nullopt;
  rule.standard = -*standard;  // POSIX counts west of Greenwich
  if (reader.is_at_end()) return rule;
  rule.has_daylight = true;
  if (!reader.name()) return std::nullopt;
  RuleReader ahead = reader;
  const auto daylight = ahead.take(',') ? std::nullopt : reader.seconds();
  rule.daylight = daylight ? -*daylight : rule.standard + 3600;
  const auto begins = reader.date();
  const auto ends = reader.date();
  if (!begins || !ends || !reader.is_at_end()) return std::nullopt;
  rule.begins = *begins;
  rule.ends = *ends;
  return rule;
}

std::int64_t day_of_rule(const RuleDate& rule, std::int64_t year) {
  if (rule.kind == 'n') return day_of_civil({year, 1, 1}) + rule.day;
  if (rule.kind == 'J') return day_of_civil({year, 1, 1}) + rule.day - 1 + (is_leap_year(year) && rule.day > 59 ? 1 : 0);
  const std::int64_t first = day_of_civil({year, rule.month, 1});
  const int weekday = (rule.weekday + 6) % 7;  // ours begin with Monday
  const std::int64_t first_match = first + (weekday - static_cast<int>(weekday_of(first)) + 7) % 7;
  const std::int64_t match = first_match + 7 * (rule.week - 1);
  return match < first + days_in_month(year, rule.month) ? match : match - 7;
}

std::int64_t change_instant(const RuleDate& date, std::int64_t year, std::int64_t offset_before) {
  return day_of_rule(date, year) * kMicrosPerDay + (date.seconds - offset_before) * kMicrosPerSecond;
}

struct Change {
  std::int64_t start;
  std::int64_t offset;
};

void append_change(TimeZone& zone, Change change) {
  const bool is_new = zone.starts.empty() || change.start > zone.starts.back();
  if (!is_new || change.offset == zone.offsets.back()) return;
  zone.starts.push_back(change.start);
  zone.offsets.push_back(change.offset);
}

}  // namespace

bool extend_by_rule(TimeZone& zone, std::string_view text, std::int64_t after_year) {
  const std::optional<Rule> rule = parse_rule(text);
  if (!rule) return false;
  if (!rule->has_daylight) return true;
  // The period starts a year late, so that the segment that reaches into it is one of the rule's own.
  for (std::int64_t year = after_year; year <= after_year + kCycleYears + 2; ++year) {
    Change first{change_instant(rule->begins, year, rule->standard), rule->daylight * kMicrosPerSecond};
    Change second{change_instant(rule->ends, year, rule->daylight), rule->standard * kMicrosPerSecond};
    if (second.start < first.start) std::swap(first, second);
    append_change(zone, first);
    append_change(zone, second);
  }
  zone.cycle_start = day_of_civil({after_year + 2, 1, 1}) * kMicrosPerDay;
  zone.has_cycle = true;
  return true;
}

}  // namespace segue
