// Values compared, ordered and told apart.
#include "compiler/interpret/value.h"

#include <catch2/catch.hpp>

#include "compiler/interpret/trace_value.h"
#include "tests/unit/interpret/builder.h"

namespace segue::test {

TEST_CASE("folding makes texts equal but leaves them in one order") {
  const Value upper{.text = "ACME"};
  const Value lower{.text = "acme"};
  CHECK(compare_values(folded_text(), upper, lower) == 0);
  CHECK(order_values(folded_text(), upper, lower) < 0);
  CHECK(compare_values(kTextType, upper, lower) < 0);
  CHECK(identity_of(folded_text(), upper) == identity_of(folded_text(), lower));
  CHECK(identity_of(kTextType, upper) != identity_of(kTextType, lower));
}

TEST_CASE("zeros of both signs are equal and identical") {
  CHECK(compare_values(kFloatType, float_value(-0.0), float_value(0.0)) == 0);
  CHECK(order_values(kFloatType, float_value(-0.0), float_value(0.0)) < 0);
  CHECK(identity_of(kFloatType, float_value(-0.0)) == identity_of(kFloatType, float_value(0.0)));
}

TEST_CASE("lists are sets whatever the order of their codes") {
  const Column column = text_lists({{{"b", "a"}}, {{"a", "b"}}, {{"a"}}, {{"ab"}}});
  const auto list = [&](RowId row) { return column_value(column, row); };
  CHECK(compare_values(column.type, list(0), list(1)) == 0);
  CHECK(compare_values(column.type, list(2), list(1)) < 0);
  CHECK(identity_of(column.type, list(0)) == identity_of(column.type, list(1)));
  CHECK(identity_of(column.type, list(1)) != identity_of(column.type, list(3)));
}

TEST_CASE("values are shown as an author writes them") {
  const std::vector<EnumType> enums = {
      {.values = {"Software", "Financial Services"}, .ordered = false, .folded = false, .name = "industry"}};
  const auto shown = [&](const Value& value, Type type) { return trace_value(value, type, enums, utc_zone()).shown; };
  Type industry = type_of(Kind::kEnum);
  industry.enum_id = 0;
  CHECK(shown({.bits = 0}, industry) == "Software");
  CHECK(shown({.bits = 1}, industry) == "\"Financial Services\"");
  CHECK(shown({.text = "a \"b\" \\ \n\x01"}, kTextType) == "\"a \\\"b\\\" \\\\ \\n\\u{1}\"");
  CHECK(shown({.bits = 1250}, type_of(Kind::kDecimal, 2)) == "12.50");
  CHECK(shown(float_value(0.1), kFloatType) == "0.1");
  CHECK(shown({.bits = day_of_civil({2026, 3, 1})}, type_of(Kind::kDate)) == "2026-03-01");
  CHECK(shown({.bits = 1}, kBoolType) == "true");
  CHECK(shown({.missing = true}, kTextType) == "missing");
  const Column column = text_lists({{{"b", "a"}}});
  CHECK(shown(column_value(column, 0), column.type) == "[\"a\", \"b\"]");
}

}  // namespace segue::test
