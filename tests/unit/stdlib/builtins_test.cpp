// The table of builtins: rows are complete, overloads resolve, and kernels called through it give what the functions give.
#include "stdlib/builtins.h"

#include <bit>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "stdlib/parse_value.h"

namespace segue {
namespace {

Type of(Kind kind) { return Type{.kind = kind}; }

const Builtin& row(Form form, std::string_view name, std::vector<Type> operands) {
  const Builtin* found = find_builtin(form, name, operands);
  REQUIRE(found != nullptr);
  return *found;
}

const TimeZone& project_zone() {
  static const TimeZone kZone = load_time_zone("Europe/Berlin").value();
  return kZone;
}

const Clock& clock_of_test() {
  static const Clock kClock = make_clock(parse_timestamp("2026-07-15T10:15", project_zone()).value, project_zone(), {Weekday::kMonday, 2});
  return kClock;
}

KnownInt call(const Builtin& builtin, std::vector<std::int64_t> operands, std::uint8_t left_scale = 0, std::uint8_t right_scale = 0) {
  const KernelContext context{clock_of_test(), left_scale, right_scale};
  return builtin.kernel.scalar(context, operands.data());
}

KnownInt call_date(std::string_view name, const char* date) {
  return call(row(Form::kFunction, name, {of(Kind::kDate)}), {parse_date(date).value});
}

KnownInt call_timestamp(std::string_view name, const char* timestamp) {
  return call(row(Form::kFunction, name, {of(Kind::kTimestamp)}), {parse_timestamp(timestamp, project_zone()).value});
}

std::int64_t day_of_text(const char* text) { return parse_date(text).value; }

}  // namespace

TEST_CASE("every row is complete and stands at its own id") {
  std::set<std::string> examples;
  for (std::size_t i = 0; i < builtins().size(); ++i) {
    const Builtin& b = builtins()[i];
    INFO(b.name << ": " << b.doc);
    CHECK(static_cast<std::size_t>(b.id) == i);
    CHECK(&builtin(b.id) == &b);
    CHECK(b.arity() >= 1);
    CHECK(b.doc.ends_with('.'));
    CHECK(!b.example.empty());
    CHECK((b.kernel.scalar == nullptr) == (b.kernel.batch == nullptr));
    const bool takes_rows = b.form == Form::kAggregate;
    CHECK(takes_rows == (b.parameters[0] == Shape::kRelation));
    if (b.form == Form::kFunction) CHECK(b.kernel.scalar != nullptr);
    for (const Shape shape : b.parameters) CHECK(!describe(shape).empty());
  }
}

TEST_CASE("overloads resolve from the exact to the float") {
  CHECK(row(Form::kInfix, "+", {of(Kind::kInt), of(Kind::kInt)}).id == BuiltinId::kAddInt);
  CHECK(row(Form::kInfix, "+", {of(Kind::kInt), of(Kind::kDecimal)}).id == BuiltinId::kAddDecimal);
  CHECK(row(Form::kInfix, "+", {of(Kind::kDecimal), of(Kind::kFloat)}).id == BuiltinId::kAddFloat);
  CHECK(row(Form::kInfix, "/", {of(Kind::kInt), of(Kind::kInt)}).id == BuiltinId::kDivideExact);
  CHECK(row(Form::kInfix, "<", {of(Kind::kTimestamp), of(Kind::kDate)}).id == BuiltinId::kLessTimestampDate);
  CHECK(row(Form::kInfix, "-", {of(Kind::kDate), of(Kind::kDate)}).result == Shape::kDays);
  CHECK(row(Form::kFunction, "weekday", {of(Kind::kTimestamp)}).result == Shape::kWeekday);
  CHECK(find_builtin(Form::kFunction, "year", std::vector{of(Kind::kText)}) == nullptr);
  CHECK(find_builtin(Form::kInfix, "+", std::vector{of(Kind::kText), of(Kind::kInt)}) == nullptr);
  CHECK(is_builtin(Form::kFunction, "year"));
  CHECK(!is_builtin(Form::kFunction, "count"));
  CHECK(is_builtin(Form::kAggregate, "count"));
  CHECK(!is_builtin(Form::kFunction, "yeer"));
}

TEST_CASE("calendar functions of a date") {
  CHECK(call_date("year", "2026-03-01") == KnownInt{2026, true});
  CHECK(call_date("quarter", "2026-03-31") == KnownInt{1, true});
  CHECK(call_date("month", "2026-03-01") == KnownInt{3, true});
  CHECK(call_date("day", "2026-03-31") == KnownInt{31, true});
  CHECK(call_date("weekday", "2026-03-01") == KnownInt{6, true});
  CHECK(call_date("fiscal_year", "2026-01-31") == KnownInt{2026, true});
  CHECK(call_date("fiscal_year", "2026-02-01") == KnownInt{2027, true});
  CHECK(call_date("fiscal_quarter", "2026-01-31") == KnownInt{4, true});
  CHECK(call_date("start_of_week", "2026-03-01") == KnownInt{day_of_text("2026-02-23"), true});
  CHECK(call_date("start_of_week", "0001-01-01") == KnownInt{day_of_text("0001-01-01"), true});
  CHECK(call_date("start_of_month", "2026-03-31") == KnownInt{day_of_text("2026-03-01"), true});
  CHECK(call_date("start_of_quarter", "2026-03-31") == KnownInt{day_of_text("2026-01-01"), true});
  CHECK(call_date("days_since", "2026-07-01") == KnownInt{14, true});
  CHECK(call_date("days_until", "2026-07-01") == KnownInt{-14, true});
  CHECK(call_date("next_anniversary", "2020-07-15") == KnownInt{day_of_text("2026-07-15"), true});
  CHECK(call_date("next_anniversary", "2020-07-14") == KnownInt{day_of_text("2027-07-14"), true});
  CHECK(call_date("date", "2026-07-14") == KnownInt{day_of_text("2026-07-14"), true});
}

TEST_CASE("calendar functions of a timestamp look at its local day") {
  CHECK(call_timestamp("date", "2026-02-28T23:30:00Z") == KnownInt{day_of_text("2026-03-01"), true});
  CHECK(call_timestamp("year", "2025-12-31T23:30:00Z") == KnownInt{2026, true});
  CHECK(call_timestamp("weekday", "2026-02-28T23:30:00Z") == KnownInt{6, true});
  CHECK(call_timestamp("days_since", "2026-07-14T22:30:00Z") == KnownInt{0, true});
  CHECK(call_timestamp("days_until", "2026-07-16T21:59:59Z") == KnownInt{1, true});
}

TEST_CASE("operators called through the table") {
  const auto bits = [](double value) { return std::bit_cast<std::int64_t>(value); };
  CHECK(call(builtin(BuiltinId::kAddDecimal), {125, 5}, 2, 1) == KnownInt{175, true});
  CHECK(call(builtin(BuiltinId::kDivideExact), {35, 50}) == KnownInt{bits(0.7), true});
  CHECK(call(builtin(BuiltinId::kDivideFloat), {bits(1), bits(0)}) == kMissingInt);
  CHECK(call(builtin(BuiltinId::kLessExactFloat), {1, bits(0.1)}, 1) == KnownInt{1, true});
  CHECK(call(builtin(BuiltinId::kGreaterFloatExact), {bits(0.1), 1}, 0, 1) == KnownInt{1, true});
  CHECK(call(builtin(BuiltinId::kNotEqualDate), {3, 3}) == KnownInt{0, true});
  CHECK(call(builtin(BuiltinId::kSubtractDateMonths), {day_of_text("2026-03-31"), 1}) == KnownInt{day_of_text("2026-02-28"), true});
  CHECK(call(builtin(BuiltinId::kSubtractDateDays), {0, std::numeric_limits<std::int64_t>::min()}) == kMissingInt);
  CHECK(call(builtin(BuiltinId::kAddDaysDate), {1, day_of_text("2026-02-28")}) == KnownInt{day_of_text("2026-03-01"), true});
  CHECK(call(builtin(BuiltinId::kEqualTimestampDate),
             {parse_timestamp("2026-02-28T23:30:00Z", project_zone()).value, day_of_text("2026-03-01")}) == KnownInt{1, true});
  CHECK(builtin(BuiltinId::kStartsWith).kernel.text("Salesforce", "Sales"));
  CHECK(builtin(BuiltinId::kLessText).kernel.text("a", "b"));
}

TEST_CASE("a batch gives what single values give, and touches no unknown operand") {
  const Builtin& add = builtin(BuiltinId::kAddDateDays);
  const KernelContext context{clock_of_test()};
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{200}}) {
    std::vector<std::int64_t> a(n), b(n), out(n, -1);
    std::vector<std::uint64_t> known((n + 63) / 64, 0xffff'ffff'ffff'ffff);
    for (std::size_t i = 0; i < n; ++i) {
      a[i] = i % 5 == 0 ? kMaxDay : static_cast<std::int64_t>(i) * 100;
      b[i] = static_cast<std::int64_t>(i % 3);
      if (i % 7 == 0) known[i / 64] &= ~(std::uint64_t{1} << (i % 64));
    }
    add.kernel.batch(context, a.data(), b.data(), out.data(), known.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t operands[] = {a[i], b[i]};
      const KnownInt expected = i % 7 == 0 ? kMissingInt : add.kernel.scalar(context, operands);
      CHECK(out[i] == expected.value);
      CHECK(((known[i / 64] >> (i % 64)) & 1) == (expected.known ? 1 : 0));
    }
    for (std::size_t i = n; i < known.size() * 64; ++i) CHECK(((known[i / 64] >> (i % 64)) & 1) == 0);
  }
}

}  // namespace segue
