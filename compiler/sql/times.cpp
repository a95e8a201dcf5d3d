// Days, instants and windows. Days are dates, instants timestamps with a zone; arithmetic runs over day numbers and microseconds since 1970.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/sql/emit.h"
#include "stdlib/builtins.h"
#include "stdlib/clock.h"

namespace segue::sql {
namespace {

constexpr std::int64_t kFirstInstant = (kMinDay - 2) * kMicrosPerDay, kLastInstant = (kMaxDay + 2) * kMicrosPerDay;

}  // namespace

Text Emitter::zone() const { return constant(text_literal(dialect_, options_.timezone)); }

Text Emitter::local_day(const Text& instant) const { return call(dialect_.local_day, {instant, zone()}); }

// A date of the years 0001 to 9999, or missing.
Text Emitter::known_date(const Text& number) {
  Text made = on_columns(fmt::format("(CASE WHEN {{0}} BETWEEN {} AND {} THEN {} END)", kMinDay, kMaxDay, dialect_.date_of), {number});
  made.is_null = true;
  return made;
}

Text Emitter::known_instant(const Text& micros) {
  const Text instant = column_of(on_columns(
      fmt::format("(CASE WHEN {{0}} BETWEEN {} AND {} THEN {} END)", kFirstInstant, kLastInstant, dialect_.instant_of), {micros}));
  const std::string day = fill(dialect_.local_day, {"{0}", zone().sql});
  Text made = on_columns(fmt::format("(CASE WHEN {} BETWEEN {} AND {} THEN {{0}} END)", day, date_literal(kMinDay), date_literal(kMaxDay)),
                         {instant});
  made.is_null = true;
  return made;
}

Text Emitter::add_days(const Text& date, const Text& days) {
  return known_date(call("({0} + {1})", {call(dialect_.wide_int, {day_number(date)}), days}));
}

// The same day of the month, or its last; missing outside the years 0001 to 9999.
Text Emitter::add_months(const Text& date, const Text& months) {
  const std::string month = fmt::format("{} * 12 + {} - 1 + {{1}}", fill(dialect_.year, {"{0}"}), fill(dialect_.month, {"{0}"}));
  Text made = on_columns(fmt::format("(CASE WHEN {} BETWEEN 12 AND 119999 THEN {} END)", month, dialect_.add_months), {date, months});
  made.is_null = true;
  return made;
}

// µs east of UTC at an instant.
Text Emitter::offset_at(const Text& micros) {
  const Text instant = call(dialect_.instant_of, {micros});
  return on_columns("({0} - {1})", {call(dialect_.local_micros, {instant, zone()}), micros});
}

// Skipped wall time moves forward by the gap; repeated wall time is the first. Read in the offset of the day before, a wall time is right when
// that offset still holds there, and moved by the gap when the new offset holds nowhere at it.
Text Emitter::instant_of_local(const Text& local_micros) {
  const Text local = column_of(local_micros);
  const auto read_in = [&](const Text& offset) { return column_of(on_columns("({0} - {1})", {local, offset})); };
  const Text before = column_of(offset_at(column_of(on_columns(fmt::format("({{0}} - {})", 2 * kMicrosPerDay), {local}))));
  const Text first = read_in(before);
  const Text after = column_of(offset_at(first));
  const Text second = read_in(after);
  const Text there = column_of(offset_at(second));
  return on_columns("(CASE WHEN {1} = {0} OR {2} <> {1} THEN {3} ELSE {4} END)", {before, after, there, first, second});
}

// The instant with the same local time of day on another day; itself on the same day.
Text Emitter::moved(const Text& instant, const Text& from_day, const Text& to_day) {
  const Text day = column_of(from_day), target = column_of(to_day), micros = column_of(call(dialect_.local_micros, {instant, zone()}));
  const std::string from = fill(dialect_.day_number, {"{1}"}), to = fill(dialect_.day_number, {"{2}"});
  const Text local = column_of(on_columns(fmt::format("({{0}} + ({} - {}) * {})", to, from, kMicrosPerDay), {micros, day, target}));
  const Text there = column_of(known_instant(instant_of_local(local)));
  Text made = on_columns("(CASE WHEN {0} = {1} THEN {2} ELSE {3} END)", {day, target, column_of(instant), there});
  made.is_null = true;
  return made;
}

Text Emitter::time_arithmetic(const Arithmetic& node) {
  const bool is_mirrored = type_of(node.left).kind != Kind::kDate && type_of(node.left).kind != Kind::kTimestamp &&
                           (type_of(node.right).kind == Kind::kDate || type_of(node.right).kind == Kind::kTimestamp);
  const Type &left_type = type_of(is_mirrored ? node.right : node.left), &right_type = type_of(is_mirrored ? node.left : node.right);
  const Text left = value(is_mirrored ? node.right : node.left);
  Text right = value(is_mirrored ? node.left : node.right);
  const bool is_minus = node.op == ArithmeticOp::kSubtract;
  if (left_type.kind == Kind::kDate && right_type.kind == Kind::kDate) return call("({0} - {1})", {day_number(left), day_number(right)});
  if (left_type.kind == Kind::kTimestamp && right_type.kind == Kind::kTimestamp)
    return call("({0} - {1})", {call(dialect_.micros_of, {left}), call(dialect_.micros_of, {right})});
  if (left_type.kind != Kind::kDate && left_type.kind != Kind::kTimestamp)
    return narrow_int(call(is_minus ? "({0} - {1})" : "({0} + {1})", {call(dialect_.wide_int, {left}), right}));
  if (is_minus) right = call("(-{0})", {call(dialect_.wide_int, {right})});
  if (left_type.kind == Kind::kDate) return right_type.kind == Kind::kMonths ? add_months(left, right) : add_days(left, right);
  if (right_type.kind == Kind::kSpan)
    return known_instant(call("({0} + {1})", {call(dialect_.wide_int, {call(dialect_.micros_of, {left})}), right}));
  const Text day = column_of(local_day(left));
  return moved(left, day, right_type.kind == Kind::kMonths ? add_months(day, right) : add_days(day, right));
}

// ── calendar functions ──

Text Emitter::fiscal_index(const Text& date) {
  return call(fmt::format("(({} + {}) % 12)", fill(dialect_.month, {"{0}"}), 12 - options_.calendar.fiscal_month), {date});
}

// The first day of the month that lies `months` before the date's.
Text Emitter::first_of_month(const Text& date, const Text& months) {
  const Text first = column_of(on_columns(fmt::format("({} - {} + 1)", dialect_.day_number, fill(dialect_.day, {"{0}"})), {date}));
  const Text start = column_of(known_date(first));
  return add_months(start, call("(-{0})", {months}));
}

Text Emitter::start_of_period(const Text& date, Period period) {
  const auto month = [&](std::string_view pattern) {
    return call(fmt::format(fmt::runtime(pattern), fill(dialect_.month, {"{0}"})), {date});
  };
  switch (period) {
    case Period::kDay: return date;
    case Period::kWeek:
      return known_date(on_columns(
          fmt::format("({} - ({} + {}) % 7)", dialect_.day_number, dialect_.weekday, 7 - static_cast<int>(options_.calendar.week_start)),
          {date}));
    case Period::kMonth: return first_of_month(date, constant("0"));
    case Period::kQuarter: return first_of_month(date, month("(({} - 1) % 3)"));
    case Period::kYear: return first_of_month(date, month("({} - 1)"));
    case Period::kFiscalQuarter: return first_of_month(date, call("({0} % 3)", {fiscal_index(date)}));
    case Period::kFiscalYear: return first_of_month(date, fiscal_index(date));
  }
  return date;
}

// `today` stands among the columns of the clock.
Text Emitter::next_anniversary(const Text& date) {
  const Text origin = column_of(date), today = column_text("#today", false);
  const auto in_year = [&](int later) {
    const std::string year = fmt::format("({} + {})", fill(dialect_.year, {"{1}"}), later);
    const std::string month = fill(dialect_.month, {"{0}"}), day = fill(dialect_.day, {"{0}"});
    const std::string leap = fmt::format("({0} % 4 = 0 AND ({0} % 100 <> 0 OR {0} % 400 = 0))", year);
    const std::string clamped = fmt::format("(CASE WHEN {} = 2 AND {} = 29 AND NOT {} THEN 28 ELSE {} END)", month, day, leap, day);
    Text made = on_columns(fmt::format("(CASE WHEN {} <= 9999 THEN {} END)", year, fill(dialect_.make_date, {year, month, clamped})),
                           {origin, today});
    made.is_null = true;
    return column_of(made);
  };
  Text made = on_columns("(CASE WHEN {0} >= {2} THEN {0} ELSE {1} END)", {in_year(0), in_year(1), today});
  made.is_null = true;
  return made;
}

Text Emitter::operator()(const Call& node) {
  if (node.arguments.empty()) return refuse("a function without operands");
  const Type& type = type_of(node.arguments.front());
  Text date = value(node.arguments.front());
  const std::string_view name = builtin(node.builtin).name;
  if (type.kind == Kind::kTimestamp && name != "decay") date = column_of(local_day(date));
  if (type.kind != Kind::kDate && type.kind != Kind::kTimestamp) return refuse(fmt::format("`{}` has no exact form", name));
  const auto number = [&](std::string_view pattern) { return call(pattern, {date}); };
  if (name == "date") return date;
  if (name == "year") return number(dialect_.year);
  if (name == "month") return number(dialect_.month);
  if (name == "day") return number(dialect_.day);
  if (name == "quarter")
    return number(fmt::format("(({} + 2) {} 3)", dialect_.month,
                              dialect_.id == SqlDialect::kPostgresql ? "/"
                              : dialect_.id == SqlDialect::kSpark    ? "div"
                                                                     : "//"));
  if (name == "weekday") return enum_value(type_of(id_), number(dialect_.weekday));
  if (name == "fiscal_year") {
    if (options_.calendar.fiscal_month == 1) return number(dialect_.year);
    return on_columns(
        fmt::format("({} + CASE WHEN {} >= {} THEN 1 ELSE 0 END)", dialect_.year, dialect_.month, options_.calendar.fiscal_month), {date});
  }
  if (name == "fiscal_quarter") {
    const char* divide = dialect_.id == SqlDialect::kPostgresql ? "/" : dialect_.id == SqlDialect::kSpark ? "div" : "//";
    return call(fmt::format("(({{0}} {} 3) + 1)", divide), {fiscal_index(date)});
  }
  if (name == "start_of_week") return start_of_period(date, Period::kWeek);
  if (name == "start_of_month") return start_of_period(date, Period::kMonth);
  if (name == "start_of_quarter") return start_of_period(date, Period::kQuarter);
  if (name == "days_since") return call("({0} - {1})", {day_number(column_text("#today", false)), day_number(date)});
  if (name == "days_until") return call("({0} - {1})", {day_number(date), day_number(column_text("#today", false))});
  if (name == "next_anniversary") return next_anniversary(date);
  if (name == "decay") return refuse("powers of two differ from engine to engine in their last digits");
  return refuse(fmt::format("`{}` has no exact form", name));
}

// ── the clock ──

Text Emitter::operator()(const Now&) { return column_text("#now", false); }
Text Emitter::operator()(const Today&) { return column_text("#today", false); }

Text Emitter::shifted_day(const Text& date, TimeAmount amount, bool is_back) {
  constexpr std::int64_t kFar = 10'000'000;
  const bool is_days = amount.unit == TimeUnit::kDay || amount.unit == TimeUnit::kWeek;
  const KnownInt length = is_days ? days_of(amount) : months_of(amount);
  const std::int64_t limit = is_days ? kFar : 200'000;
  std::int64_t count = length.known ? std::clamp(length.value, -limit, limit) : (amount.count < 0 ? -limit : limit);
  if (is_back) count = -count;
  const Text shift = constant(int_literal(dialect_, count));
  return is_days ? add_days(date, shift) : add_months(date, shift);
}

Text Emitter::operator()(const FromNow& node) {
  const RowsId rows = std::exchange(rows_, kClockRows);
  const TimeAmount shift{node.count, node.unit};
  Text made;
  if (!is_exact(node.unit)) {
    made = shifted_day(column_text("#today", false), shift, false);
  } else {
    const KnownInt length = micros_of(shift);
    made = length.known
               ? known_instant(call("({0} + {1})", {call(dialect_.wide_int, {call(dialect_.micros_of, {column_text("#now", false)})}),
                                                    constant(int_literal(dialect_, length.value))}))
               : constant("NULL", true);
  }
  made = query_.hoist(kClockRows, made);
  rows_ = rows;
  made.layer = 0;
  made.is_null = true;
  return made;
}

Emitter::Bounds Emitter::window(WindowId id, bool is_date) {
  const auto [known, is_new] = windows_.try_emplace({index_of(id), is_date}, Bounds{});
  if (!is_new) return known->second;
  const RowsId rows = std::exchange(rows_, kClockRows);
  known->second = make_window(program_.windows[index_of(id)], is_date);
  rows_ = rows;
  return known->second;
}

// Whole local days from `first` to `last` (day numbers; NULL: beyond the calendar's end on that side), cut at an instant.
// Nothing lies in it where `today` is missing.
Emitter::Bounds Emitter::day_window(const Text& today, const Text& first, const Text& last, const std::optional<Text>& from,
                                    const std::optional<Text>& to, bool is_date) {
  const auto clamp = [&](const Text& day, std::int64_t beyond) {
    const std::string clamped =
        fmt::format("least(greatest(coalesce({{0}}, {}), {}), {})", beyond, kMinDay - (beyond > 0), kMaxDay + (beyond < 0));
    Text made = on_columns(fmt::format("(CASE WHEN {{1}} IS NOT NULL THEN {} END)", clamped), {day, today});
    return column_of(made);
  };
  // `first` is never before the first day, `last` never behind the last; a window outside the calendar is empty.
  const Text low = clamp(first, kMinDay), high = clamp(last, kMaxDay);
  if (is_date) return {.low = column_of(date_of(low)).sql, .high = column_of(date_of(high)).sql};
  const auto start = [&](const Text& day) {
    return column_of(instant_of_local(on_columns(fmt::format("({{0}} * {})", kMicrosPerDay), {day})));
  };
  Text begin = start(low), end = start(column_of(on_columns("({0} + 1)", {high})));
  end = column_of(on_columns("({0} - 1)", {end}));
  if (from) begin = column_of(on_columns("greatest({0}, {1})", {begin, *from}));
  if (to) end = column_of(on_columns("least({0}, {1})", {end, *to}));
  return {.low = column_of(call(dialect_.instant_of, {begin})).sql, .high = column_of(call(dialect_.instant_of, {end})).sql};
}

Emitter::Bounds Emitter::make_window(const Window& window, bool is_date) {
  Bounds nothing{.low = {}, .high = {}, .is_empty = true};
  Text now = column_of(call(dialect_.micros_of, {column_text("#now", false)})), today = column_text("#today", false);
  const TimeUnit unit = window.unit;
  if (window.as_of) {
    if (is_exact(window.as_of->unit)) {
      const KnownInt length = micros_of(*window.as_of);
      if (!length.known) return nothing;
      const Text there =
          column_of(known_instant(call("({0} + {1})", {call(dialect_.wide_int, {now}), constant(int_literal(dialect_, length.value))})));
      now = column_of(call(dialect_.micros_of, {there}));
      today = column_of(local_day(there));
    } else {
      today = column_of(shifted_day(today, *window.as_of, false));
      const Text next = on_columns(fmt::format("(({} + 1) * {})", dialect_.day_number, kMicrosPerDay), {today});
      now = column_of(on_columns("({0} - 1)", {column_of(instant_of_local(next))}));
    }
  }
  const bool is_rolling = window.kind == WindowKind::kLast || window.kind == WindowKind::kNext;
  if (is_rolling && window.count < 1) return nothing;
  const bool is_last = window.kind == WindowKind::kLast;
  Bounds bounds;
  if (is_rolling && is_exact(unit)) {
    if (is_date) return nothing;
    const KnownInt length = micros_of({window.count, unit});
    const std::int64_t span = length.known ? std::min(length.value, kLastInstant - kFirstInstant) : kLastInstant - kFirstInstant;
    const Text edge = column_of(on_columns(is_last ? fmt::format("greatest({{0}} - {}, {})", span - 1, kFirstInstant)
                                                   : fmt::format("least({{0}} + {}, {})", span - 1, kLastInstant),
                                           {now}));
    const Text other = column_of(call(dialect_.instant_of, {edge})), here = column_of(call(dialect_.instant_of, {now}));
    bounds = {.low = is_last ? other.sql : here.sql, .high = is_last ? here.sql : other.sql};
  } else if (is_rolling) {
    const Text day = column_of(day_number(today));
    const Text edge = column_of(day_number(shifted_day(today, {window.count, unit}, is_last)));
    const Text beside = column_of(on_columns(is_last ? "({0} + 1)" : "({0} - 1)", {edge}));
    bounds =
        is_last ? day_window(today, beside, day, std::nullopt, now, is_date) : day_window(today, day, beside, now, std::nullopt, is_date);
  } else {
    constexpr Period kPeriods[] = {Period::kDay,   Period::kDay,     Period::kDay,  Period::kDay,           Period::kWeek,
                                   Period::kMonth, Period::kQuarter, Period::kYear, Period::kFiscalQuarter, Period::kFiscalYear};
    const Period period = kPeriods[static_cast<std::size_t>(unit)];
    const Text start = column_of(start_of_period(today, period));
    const auto edge = [&](int count) {
      if (count == 0) return column_of(day_number(start));
      return column_of(day_number(shifted_day(start, {count, unit}, false)));
    };
    const int first = window.kind == WindowKind::kPrevious ? -1 : window.kind == WindowKind::kFollowing ? 1 : 0;
    const Text last = column_of(on_columns("({0} - 1)", {edge(first + 1)}));
    bounds = day_window(today, edge(first), last, std::nullopt, std::nullopt, is_date);
  }
  bounds.is_null = window.as_of.has_value();
  return bounds;
}

}  // namespace segue::sql
