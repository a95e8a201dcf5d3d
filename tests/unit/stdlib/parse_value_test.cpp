// The strict reading of numbers, truth values and lists: `language.md`, "Data files".
#include "stdlib/parse_value.h"

#include <string>

#include <catch2/catch.hpp>

namespace segue {

TEST_CASE("an int is plain digits, with a zero fraction at most") {
  CHECK(parse_int("0") == KnownInt{0, true});
  CHECK(parse_int("-12") == KnownInt{-12, true});
  CHECK(parse_int("007") == KnownInt{7, true});
  CHECK(parse_int("5.0") == KnownInt{5, true});
  CHECK(parse_int("-5.000") == KnownInt{-5, true});
  CHECK(parse_int("-0") == KnownInt{0, true});
  CHECK(parse_int("9223372036854775807") == KnownInt{9223372036854775807, true});
  CHECK(parse_int("-9223372036854775808") == KnownInt{std::numeric_limits<std::int64_t>::min(), true});
  CHECK(parse_int(std::string(300, '0') + "1") == KnownInt{1, true});
  for (const char* text : {"",
                           "-",
                           "+5",
                           " 5",
                           "5 ",
                           "5.",
                           ".5",
                           "5.5",
                           "5.01",
                           "1,000",
                           "1_000",
                           "1e3",
                           "0x10",
                           "abc",
                           "5-",
                           "--5",
                           "9223372036854775808",
                           "-9223372036854775809",
                           "340282366920938463463374607431768211461",
                           "1.0.0",
                           "٣",
                           "inf"}) {
    INFO(text);
    CHECK(parse_int(text) == kMissingInt);
  }
}

TEST_CASE("a decimal rescales exactly or is bad") {
  CHECK(parse_decimal("12.5", 2) == KnownInt{1250, true});
  CHECK(parse_decimal("12.340", 2) == KnownInt{1234, true});
  CHECK(parse_decimal("-0.01", 2) == KnownInt{-1, true});
  CHECK(parse_decimal("7", 0) == KnownInt{7, true});
  CHECK(parse_decimal("9999999999999999.99", 2) == KnownInt{kMaxDecimalRaw, true});
  CHECK(parse_decimal("0.000000000000000001", 18) == KnownInt{1, true});
  for (const char* text : {"12.345", "10000000000000000.00", "1e2", "", "-", "1.", ".1", "1,5", "inf", "nan", "12.34 EUR",
                           "99999999999999999999999999999999999999999999"}) {
    INFO(text);
    CHECK(parse_decimal(text, 2) == kMissingInt);
  }
}

TEST_CASE("a float may have an exponent, and be infinite or missing") {
  const auto value = [](const char* text) {
    const ParsedFloat parsed = parse_float(text);
    REQUIRE(parsed.state == ParseState::kValue);
    return parsed.value;
  };
  CHECK(value("0.1") == 0.1);
  CHECK(value("-12.5") == -12.5);
  CHECK(value("1e3") == 1000);
  CHECK(value("1.5E-3") == 0.0015);
  CHECK(value("2e+2") == 200);
  CHECK(value("inf") == std::numeric_limits<double>::infinity());
  CHECK(value("-Inf") == -std::numeric_limits<double>::infinity());
  CHECK(value("1e-400") == 0);
  CHECK(value("12345678901234567890") == 12345678901234567890.0);
  CHECK(parse_float("NaN").state == ParseState::kMissing);
  CHECK(parse_float("nan").state == ParseState::kMissing);
  for (const char* text :
       {"", "-", "+1", "1.", ".5", "1e", "1e+", "e5", "1e5.5", "0x1p3", "infinity", "1e400", " 1", "1 ", "1,5", "1d", "+inf"}) {
    INFO(text);
    CHECK(parse_float(text).state == ParseState::kBad);
  }
}

TEST_CASE("truth is true and false in any case, or the column's own words") {
  CHECK(parse_bool("true") == true);
  CHECK(parse_bool("FALSE") == false);
  CHECK(parse_bool("True") == true);
  for (const char* text : {"", "1", "0", "yes", "t", "true ", "truefalse"}) CHECK(parse_bool(text) == std::nullopt);
  CHECK(parse_bool("Yes", {"Yes", "1"}, {"No", "0"}) == true);
  CHECK(parse_bool("0", {"Yes", "1"}, {"No", "0"}) == false);
  CHECK(parse_bool("yes", {"Yes", "1"}, {"No", "0"}) == std::nullopt);
  CHECK(parse_bool("true", {"Yes", "1"}, {"No", "0"}) == std::nullopt);
}

TEST_CASE("a list is split, blanks around its values and empty ones dropped") {
  std::vector<std::string_view> out;
  const auto split = [&](const char* text, const char* separator) {
    split_list(text, separator, out);
    std::string joined;
    for (const std::string_view value : out) joined.append(value).append("|");
    return joined;
  };
  CHECK(split("a;b", ";") == "a|b|");
  CHECK(split(" Salesforce ; HubSpot CRM;;", ";") == "Salesforce|HubSpot CRM|");
  CHECK(split("", ";").empty());
  CHECK(split(" ; ", ";").empty());
  CHECK(split("a||b|c", "||") == "a|b|c|");
  CHECK(split("a,b;c", ",") == "a|b;c|");
}

}  // namespace segue
