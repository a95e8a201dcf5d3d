// Values of every type: columns, literals, arithmetic, functions, moments.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/syntax/parse.h"
#include "stdlib/calendar.h"
#include "stdlib/print_value.h"
#include "stdlib/text.h"
#include "stdlib/time_zone.h"
#include "tests/differential/author.h"

namespace segue::differential {

Type Author::type_of(Kind kind) {
  Type type;
  type.kind = kind;
  return type;
}

Term Author::make(Type type, const Scope& scope, std::vector<std::string> texts, std::vector<Term> parts, Grade grade) {
  Term term;
  term.type = type;
  term.scope = scope.tables;
  term.texts = std::move(texts);
  term.parts = std::move(parts);
  term.grade = grade;
  return term;
}

Term Author::bracketed(Term term, Grade from) {
  if (term.grade < from) return term;
  Term made;
  made.type = term.type;
  made.scope = term.scope;
  made.texts = {"(", ")"};
  made.parts.push_back(std::move(term));
  return made;
}

// ── literals ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

namespace {

std::string text_literal(const std::string& text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') made += '\\';
    made += c;
  }
  return made + "\"";
}

// Of a decimal literal, which is none of `0.0` and has no suffix but `%`.
std::uint8_t digits_after_point(std::string text) {
  std::size_t extra = 0;
  if (text.ends_with('%')) {
    text.pop_back();
    extra = text.ends_with('0') ? 1 : 2;
  }
  while (text.find('.') != std::string::npos && text.ends_with('0')) text.pop_back();
  const std::size_t point = text.find('.');
  return static_cast<std::uint8_t>(extra + (point == std::string::npos ? 0 : text.size() - point - 1));
}

}  // namespace

std::string Author::scalar_literal(Kind kind, std::uint8_t scale, EnumTypeId enum_id) {
  const TimeZone zone = load_time_zone(world_.zone).value_or(utc_zone());
  const std::int64_t today = local_day_of(zone, world_.now);
  switch (kind) {
    case Kind::kInt:
      return random_.one_of<std::string>({"0",
                                          "1",
                                          "2",
                                          "3",
                                          "5",
                                          "7",
                                          "-1",
                                          "10",
                                          "100",
                                          "127",
                                          "-128",
                                          "200",
                                          "1_000",
                                          "5k",
                                          "2M",
                                          "-3",
                                          "1bn",
                                          "40",
                                          "9_223_372_036_854_775_807",
                                          "-9_223_372_036_854_775_808",
                                          "9007199254740993",
                                          "32768"});
    case Kind::kDecimal: {
      if (scale == 0) return random_.one_of<std::string>({"0", "1", "-5", "100", "7", "999999999999999999"});
      if (scale == 1) return random_.one_of<std::string>({"0.5", "0.7", "-0.1", "90%", "0.3"});
      if (scale == 18) return random_.one_of<std::string>({"0.5", "0.7", "-0.125", "90%", "0.01", "0.000000000000000007"});
      if (scale > 9) return random_.one_of<std::string>({"0.5", "0.7", "-0.125", "90%", "0.01"});
      return random_.one_of<std::string>({"0.07", "0.5", "12.25", "90%", "-3.75", "0.01", "100.99", "1.5", "7%", "2.50", "0.04"});
    }
    case Kind::kFloat:
      return random_.one_of<std::string>(
          {"0.1", "0.3", "2.5", "-0.5", "1", "0", "90%", "1_000.125", "7", "0.30000000000000004", "97.65625", "-2"});
    case Kind::kText: return text_literal(words()[random_.chance(40) ? 1 + random_.below(4) : random_.below(words().size())]);
    case Kind::kDate:
      return print_date(random_.chance(10) ? random_.one_of<std::int64_t>({-719'162, 2'932'896, 19'782})
                                           : today + random_.between(-45, 45));
    case Kind::kTimestamp: {
      if (random_.chance(30))
        return fmt::format("{}T{:02}:{:02}:00", print_date(today + random_.between(-40, 40)), random_.below(24),
                           random_.one_of({0, 30, 59}));
      if (random_.chance(30)) return print_timestamp_utc(first_instant_of_day(zone, today + random_.between(-8, 8)));
      return print_timestamp_utc(world_.now + random_.between(-800, 300) * 3'600'000'000);
    }
    case Kind::kEnum: {
      static const std::vector<std::string> kDays = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
      const std::vector<std::string>& values = enum_id == kWeekdayEnum ? kDays : world_.enums[enum_id].values;
      const std::string& value = random_.one_of(values);
      return value.find(' ') != std::string::npos || random_.chance(20) ? text_literal(value) : value;
    }
    case Kind::kDays: {
      const std::int64_t count = random_.between(0, 60);
      return random_.chance(30) ? counted_unit(count / 7, "week") : counted_unit(count, "day");
    }
    case Kind::kMonths: return counted_unit(random_.between(0, 14), random_.one_of<std::string>({"month", "quarter", "year"}));
    case Kind::kSpan: return counted_unit(random_.between(0, 100), random_.one_of<std::string>({"hour", "minute", "second"}));
    default: return "true";
  }
}

std::string Author::counted_unit(std::int64_t count, const std::string& unit) {
  return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

Term Author::literal(Kind kind, const Scope& scope, EnumTypeId enum_id) {
  Type type = type_of(kind);
  type.enum_id = enum_id;
  type.scale = kind == Kind::kDecimal ? 2 : 0;
  const std::string text = scalar_literal(kind, type.scale, enum_id);
  if (kind == Kind::kDecimal) type.scale = digits_after_point(text);
  Term term = make(type, scope, {text});
  term.is_literal = true;
  return term;
}

std::string Author::constant_text(const Type& type, const Constant& value) {
  switch (type.kind) {
    case Kind::kInt: return print_int(std::get<std::int64_t>(value));
    case Kind::kDecimal: return print_decimal(std::get<std::int64_t>(value), type.scale);
    case Kind::kFloat: return print_float(std::get<double>(value));
    case Kind::kText: return text_literal(std::get<std::string>(value));
    case Kind::kDate: return print_date(std::get<std::int64_t>(value));
    case Kind::kTimestamp: return print_timestamp_utc(std::get<std::int64_t>(value));
    case Kind::kEnum: {
      const std::string& name = world_.enums[type.enum_id].values[static_cast<std::size_t>(std::get<std::int64_t>(value))];
      return name.find(' ') == std::string::npos ? name : text_literal(name);
    }
    default: return {};
  }
}

std::optional<std::string> Author::held_literal(const Term& of, const Type& type) {
  if (!of.column) return std::nullopt;
  const std::vector<Cell>& cells = world_.tables[of.column->first].columns[of.column->second].cells;
  if (cells.empty()) return std::nullopt;
  const Cell& cell = random_.one_of(cells);
  const bool is_list = of.type.kind == Kind::kList;
  if (!cell.is_known || (is_list && cell.list.empty())) return std::nullopt;
  std::string text = constant_text(type, is_list ? random_.one_of(cell.list) : cell.value);
  // Exponents and infinities cannot be written, nor years beyond what a literal takes in UTC.
  const bool is_number = type.kind == Kind::kInt || type.kind == Kind::kDecimal || type.kind == Kind::kFloat;
  if (text.empty() || (is_number && text.find_first_of("einf") != std::string::npos)) return std::nullopt;
  // Beside a decimal of more digits after the point it may have too many in all.
  constexpr std::size_t kMostDecimalLength = 14;
  if (type.kind == Kind::kDecimal && text.size() > kMostDecimalLength) return std::nullopt;
  return text;
}

Term Author::list_literal(const Type& type, const Scope& scope, const Term& of) {
  Type wanted = type;
  if (!of.column) wanted.folded = true;  // what a parameter is given may fold
  Term made = list_literal(wanted, scope);
  const auto held = held_literal(of, type);
  // By itself, since a value may be there already in other words.
  if (held && random_.chance(60)) made.texts = {"[" + *held + "]"};
  return made;
}

Term Author::list_literal(const Type& type, const Scope& scope) {
  std::string text;
  std::set<std::string> seen;
  for (std::size_t i = 0, count = 1 + random_.below(random_.chance(10) ? 30 : 4); i < count; ++i) {
    std::string value = scalar_literal(type.kind, type.scale, type.enum_id);
    // `7%` and `0.07` are one value, so each number is written in one way only.
    if (type.kind == Kind::kDecimal && value.ends_with('%')) continue;
    if (type.kind == Kind::kDecimal && value == "2.50") continue;
    if (type.kind == Kind::kFloat && value == "90%") continue;
    if (type.kind == Kind::kEnum && value.starts_with('"') && value.find(' ') == std::string::npos)
      value = value.substr(1, value.size() - 2);
    if (type.kind == Kind::kDays && value.find("week") != std::string::npos) continue;
    if (type.kind == Kind::kSpan && value.find("hour") == std::string::npos) continue;
    if (type.kind == Kind::kTimestamp && !value.ends_with('Z')) continue;
    if (!seen.insert(type.kind == Kind::kText && type.folded ? fold(value) : value).second) continue;
    text += (text.empty() ? "" : ", ") + value;
  }
  if (text.empty()) {
    const bool is_time = type.kind == Kind::kTimestamp;
    text = is_time                    ? print_timestamp_utc(world_.now)
           : type.kind == Kind::kDays ? "3 days"
           : type.kind == Kind::kSpan ? "2 hours"
           : type.scale == 0          ? "1"
                                      : "0.5";
  }
  return make(type, scope, {"[" + text + "]"});
}

// ── columns and earlier definitions ──────────────────────────────────────────────────────────────────────────────────────

std::optional<Term> Author::column_of(const Scope& scope, const std::string& prefix, std::uint32_t table, Kind kind) {
  std::vector<std::uint32_t> fitting;
  for (std::uint32_t i = 0; i < world_.tables[table].columns.size(); ++i) {
    const WorldColumn& column = world_.tables[table].columns[i];
    if (column.type.kind == kind && column.form == WorldForm::kPlain) fitting.push_back(i);
  }
  if (fitting.empty()) return std::nullopt;
  const std::uint32_t chosen = random_.one_of(fitting);
  Term made = make(world_.tables[table].columns[chosen].type, scope, {prefix + written_name(world_.tables[table].columns[chosen].name)});
  made.column = {table, chosen};
  return made;
}

std::optional<Term> Author::column(Kind kind, const Scope& scope) {
  std::string prefix;
  std::uint32_t table = scope.own();
  if (scope.tables.size() > 1 && random_.chance(25)) {
    table = scope.tables[random_.below(scope.tables.size() - 1)];
    prefix = world_.tables[table].name + ".";
  } else if (random_.chance(4) && std::ranges::count(scope.tables, table) == 1) {
    prefix = world_.tables[table].name + ".";
  }
  for (int i = 0; i < 2 && random_.chance(20) && !world_.tables[table].references.empty(); ++i) {
    const WorldReference& reference = random_.one_of(world_.tables[table].references);
    prefix += reference.name + ".";
    table = reference.to;
  }
  return column_of(scope, prefix, table, kind);
}

// The kind of some column at hand, so that conditions are about data more often than about constants; else any of `kinds`.
Kind Author::kind_at_hand(const Scope& scope, std::initializer_list<Kind> kinds) {
  for (int i = 0; i < 3 && random_.chance(85); ++i) {
    const Kind kind = random_.one_of(world_.tables[scope.own()].columns).type.kind;
    if (std::ranges::find(kinds, kind) != kinds.end()) return kind;
  }
  return random_.one_of(kinds);
}

// Whether a row of `table`, with the rows that its first parents name, stands around.
bool Author::is_among(const Scope& scope, std::uint32_t table) const {
  std::size_t left = scope.tables.size();
  while (true) {
    while (left > 0 && scope.tables[left - 1] != table) --left;
    if (left == 0) return false;
    if (table == 0) return true;
    table = world_.tables[table].parents[0].table;
  }
}

// What an earlier declaration names.
std::optional<Term> Author::earlier(Kind kind, const Scope& scope, int depth) {
  std::vector<const Known*> fitting;
  for (const Known& each : known) {
    if (each.kind == Known::Kind::kList || each.type.kind != kind) continue;
    if (each.is_audience && scope.tables != plain_chain(each.table)) continue;
    if (each.kind == Known::Kind::kParam || is_among(scope, each.table)) fitting.push_back(&each);
  }
  for (const Parameter& each : scope.parameters) {
    if (each.type.kind == kind && random_.chance(60)) return make(each.type, scope, {each.name});
  }
  if (fitting.empty()) return std::nullopt;
  const Known& chosen = *random_.one_of(fitting);
  if (chosen.kind == Known::Kind::kParam) return make(chosen.type, scope, {chosen.name});
  std::string name = chosen.name;
  if (chosen.table != scope.own()) name = world_.tables[chosen.table].name + "." + name;
  if (chosen.parameters.empty()) return make(chosen.type, scope, {name});
  std::vector<std::string> texts = {name + "("};
  std::vector<Term> parts;
  for (std::size_t i = 0; i < chosen.parameters.size(); ++i) {
    const Type& wanted = chosen.parameters[i].type;
    // An argument speaks of the row that the definition is about; elsewhere a bare name would be another row's.
    const bool is_fixed = chosen.parameters[i].is_constant || chosen.table != scope.own() || depth <= 0 || random_.chance(50);
    Term argument = is_fixed ? constant_argument(wanted, scope) : value(wanted.kind, scope, depth - 1);
    if (wanted.kind == Kind::kDecimal && argument.type.scale > wanted.scale) argument = literal(wanted.kind, scope);
    parts.push_back(std::move(argument));
    texts.push_back(i + 1 == chosen.parameters.size() ? ")" : ", ");
  }
  return make(chosen.type, scope, std::move(texts), std::move(parts));
}

Term Author::constant_argument(const Type& type, const Scope& scope) {
  for (const Known& each : known) {
    if (each.kind == Known::Kind::kParam && each.type.kind == type.kind && random_.chance(30)) return make(each.type, scope, {each.name});
  }
  return literal(type.kind, scope);
}

Term Author::leaf(Kind kind, const Scope& scope) {
  for (int i = 0; i < 4; ++i) {
    if (random_.chance(90)) {
      if (auto found = column(kind, scope)) return *found;
    }
    if (random_.chance(15)) {
      if (auto found = earlier(kind, scope, 0)) return *found;
    }
  }
  if (random_.chance(70) && kind != Kind::kBool) {
    if (auto found = aggregate_value(kind, scope, 1)) return *found;
  }
  switch (kind) {
    case Kind::kFloat: return make(type_of(Kind::kFloat), scope, {"(", " / 4)"}, {literal(Kind::kInt, scope)});
    case Kind::kDate:
      if (random_.chance(40))
        return make(type_of(kind), scope,
                    {fmt::format("{} ago", counted_unit(random_.between(0, 40), random_.one_of<std::string>({"day", "week", "month"})))});
      break;
    case Kind::kTimestamp:
      if (random_.chance(40))
        return make(type_of(kind), scope, {fmt::format("{} from now", counted_unit(random_.between(0, 100), "hour"))});
      break;
    default: break;
  }
  if (kind == Kind::kBool) return bracketed(make(type_of(kind), scope, {"", " >= 0"}, {day_count(scope, 0)}, Grade::kComparison));
  if (kind == Kind::kEnum)
    return call(
        "weekday",
        [] {
          Type type = type_of(Kind::kEnum);
          type.enum_id = kWeekdayEnum;
          return type;
        }(),
        leaf(Kind::kDate, scope));
  return literal(kind, scope);
}

// ── calculations ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Term Author::arithmetic(const Term& left, const char* op, const Term& right) {
  Type type;
  const Kind a = left.type.kind, b = right.type.kind;
  const bool is_division = *op == '/';
  type.kind = a == Kind::kFloat || b == Kind::kFloat || is_division ? Kind::kFloat
              : a == Kind::kDecimal || b == Kind::kDecimal          ? Kind::kDecimal
                                                                    : Kind::kInt;
  int first = a == Kind::kDecimal ? left.type.scale : 0, second = b == Kind::kDecimal ? right.type.scale : 0;
  // A literal may take the other side's digits.
  if (left.is_literal) first = std::max(first, second);
  if (right.is_literal) second = std::max(first, second);
  if (type.kind == Kind::kDecimal) type.scale = static_cast<std::uint8_t>(*op == '*' ? first + second : std::max(first, second));
  Term made;
  made.type = type;
  made.scope = left.scope;
  made.texts = {"", fmt::format(" {} ", op), ""};
  made.parts = {bracketed(left), bracketed(right)};
  made.grade = Grade::kChain;
  return made;
}

Term Author::call(const char* name, Type type, Term argument) {
  Term made;
  made.type = type;
  made.scope = argument.scope;
  made.texts = {std::string(name) + "(", ")"};
  made.parts = {std::move(argument)};
  return made;
}

Term Author::or_else(Kind kind, const Scope& scope, int depth) {
  Term first = value(kind, scope, depth - 1);
  if (kind == Kind::kEnum)
    return make(first.type, scope, {"", " or else ", ""}, {bracketed(first), literal(Kind::kEnum, scope, first.type.enum_id)},
                Grade::kChain);
  Term second = value(kind, scope, depth - 1);
  if (const auto held = held_literal(first, first.type); held && kind != Kind::kBool && kind != Kind::kEnum && random_.chance(30)) {
    second = literal(kind, scope);
    second.texts = {*held};
    second.type = first.type;
  }
  Type type = first.type;
  type.scale = std::max(type.scale, second.type.scale);
  type.folded = type.folded || second.type.folded;
  // A literal first would lend its own type, and one of few digits after the point has no room beside one of many.
  if (first.is_literal || (second.is_literal && type.scale > 9)) return first;
  if (random_.chance(20) && second.grade == Grade::kAtom) {
    Term third = value(kind, scope, 0);
    type.scale = std::max(type.scale, third.type.scale);
    type.folded = type.folded || third.type.folded;
    const bool has_literal = second.is_literal || third.is_literal;
    if (!has_literal || type.scale <= 4) {
      return make(type, scope, {"", " or else ", " or else ", ""}, {bracketed(first), bracketed(second), bracketed(third)}, Grade::kChain);
    }
  }
  return make(type, scope, {"", " or else ", ""}, {bracketed(first), bracketed(second)}, Grade::kChain);
}

Term Author::number(const Scope& scope, int depth) {
  return value(random_.one_of({Kind::kInt, Kind::kInt, Kind::kDecimal, Kind::kFloat}), scope, depth);
}

Term Author::value(Kind kind, const Scope& scope, int depth) {
  if (depth <= 0 || random_.chance(25))
    return kind == Kind::kDays || kind == Kind::kSpan ? duration_value(kind, scope, 0) : leaf(kind, scope);
  if (random_.chance(12)) return or_else(kind, scope, depth);
  if (random_.chance(15)) {
    if (auto found = earlier(kind, scope, depth - 1)) return *found;
  }
  if (random_.chance(40)) {
    if (auto found = aggregate_value(kind, scope, depth)) return *found;
  }
  switch (kind) {
    case Kind::kBool: return bool_value(scope, depth);
    case Kind::kInt: return int_value(scope, depth);
    case Kind::kDecimal: return decimal_value(scope, depth);
    case Kind::kFloat: return float_value(scope, depth);
    case Kind::kText: return text_value(scope, depth);
    case Kind::kDate: return date_value(scope, depth);
    case Kind::kTimestamp: return timestamp_value(scope, depth);
    case Kind::kEnum: return enum_value(scope, depth);
    default: return duration_value(kind, scope, depth);
  }
}

Term Author::bool_value(const Scope& scope, int depth) {
  if (random_.chance(60)) return leaf(Kind::kBool, scope);
  return bracketed(predicate(scope, depth - 1));
}

Term Author::day_count(const Scope& scope, int depth) {
  const char* name =
      random_.one_of<const char*>({"year", "quarter", "month", "day", "fiscal_year", "fiscal_quarter", "days_since", "days_until"});
  return call(name, type_of(Kind::kInt), value(random_.chance(50) ? Kind::kDate : Kind::kTimestamp, scope, depth - 1));
}

Term Author::int_value(const Scope& scope, int depth) {
  switch (random_.below(5)) {
    case 0: return day_count(scope, depth);
    case 1: {
      Term operand = value(Kind::kInt, scope, depth - 1);
      if (operand.is_literal) return operand;
      return make(operand.type, scope, {"-", ""}, {bracketed(operand)}, Grade::kChain);
    }
    default: return arithmetic(value(Kind::kInt, scope, depth - 1), random_.one_of({"+", "-", "*"}), value(Kind::kInt, scope, depth - 1));
  }
}

Term Author::decimal_value(const Scope& scope, int depth) {
  Term left = value(Kind::kDecimal, scope, depth - 1);
  if (random_.chance(15) && !left.is_literal) return make(left.type, scope, {"-", ""}, {bracketed(left)}, Grade::kChain);
  Term right = value(random_.chance(30) ? Kind::kInt : Kind::kDecimal, scope, depth - 1);
  const char* op = random_.one_of({"+", "-", "*"});
  // A literal takes the other side's scale.
  const auto scale_of = [](const Term& term) { return term.type.kind == Kind::kDecimal ? static_cast<int>(term.type.scale) : 0; };
  const int sum = left.is_literal || right.is_literal ? 2 * std::max(scale_of(left), scale_of(right)) : scale_of(left) + scale_of(right);
  if (*op == '*' && sum > 18) op = "+";
  return random_.chance(20) ? arithmetic(right, op, left) : arithmetic(left, op, right);
}

Term Author::float_value(const Scope& scope, int depth) {
  if (random_.chance(12)) return decay(scope, depth);
  if (random_.chance(12)) {
    if (auto found = percentile(scope, depth)) return *found;
  }
  if (random_.chance(15)) {
    Term operand = value(Kind::kFloat, scope, depth - 1);
    return make(operand.type, scope, {"-", ""}, {bracketed(operand)}, Grade::kChain);
  }
  if (random_.chance(40)) {
    Term right = value(random_.one_of({Kind::kInt, Kind::kDecimal}), scope, depth - 1);
    if (right.is_literal)
      right = literal(Kind::kText, scope), right.texts = {random_.one_of<std::string>({"2", "3", "0.7", "-4", "7", "1_000"})},
      right.type = type_of(Kind::kInt);
    return arithmetic(number(scope, depth - 1), "/", right);
  }
  const Term left = value(Kind::kFloat, scope, depth - 1);
  const Term right = number(scope, depth - 1);
  const char* op = random_.one_of({"+", "-", "*"});
  return random_.chance(50) ? arithmetic(left, op, right) : arithmetic(right, op, left);
}

Term Author::text_value(const Scope& scope, int depth) {
  return random_.chance(50) ? or_else(Kind::kText, scope, depth) : leaf(Kind::kText, scope);
}

Term Author::date_value(const Scope& scope, int depth) {
  switch (random_.below(6)) {
    case 0:
      return make(
          type_of(Kind::kDate), scope,
          {fmt::format("{} {}",
                       counted_unit(random_.between(0, 40), random_.one_of<std::string>({"day", "week", "month", "quarter", "year"})),
                       random_.one_of({"ago", "from now"}))});
    case 1:
      return call(random_.one_of<const char*>({"date", "start_of_week", "start_of_month", "start_of_quarter", "next_anniversary"}),
                  type_of(Kind::kDate), value(random_.one_of({Kind::kDate, Kind::kTimestamp}), scope, depth - 1));
    case 2: return value(Kind::kDate, scope, 0);
    default: {
      Term time = value(Kind::kDate, scope, depth - 1);
      Term amount = random_.chance(40) ? literal(Kind::kMonths, scope) : value(Kind::kDays, scope, depth - 1);
      if (random_.chance(20))
        return make(type_of(Kind::kDate), scope, {"", " + ", ""}, {bracketed(std::move(amount)), bracketed(std::move(time))},
                    Grade::kChain);
      return make(type_of(Kind::kDate), scope, {"", random_.one_of<std::string>({" + ", " - "}), ""},
                  {bracketed(std::move(time)), bracketed(std::move(amount))}, Grade::kChain);
    }
  }
}

Term Author::timestamp_value(const Scope& scope, int depth) {
  if (random_.chance(25)) return leaf(Kind::kTimestamp, scope);
  if (random_.chance(15))
    return make(type_of(Kind::kTimestamp), scope,
                {fmt::format("{} {}", counted_unit(random_.between(0, 100), random_.one_of<std::string>({"hour", "minute", "second"})),
                             random_.one_of({"ago", "from now"}))});
  Term time = value(Kind::kTimestamp, scope, depth - 1);
  Term amount = random_.chance(30) ? literal(Kind::kMonths, scope) : value(random_.one_of({Kind::kDays, Kind::kSpan}), scope, depth - 1);
  if (random_.chance(20))
    return make(type_of(Kind::kTimestamp), scope, {"", " + ", ""}, {bracketed(std::move(amount)), bracketed(std::move(time))},
                Grade::kChain);
  return make(type_of(Kind::kTimestamp), scope, {"", random_.one_of<std::string>({" + ", " - "}), ""},
              {bracketed(std::move(time)), bracketed(std::move(amount))}, Grade::kChain);
}

Term Author::duration_value(Kind kind, const Scope& scope, int depth) {
  if (depth <= 0 || random_.chance(25)) {
    if (auto found = random_.chance(30) ? earlier(kind, scope, 0) : std::nullopt) return *found;
    return literal(kind, scope);
  }
  const Kind time = kind == Kind::kDays ? Kind::kDate : Kind::kTimestamp;
  switch (random_.below(4)) {
    case 0:
      return make(type_of(kind), scope, {"", random_.one_of<std::string>({" + ", " - "}), ""},
                  {bracketed(value(kind, scope, depth - 1)), bracketed(value(kind, scope, depth - 1))}, Grade::kChain);
    case 1: return make(type_of(kind), scope, {"-", ""}, {bracketed(value(kind, scope, depth - 1))}, Grade::kChain);
    default:
      return make(type_of(kind), scope, {"", " - ", ""},
                  {bracketed(value(time, scope, depth - 1)), bracketed(value(time, scope, depth - 1))}, Grade::kChain);
  }
}

Term Author::enum_value(const Scope& scope, int depth) {
  if (random_.chance(30)) {
    Type type = type_of(Kind::kEnum);
    type.enum_id = kWeekdayEnum;
    return call("weekday", type, value(random_.one_of({Kind::kDate, Kind::kTimestamp}), scope, depth - 1));
  }
  return random_.chance(40) ? or_else(Kind::kEnum, scope, depth) : leaf(Kind::kEnum, scope);
}

}  // namespace segue::differential
