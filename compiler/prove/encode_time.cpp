// Time. With a fixed clock the ends of windows are constants. With any clock they are symbols, of which is known how far they can lie from today and from each other: found by
// going through all days of the years 1900 to 2299, after which the calendar repeats.
#include <algorithm>
#include <cassert>
#include <limits>
#include <mutex>

#include <fmt/format.h>

#include "compiler/prove/encode.h"
#include "stdlib/calendar.h"
#include "stdlib/clock.h"

namespace segue::proving {
namespace {

constexpr std::int64_t kFirstClockDay = -25'567;  // 1900-01-01
constexpr std::int64_t kClockDays = 146'097;      // 400 years
constexpr std::int64_t kFarMicros = std::int64_t{100} * 366 * kMicrosPerDay;
constexpr std::size_t kMostBorders = 14;  // that are compared with each other
constexpr std::int64_t kMarginDays = 3;

// For each day of the clock, how far after it something lies; empty where that is not there for every day.
using Offsets = std::vector<std::int32_t>;

// One computation a process for each kind of border.
template <typename Compute>
const Offsets& offsets_of(const std::string& key, const Compute& compute) {
  static std::mutex mutex;
  static std::map<std::string, Offsets> all;
  const std::lock_guard lock(mutex);
  const auto [place, is_new] = all.try_emplace(key);
  if (!is_new) return place->second;
  Offsets& offsets = place->second;
  offsets.reserve(kClockDays);
  for (std::int64_t day = kFirstClockDay; day < kFirstClockDay + kClockDays; ++day) {
    const KnownInt at = compute(day);
    if (!at.known) {
      offsets.clear();
      return offsets;
    }
    offsets.push_back(static_cast<std::int32_t>(at.value - day));
  }
  return offsets;
}

std::string amount_key(TimeAmount amount) { return fmt::format("{} {}", amount.count, static_cast<int>(amount.unit)); }

std::string rules_key(const CalendarRules& rules) { return fmt::format("{} {}", static_cast<int>(rules.week_start), rules.fiscal_month); }

std::optional<std::int64_t> whole_of(const z3::expr& value) {
  std::int64_t number = 0;
  return value.is_numeral_i64(number) ? std::optional(number) : std::nullopt;
}

bool is_missing_calendar(const Window& window) { return is_exact(window.unit); }

}  // namespace

bool Encoder::has_one_offset() const { return clock_.clock.zone->starts.empty(); }

z3::expr Encoder::unknown_test(std::string_view name) { return context_.bool_const(fresh_name(name).c_str()); }

z3::expr Encoder::now_of() {
  reads_clock_ = true;
  if (now_) return *now_;
  if (clock_.is_fixed) now_ = number(clock_.clock.now);
  else {
    now_ = context_.int_const("now");
    add(between(*now_, kFirstClockDay * kMicrosPerDay, (kFirstClockDay + kClockDays) * kMicrosPerDay));
  }
  return *now_;
}

z3::expr Encoder::today_of() {
  const z3::expr now = now_of();
  if (today_) return *today_;
  today_ = clock_.is_fixed ? number(clock_.clock.today) : day_of(now);
  if (!clock_.is_fixed) add(between(*today_, kFirstClockDay, kFirstClockDay + kClockDays - 1));
  return *today_;
}

// ---- local days

// The local day of an instant.
z3::expr Encoder::day_of(const z3::expr& instant) {
  const TimeZone& zone = *clock_.clock.zone;
  if (const auto whole = whole_of(instant)) return number(local_day_of(zone, *whole));
  if (has_one_offset()) return (instant + number(zone.offsets[0])) / number(kMicrosPerDay);
  if (const auto found = day_of_ast_.find(instant.id()); found != day_of_ast_.end()) return found->second;
  const z3::expr day = context_.int_const(fresh_name("day").c_str());
  day_of_ast_.emplace(instant.id(), day);
  const auto [least, greatest] = std::ranges::minmax(zone.offsets);
  add(day * number(kMicrosPerDay) <= instant + number(greatest));
  add(instant + number(least) < (day + 1) * number(kMicrosPerDay));
  days_.push_back({instant, day});
  {
    // an example lies where the offset is that of the clock
    const auto next = std::ranges::upper_bound(zone.starts, clock_.clock.now);
    const auto segment = static_cast<std::size_t>(next - zone.starts.begin());
    const z3::expr offset = number(offset_at(zone, clock_.clock.now));
    std::vector<z3::expr> inside = {day == (instant + offset) / number(kMicrosPerDay)};
    if (!zone.has_cycle || clock_.clock.now < zone.cycle_start) {
      if (segment > 0) inside.push_back(instant >= number(zone.starts[segment - 1]));
      if (next != zone.starts.end()) inside.push_back(instant < number(*next));
    }
    add(z3::implies(exact_, all_of(inside)));
  }
  return day;
}

// Whether the instant's local day is `day` or later.
z3::expr Encoder::day_at_least(const z3::expr& instant, const z3::expr& day) {
  const TimeZone& zone = *clock_.clock.zone;
  const z3::expr plain = day.simplify();
  if (has_one_offset()) return instant >= plain * number(kMicrosPerDay) - number(zone.offsets[0]);
  const auto whole = whole_of(plain);
  if (!whole) return day_of(instant) >= plain;
  const std::int64_t at = std::clamp(*whole, kMinDay - 1, kMaxDay + 1);
  day_limits_.push_back({instant, at});
  return instant >= number(first_instant_of_day(zone, at));
}

z3::expr Encoder::compare_day(MeaningOp op, const z3::expr& instant, const z3::expr& day, bool is_instant_left) {
  const z3::expr reaches = day_at_least(instant, day), passes = day_at_least(instant, day + 1);
  if (op == MeaningOp::kEqual) return reaches && !passes;
  if (op == MeaningOp::kLess) return is_instant_left ? !reaches : passes;
  return is_instant_left ? !passes : reaches;
}

void Encoder::finish_times() {
  for (const DayOf& each : days_) {
    for (const DayLimit& limit : day_limits_) {
      if (limit.instant.id() != each.instant.id()) continue;
      add((each.instant >= number(first_instant_of_day(*clock_.clock.zone, limit.day))) == (each.day >= number(limit.day)));
    }
    for (const DayOf& other : days_) {
      if (&other != &each) add(z3::implies(each.instant <= other.instant, each.day <= other.day));
    }
  }
  for (std::size_t i = 0; i < std::min(borders_.size(), kMostBorders); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const Border& a = borders_[i];
      const Border& b = borders_[j];
      if (a.base.id() != b.base.id()) continue;
      std::int32_t least = std::numeric_limits<std::int32_t>::max(), greatest = std::numeric_limits<std::int32_t>::min();
      for (std::size_t day = 0; day < a.offsets->size(); ++day) {
        const std::int32_t apart = (*a.offsets)[day] - (*b.offsets)[day];
        least = std::min(least, apart);
        greatest = std::max(greatest, apart);
      }
      add(between(a.day - b.day, least, greatest));
    }
  }
}

// ---- windows

z3::expr Encoder::border_at(const z3::expr& base, const std::string& key, const std::vector<std::int32_t>& offsets) {
  const auto [least, greatest] = std::ranges::minmax(offsets);
  if (least == greatest) return base + number(least);
  const auto [place, is_new] = border_ids_.try_emplace(fmt::format("{} of {}", key, base.id()), borders_.size());
  if (!is_new) return borders_[place->second].day;
  const z3::expr day = context_.int_const(fresh_name("border").c_str());
  add(between(day - base, least, greatest));
  borders_.push_back({base, day, &offsets});
  return day;
}

// The first or last day of a calendar window, seen from the day `base`.
std::optional<z3::expr> Encoder::border(const z3::expr& base, const Window& window, bool is_high) {
  const CalendarRules rules = clock_.clock.rules;
  const std::string key = fmt::format("{} {} {} {} {} {}", static_cast<int>(window.kind), window.count, static_cast<int>(window.unit),
                                      window.as_of ? amount_key(*window.as_of) : "", rules_key(rules), is_high);
  const Offsets& offsets = offsets_of(key, [&](std::int64_t day) {
    const WindowBounds bounds = window_bounds(window, Clock{day * kMicrosPerDay, day, &utc_zone(), rules});
    if (bounds.days.is_empty()) return kMissingInt;
    return KnownInt{is_high ? bounds.days.high : bounds.days.low, true};
  });
  if (offsets.empty()) return std::nullopt;
  return border_at(base, key, offsets);
}

std::optional<z3::expr> Encoder::shifted_day(const z3::expr& base, TimeAmount shift) {
  const std::string key = "moment " + amount_key(shift);
  const Offsets& offsets =
      offsets_of(key, [&](std::int64_t day) { return moment_date(Clock{day * kMicrosPerDay, day, &utc_zone(), {}}, shift); });
  if (offsets.empty()) return std::nullopt;
  return border_at(base, key, offsets);
}

Symbol Encoder::moment(const MeaningNode& node) {
  const auto& from_now = std::get<FromNow>(*node.node);
  const TimeAmount shift{from_now.count, from_now.unit};
  (void)now_of();
  if (clock_.is_fixed) {
    const KnownInt at = is_exact(shift.unit) ? moment_timestamp(clock_.clock, shift) : moment_date(clock_.clock, shift);
    return {at.known ? yes_ : no_, number(at.value)};
  }
  if (is_exact(shift.unit)) {
    const KnownInt length = micros_of(shift);
    if (length.known && std::abs(length.value) < kFarMicros) return {yes_, now_of() + number(length.value)};
  } else if (const auto day = shifted_day(today_of(), shift)) {
    return {yes_, *day};
  }
  guess("it looks too far from now", node);
  return {unknown_test("moment is known"), fresh("moment", node.type)};
}

z3::expr Encoder::within(const MeaningNode& node, const MeaningNode& operand_node, const Symbol& operand) {
  const Window& window = program().windows[segue::index_of(std::get<Within>(*node.node).window)];
  const bool is_date = operand_node.type.kind == Kind::kDate;
  (void)now_of();
  if (!clock_.is_fixed) return within_any_clock(node, window, is_date, operand.value);
  const WindowBounds bounds = window_bounds(window, clock_.clock);
  const IntRange& range = is_date ? bounds.days : bounds.instants;
  return range.is_empty() ? no_ : between(operand.value, range.low, range.high);
}

z3::expr Encoder::within_any_clock(const MeaningNode& node, const Window& window, bool is_date, const z3::expr& value) {
  const bool is_rolling = window.kind == WindowKind::kLast || window.kind == WindowKind::kNext;
  if (is_rolling && window.count < 1) return no_;
  const auto give_up = [&] {
    guess("it depends on the day on which it is asked", node);
    return unknown_test("window");
  };
  // the moment from which the window is seen, and its day
  Window seen = window;
  z3::expr now = now_of(), today = today_of();
  bool is_end_of_day = false;
  if (window.as_of && is_exact(window.as_of->unit)) {
    const KnownInt shift = micros_of(*window.as_of);
    if (!shift.known || std::abs(shift.value) > kFarMicros) return give_up();
    now = now + number(shift.value);
    kept_.push_back(now);
    today = day_of(now);
    kept_.push_back(today);
    seen.as_of = std::nullopt;
    if (!is_missing_calendar(window)) {
      // its day can lie a little outside the years of the clock
      add(between(today, kFirstClockDay - kFarMicros / kMicrosPerDay, kFirstClockDay + kClockDays + kFarMicros / kMicrosPerDay));
    }
  } else if (window.as_of) {
    is_end_of_day = true;
  }
  if (is_exact(window.unit)) {
    const KnownInt length = micros_of({window.count, window.unit});
    if (is_end_of_day || !length.known || length.value > kFarMicros) return give_up();
    if (window.kind == WindowKind::kLast) return value > now - number(length.value) && value <= now;
    return value >= now && value < now + number(length.value);
  }
  const auto low = border(today, seen, false), high = border(today, seen, true);
  if (!low || !high) return give_up();
  if (is_date) return value >= *low && value <= *high;
  const z3::expr before_end = !day_at_least(value, *high + 1);
  if (window.kind == WindowKind::kLast) return day_at_least(value, *low) && (is_end_of_day ? before_end : value <= now);
  if (window.kind != WindowKind::kNext) return day_at_least(value, *low) && before_end;
  if (!is_end_of_day) return value >= now && before_end;
  if (has_one_offset()) return value >= (*low + 1) * number(kMicrosPerDay) - number(clock_.clock.zone->offsets[0]) - 1 && before_end;
  const z3::expr is_after = unknown_test("after the end of the day");
  add(z3::implies(day_at_least(value, *low + 1), is_after));
  add(z3::implies(is_after, day_at_least(value, *low)));
  return is_after && before_end;
}

// ---- the calendar

z3::expr Encoder::start_of_year(const z3::expr& year) {
  return number(365) * (year - 1970) + (year - 1969) / number(4) - (year - 1901) / number(100) + (year - 1601) / number(400);
}

// `month` is 1 to 13.
z3::expr Encoder::start_of_month(const z3::expr& year, const z3::expr& month) {
  constexpr std::int64_t kBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
  z3::expr before = number(kBefore[0]);
  for (std::int64_t i = 1; i <= 12; ++i) before = z3::ite(month == number(i + 1), number(kBefore[i]), before);
  const z3::expr start = start_of_year(year);
  const z3::expr is_leap = start_of_year(year + 1) - start == 366;
  return start + before + z3::ite(is_leap && month > 2, number(1), number(0));
}

Encoder::Civil Encoder::civil(const z3::expr& day) {
  if (const auto whole = whole_of(day); whole && is_day(*whole)) {
    const CivilDate date = civil_of_day(*whole);
    return {number(date.year), number(date.month), number(date.day), number(*whole - date.day + 1)};
  }
  if (const auto found = civil_of_ast_.find(day.id()); found != civil_of_ast_.end()) return found->second;
  kept_.push_back(day);
  const z3::expr year = context_.int_const(fresh_name("year").c_str()), month = context_.int_const(fresh_name("month").c_str());
  add(between(year, 0, 10'000) && between(month, 1, 12));
  add(z3::implies(between(day, kMinDay, kMaxDay), start_of_year(year) <= day && day < start_of_year(year + 1)));
  const z3::expr start = start_of_month(year, month);
  add(z3::implies(between(day, kMinDay, kMaxDay), start <= day && day < start_of_month(year, month + 1)));
  const Civil civil{year, month, day - start + 1, start};
  civil_of_ast_.emplace(day.id(), civil);
  return civil;
}

// The same day so many months later, clamped to the month's last day.
z3::expr Encoder::months_later(const z3::expr& day, const z3::expr& months) {
  const auto whole = whole_of(day), count = whole_of(months);
  if (whole && count && is_day(*whole)) return number(add_months(*whole, *count));
  const Civil from = civil(day);
  const z3::expr total = from.year * 12 + from.month - 1 + months;
  const z3::expr year = total / number(12), month = z3::mod(total, number(12)) + 1;
  const z3::expr start = start_of_month(year, month);
  const z3::expr length = start_of_month(year, month + 1) - start;
  return start + z3::ite(from.day > length, length, from.day) - 1;
}

// Whether an instant that was computed lies in the years 0001 to 9999; open within a few days of their ends.
z3::expr Encoder::is_instant_symbol(const z3::expr& value) {
  const z3::expr surely = between(value, (kMinDay + kMarginDays) * kMicrosPerDay, (kMaxDay - kMarginDays) * kMicrosPerDay);
  const z3::expr maybe = between(value, (kMinDay - kMarginDays) * kMicrosPerDay, (kMaxDay + kMarginDays) * kMicrosPerDay);
  return surely || (maybe && unknown_test("is in the calendar"));
}

Symbol Encoder::time_arithmetic(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const auto op = std::get<Arithmetic>(*node.node).op;
  Kind left = meanings_.node(node.operands[0]).type.kind, right = meanings_.node(node.operands[1]).type.kind;
  z3::expr a = operands[0].value, b = operands[1].value;
  if (right == Kind::kDate || right == Kind::kTimestamp) {
    if (left != right) {  // a duration on the left
      std::swap(left, right);
      std::swap(a, b);
    }
  }
  const z3::expr known = all_of({operands[0].known, operands[1].known});
  const z3::expr amount = op == ArithmeticOp::kSubtract ? -b : b;
  const z3::expr plain_amount = amount.simplify();
  if (left == right && (left == Kind::kDate || left == Kind::kTimestamp)) return {known, a - b};
  if (left == Kind::kDate) {
    const z3::expr day = (right == Kind::kMonths ? months_later(a, plain_amount) : a + plain_amount).simplify();
    const z3::expr is_near = between(plain_amount, -20'000'000, 20'000'000);
    return {all_of({known, is_near.simplify(), between(day, kMinDay, kMaxDay).simplify()}), day};
  }
  if (left == Kind::kTimestamp && right == Kind::kSpan) {
    const z3::expr instant = a + plain_amount;
    return {all_of({known, is_instant_symbol(instant)}), instant};
  }
  if (left == Kind::kTimestamp) {
    const z3::expr day = day_of(a);
    const z3::expr moved = right == Kind::kMonths ? months_later(day, plain_amount) - day : plain_amount;
    const z3::expr wall = a + moved * number(kMicrosPerDay);
    if (has_one_offset()) return {all_of({known, is_instant_symbol(wall)}), wall};
    const auto [least, greatest] = std::ranges::minmax(clock_.clock.zone->offsets);
    const z3::expr instant = fresh("instant", node.type);
    add(between(instant - wall, least - greatest, greatest - least));
    add(z3::implies(plain_amount == 0, instant == a));
    guess("it moves a time by local days", node);
    return {all_of({known, is_instant_symbol(instant)}), instant};
  }
  const z3::expr sum = a + amount;
  return {all_of({known, between(sum, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max())}), sum};
}

Symbol Encoder::time_call(const MeaningNode& node, std::string_view name, const std::vector<Symbol>& operands) {
  const bool is_date = meanings_.node(node.operands[0]).type.kind == Kind::kDate;
  const z3::expr day = is_date ? operands[0].value : day_of(operands[0].value);
  const z3::expr known = operands[0].known;
  const CalendarRules& rules = clock_.clock.rules;
  if (name == "date") return {known, day};
  if (name == "days_since") return {known, today_of() - day};
  if (name == "days_until") return {known, day - today_of()};
  const z3::expr weekday = z3::mod(day + 3, number(7));  // 1970-01-01 was a Thursday
  if (name == "weekday") return {known, weekday};
  if (name == "start_of_week") {
    const z3::expr start = day - z3::mod(weekday - number(static_cast<int>(rules.week_start)), number(7));
    return {all_of({known, start >= number(kMinDay)}), start};
  }
  if (name == "next_anniversary") {
    const z3::func_decl next = context_.function("next_anniversary", context_.int_sort(), context_.int_sort(), context_.int_sort());
    const z3::expr date = next(day, today_of());
    add(between(date - today_of(), 0, 366));
    add(z3::implies(day == today_of(), date == day));
    guess("it asks for an anniversary", node);
    return {known, date};
  }
  const Civil civil_date = civil(day);
  const auto quarter = [&](const z3::expr& month) { return (month - 1) / number(3) + 1; };
  if (name == "year") return {known, civil_date.year};
  if (name == "month") return {known, civil_date.month};
  if (name == "day") return {known, civil_date.day};
  if (name == "quarter") return {known, quarter(civil_date.month)};
  if (name == "start_of_month") return {known, civil_date.month_start};
  if (name == "start_of_quarter") return {known, start_of_month(civil_date.year, (civil_date.month - 1) / number(3) * 3 + 1)};
  const z3::expr fiscal_month = number(rules.fiscal_month);
  if (name == "fiscal_year") {
    if (rules.fiscal_month == 1) return {known, civil_date.year};
    return {known, civil_date.year + z3::ite(civil_date.month >= fiscal_month, number(1), number(0))};
  }
  if (name == "fiscal_quarter") return {known, z3::mod(civil_date.month - fiscal_month, number(12)) / number(3) + 1};
  guess("it calls a function that is not modelled", node);
  std::vector<z3::expr> parts = {known, unknown_test("call is known")};
  return {all_of(parts), fresh("call", node.type)};
}

}  // namespace segue::proving
