// Numbers, dates and texts as they are written in rules.
#include "compiler/syntax/literals.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

using namespace ast;

ExactNumber exact(std::string_view text) { return exact_number(std::get<NumberLiteral>(read_number(text))); }
bool is_number(std::string_view text) { return std::holds_alternative<NumberLiteral>(read_number(text)); }
std::string replacement(std::string_view text) { return std::get<LiteralProblem>(read_number(text)).replacement.value_or(""); }

TEST_CASE("a number is exact, with its suffix worked in") {
  const auto check = [](std::string_view text, const std::string& digits, std::uint32_t scale) {
    INFO(text);
    CHECK(exact(text).digits == digits);
    CHECK(exact(text).scale == scale);
  };
  check("5_000", "5000", 0);
  check("0", "0", 0);
  check("007", "7", 0);
  check("0.020", "2", 2);
  check("1.50", "15", 1);
  check("2.0", "2", 0);
  check("25k", "25000", 0);
  check("1.5M", "1500000", 0);
  check("2bn", "2000000000", 0);
  check("0.0005k", "5", 1);
  check("90%", "9", 1);
  check("100%", "1", 0);
  check("0.5%", "5", 3);
  check("0%", "0", 0);
  check("9223372036854775808", "9223372036854775808", 0);
}

TEST_CASE("what is no number says how it is written") {
  for (const std::string_view text : {"5_", "5__0", "1e6", "5K", "3m", "2B", "12x", "1.2.3", "5_.0", "30days"})
    CHECK_FALSE(is_number(text));
  CHECK(replacement("5K") == "5k");
  CHECK(replacement("3m") == "3M");
  CHECK(replacement("2B") == "2bn");
  CHECK(replacement("30days") == "30 days");
  CHECK(replacement("5__0") == "50");
  CHECK(replacement("1e6").empty());
  CHECK_FALSE(is_number(std::string(2'000, '1')));
}

TEST_CASE("a date exists in the calendar") {
  const auto is_date = [](std::string_view text) { return std::holds_alternative<DateLiteral>(read_date(text)); };
  CHECK(is_date("2024-02-29"));
  CHECK(is_date("2000-02-29"));
  CHECK(is_date("0001-01-01"));
  CHECK(is_date("9999-12-31"));
  CHECK_FALSE(is_date("2023-02-29"));
  CHECK_FALSE(is_date("1900-02-29"));
  CHECK_FALSE(is_date("2023-13-01"));
  CHECK_FALSE(is_date("2023-00-01"));
  CHECK_FALSE(is_date("2023-04-31"));
  CHECK_FALSE(is_date("0000-01-01"));
}

TEST_CASE("a timestamp has an offset or is wall time") {
  const auto read = [](std::string_view text) { return std::get<TimestampLiteral>(read_timestamp(text)); };
  CHECK(read("2026-03-01T09:30:00Z").offset_minutes == 0);
  CHECK(read("2026-03-01T09:30:00Z").microseconds == 34'200'000'000);
  CHECK(read("2026-03-01T09:30:00.25+05:30").offset_minutes == 330);
  CHECK(read("2026-03-01T09:30:00.25+05:30").microseconds == 34'200'250'000);
  CHECK(read("2026-03-01T09:30-0800").offset_minutes == -480);
  CHECK_FALSE(read("2026-03-01T23:59:59.999999").offset_minutes.has_value());
  for (const std::string_view text :
       {"2026-03-01T24:00:00Z", "2026-03-01T10:60:00Z", "2026-03-01T10:00:00+99:00", "2026-02-30T10:00:00Z", "2026-03-01T10:00:00.",
        "2026-03-01T", "2026-03-01T10:00:00.1234567", "2026-03-01T10:00:00z", "2026-03-01T10"}) {
    INFO(text);
    CHECK(std::holds_alternative<LiteralProblem>(read_timestamp(text)));
  }
}

TEST_CASE("texts are read and written with the same escapes") {
  std::vector<EscapeProblem> problems;
  CHECK(read_text(R"(a\"b\\c\nd\te\u{e9}\u{1F600})", problems) == "a\"b\\c\nd\te\u00e9\U0001F600");
  CHECK(problems.empty());
  CHECK(written_text("a\"b\\c\nd\te\u00e9\x01") == "\"a\\\"b\\\\c\\nd\\te\u00e9\\u{1}\"");
  CHECK(read_text(R"(\d\u{D800}\u{}\u41)", problems) == R"(\d\u{D800}\u{}\u41)");
  CHECK(problems.size() == 4);
  CHECK(problems[0].problem.replacement == R"(\\d)");
}

}  // namespace
}  // namespace segue
