// The dialects, and how each writes names and constants.
#include "compiler/sql/dialect.h"

#include <cmath>

#include <fmt/format.h>

#include "stdlib/calendar.h"
#include "stdlib/print_value.h"
#include "stdlib/time_zone.h"

namespace segue::sql {
namespace {

constexpr Dialect kDuckdb = {
    .id = SqlDialect::kDuckdb,
    .title = "DuckDB",
    .quote = '"',
    .parameter = "CAST($clock AS TIMESTAMPTZ)",
    .materialized = " MATERIALIZED",
    .int_type = "BIGINT",
    .float_type = "DOUBLE",
    .text_type = "VARCHAR",
    .decimal_type = "DECIMAL({0}, {1})",
    .list_type = "{0}[]",
    .list = "[{0}]",
    .wide_int = "CAST({0} AS HUGEINT)",
    .wide_decimal = "CAST({0} AS DECIMAL(19, {1}))",
    .wide_sum = "CAST({0} AS HUGEINT)",
    .narrow_int = "TRY_CAST({0} AS BIGINT)",
    .narrow_decimal = "TRY_CAST({0} AS DECIMAL(18, {1}))",
    .raw_decimal = "CAST({0} * CAST({2} AS DECIMAL(19, 0)) AS HUGEINT)",
    .decimal_to_float = "",
    .quotient = "({0} // {1})",
    .remainder = "({0} % {1})",
    .bits = "length(bin({0}))",
    .quotient_bits = 55,
    .greatest_denominator = 1.1e21,
    .log2 = "log2({0})",
    .shift = "({0} * (CAST(1 AS HUGEINT) << CAST({1} AS INTEGER)))",
    .power_of_two = "pow(CAST(2 AS DOUBLE), {0})",
    .float_to_wide = "CAST({0} AS HUGEINT)",
    .timestamp_literal = "TIMESTAMPTZ '{0}+00'",
    .micros_of = "epoch_us({0})",
    .instant_of = "make_timestamptz(CAST({0} AS BIGINT))",
    .local_day = "CAST(({0} AT TIME ZONE {1}) AS DATE)",
    .local_micros = "epoch_us({0} AT TIME ZONE {1})",
    .day_number = "({0} - DATE '1970-01-01')",
    .date_of = "(DATE '1970-01-01' + CAST({0} AS INTEGER))",
    .year = "year({0})",
    .month = "month({0})",
    .day = "day({0})",
    .weekday = "(isodow({0}) - 1)",
    .add_months = "CAST({0} + to_months(CAST({1} AS INTEGER)) AS DATE)",
    .make_date = "make_date({0}, {1}, {2})",
    .is_ascii = "strlen({0}) = length({0})",
    .lower_ascii = "lower({0})",
    .translate = "translate({0}, {1}, {2})",
    .text_order = "{0}",
    .contains = "contains({0}, {1})",
    .starts_with = "starts_with({0}, {1})",
    .ends_with = "ends_with({0}, {1})",
    .matches = "regexp_matches({0}, {1})",
    .key_text = "CAST({0} AS VARCHAR)",
    .split_hash = "left(sha256({0} || chr(0) || {1}), 13)",
    .has_any = "list_has_any({0}, {1})",
    .has_all = "list_has_all({0}, {1})",
    .is_empty = "len({0}) = 0",
    .transform = "list_transform({0}, lambda e: {1})",
    .sorted_distinct = "list_sort(list_distinct({0}))",
    .filtered = "{0} FILTER (WHERE {1})",
    .first_by = "(list({0} ORDER BY {2}) FILTER (WHERE {1}))[1]",
};

constexpr Dialect kPostgresql = {
    .id = SqlDialect::kPostgresql,
    .title = "PostgreSQL",
    .quote = '"',
    .parameter = "CAST($1 AS timestamptz)",
    .materialized = " MATERIALIZED",
    .int_type = "bigint",
    .float_type = "double precision",
    .text_type = "text",
    .decimal_type = "numeric({0}, {1})",
    .list_type = "{0}[]",
    .list = "ARRAY[{0}]",
    .wide_int = "CAST({0} AS numeric)",
    .wide_decimal = "CAST({0} AS numeric)",
    .wide_sum = "{0}",
    .narrow_int = "",
    .narrow_decimal = "",
    .raw_decimal = "trunc({0} * {2})",
    .decimal_to_float = "CAST({0} AS double precision)",
    .quotient = "div({0}, {1})",
    .remainder = "mod({0}, {1})",
    .bits = "",
    .quotient_bits = 0,
    .greatest_denominator = 0,
    .log2 = "(ln({0}) / ln(CAST(2 AS double precision)))",
    .shift = "({0} * power(CAST(2 AS numeric), CAST({1} AS numeric)))",
    .power_of_two = "power(CAST(2 AS double precision), CAST({0} AS double precision))",
    .float_to_wide = "CAST(CAST({0} AS bigint) AS numeric)",
    .timestamp_literal = "TIMESTAMPTZ '{0}+00'",
    .micros_of = "CAST(extract(epoch FROM {0}) * 1000000 AS bigint)",
    .instant_of =
        "((TIMESTAMP '1970-01-01' + make_interval(days => CAST(div({0}, 86400000000) AS integer)) + "
        "make_interval(secs => CAST(mod({0}, 86400000000) AS double precision) / 1000000)) AT TIME ZONE 'UTC')",
    .local_day = "CAST(({0} AT TIME ZONE {1}) AS date)",
    .local_micros = "CAST(extract(epoch FROM ({0} AT TIME ZONE {1})) * 1000000 AS bigint)",
    .day_number = "CAST({0} - DATE '1970-01-01' AS bigint)",
    .date_of = "(DATE '1970-01-01' + CAST({0} AS integer))",
    .year = "CAST(extract(year FROM {0}) AS bigint)",
    .month = "CAST(extract(month FROM {0}) AS bigint)",
    .day = "CAST(extract(day FROM {0}) AS bigint)",
    .weekday = "CAST(extract(isodow FROM {0}) - 1 AS bigint)",
    .add_months = "CAST({0} + CAST({1} AS integer) * INTERVAL '1 month' AS date)",
    .make_date = "make_date(CAST({0} AS integer), CAST({1} AS integer), CAST({2} AS integer))",
    .is_ascii = "octet_length({0}) = char_length({0})",
    .lower_ascii = "lower({0} COLLATE \"C\")",
    .translate = "translate({0}, {1}, {2})",
    .text_order = "{0} COLLATE \"C\"",
    .contains = "strpos({0}, {1}) > 0",
    .starts_with = "starts_with({0}, {1})",
    .ends_with = "right({0}, char_length({1})) = {1}",
    .matches = "{0} ~ {1}",
    .key_text = "CAST({0} AS text)",
    .split_hash = "left(encode(sha256(convert_to({0}, 'UTF8') || '\\x00'::bytea || convert_to({1}, 'UTF8')), 'hex'), 13)",
    .has_any = "{0} && {1}",
    .has_all = "{0} @> {1}",
    .is_empty = "cardinality({0}) = 0",
    .transform = "ARRAY(SELECT {1} FROM unnest({0}) AS elements(e))",
    .sorted_distinct = "ARRAY(SELECT DISTINCT e FROM unnest({0}) AS elements(e) ORDER BY e)",
    .filtered = "{0} FILTER (WHERE {1})",
    .first_by = "(array_agg({0} ORDER BY {2}) FILTER (WHERE {1}))[1]",
};

constexpr Dialect kSpark = {
    .id = SqlDialect::kSpark,
    .title = "Spark",
    .quote = '`',
    .parameter = "CAST(:clock AS TIMESTAMP)",
    .materialized = "",
    .int_type = "BIGINT",
    .float_type = "DOUBLE",
    .text_type = "STRING",
    .decimal_type = "DECIMAL({0}, {1})",
    .list_type = "ARRAY<{0}>",
    .list = "array({0})",
    .wide_int = "CAST({0} AS DECIMAL(19, 0))",
    .wide_decimal = "CAST({0} AS DECIMAL(19, {1}))",
    .wide_sum = "CAST({0} AS DECIMAL(38, 0))",
    .narrow_int = "try_cast({0} AS BIGINT)",
    .narrow_decimal = "try_cast({0} AS DECIMAL(18, {1}))",
    .raw_decimal = "CAST({0} * CAST({2} AS DECIMAL(19, 0)) AS DECIMAL(38, 0))",
    .decimal_to_float = "CAST({0} AS DOUBLE)",
    .quotient = "({0} div {1})",
    .remainder = "({0} % {1})",
    .bits = "CAST(floor(log2(CAST(greatest({0}, 1) AS DOUBLE))) AS INT)",
    .quotient_bits = 57,
    .greatest_denominator = 7e19,
    .log2 = "log2({0})",
    .shift =
        "(CAST({0} AS DECIMAL(38, 0)) * CAST(shiftleft(CAST(1 AS BIGINT), CAST(least({1}, 60) AS INT)) AS DECIMAL(38, 0)) * "
        "CAST(shiftleft(CAST(1 AS BIGINT), CAST(greatest({1} - 60, 0) AS INT)) AS DECIMAL(38, 0)))",
    .power_of_two = "pow(CAST(2 AS DOUBLE), {0})",
    .float_to_wide = "CAST(CAST({0} AS BIGINT) AS DECIMAL(38, 0))",
    .timestamp_literal = "TIMESTAMP '{0}Z'",
    .micros_of = "unix_micros({0})",
    .instant_of = "timestamp_micros(CAST({0} AS BIGINT))",
    .local_day = "CAST(from_utc_timestamp({0}, {1}) AS DATE)",
    .local_micros = "unix_micros(from_utc_timestamp({0}, {1}))",
    .day_number = "CAST(unix_date({0}) AS BIGINT)",
    .date_of = "date_from_unix_date(CAST({0} AS INT))",
    .year = "CAST(year({0}) AS BIGINT)",
    .month = "CAST(month({0}) AS BIGINT)",
    .day = "CAST(day({0}) AS BIGINT)",
    .weekday = "CAST(weekday({0}) AS BIGINT)",
    .add_months = "add_months({0}, CAST({1} AS INT))",
    .make_date = "make_date(CAST({0} AS INT), CAST({1} AS INT), CAST({2} AS INT))",
    .is_ascii = "octet_length({0}) = char_length({0})",
    .lower_ascii = "lower({0})",
    .translate = "translate({0}, {1}, {2})",
    .text_order = "{0}",
    .contains = "contains({0}, {1})",
    .starts_with = "startswith({0}, {1})",
    .ends_with = "endswith({0}, {1})",
    .matches = "{0} RLIKE {1}",
    .key_text = "CAST({0} AS STRING)",
    .split_hash = "left(sha2(concat(encode({0}, 'UTF-8'), X'00', encode({1}, 'UTF-8')), 256), 13)",
    .has_any = "arrays_overlap({0}, {1})",
    .has_all = "size(array_except({1}, {0})) = 0",
    .is_empty = "size({0}) = 0",
    .transform = "transform({0}, e -> {1})",
    .sorted_distinct = "array_sort(array_distinct({0}))",
    .filtered = "{0} FILTER (WHERE {1})",
    .first_by = "",
};

std::string in_brackets_if_negative(const std::string& text) { return text.starts_with('-') ? "(" + text + ")" : text; }

std::string escaped(std::string_view text, bool with_backslashes) {
  std::string made;
  for (const char c : text) {
    if (c == '\'' && !with_backslashes) made += '\'';
    if (with_backslashes && (c == '\'' || c == '\\')) made += '\\';
    made += c;
  }
  return made;
}

}  // namespace

const Dialect& dialect_of(SqlDialect dialect) {
  switch (dialect) {
    case SqlDialect::kDuckdb: return kDuckdb;
    case SqlDialect::kPostgresql: return kPostgresql;
    case SqlDialect::kSpark: return kSpark;
  }
  return kDuckdb;
}

std::string fill(std::string_view pattern, std::initializer_list<std::string_view> operands) {
  std::string made;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool is_hole =
        pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' && pattern[i + 1] >= '0' && pattern[i + 1] <= '9';
    if (!is_hole) {
      made += pattern[i];
      continue;
    }
    made += operands.begin()[pattern[i + 1] - '0'];
    i += 2;
  }
  return made;
}

std::string quoted(const Dialect& dialect, std::string_view name) {
  std::string made(1, dialect.quote);
  for (const char c : name) made.append(c == dialect.quote ? 2 : 1, c);
  return made + dialect.quote;
}

std::string text_literal(const Dialect& dialect, std::string_view text) {
  return "'" + escaped(text, dialect.id == SqlDialect::kSpark) + "'";
}

std::string int_literal(const Dialect& dialect, std::int64_t value) {
  const std::string text = print_int(value);
  if (dialect.id != SqlDialect::kSpark) return in_brackets_if_negative(text);
  return fmt::format("CAST('{}' AS BIGINT)", text);
}

std::string float_literal(const Dialect& dialect, double value) {
  const std::string text = std::isinf(value) ? (value < 0 ? "-Infinity" : "Infinity") : fmt::format("{}", value);
  return fmt::format("CAST('{}' AS {})", text, dialect.float_type);
}

std::string decimal_literal(const Dialect& dialect, std::int64_t raw, int scale) {
  return in_brackets_if_negative(print_decimal(raw, scale) + (dialect.id == SqlDialect::kSpark ? "BD" : ""));
}

std::string date_literal(std::int64_t day) { return fmt::format("DATE '{}'", print_date(day)); }

std::string timestamp_literal(const Dialect& dialect, std::int64_t instant) {
  const std::int64_t day = instant / kMicrosPerDay - (instant % kMicrosPerDay < 0 ? 1 : 0);
  const std::int64_t micros = instant - day * kMicrosPerDay;
  const std::string text = fmt::format("{} {:02}:{:02}:{:02}.{:06}", print_date(day), micros / kMicrosPerHour,
                                       micros / kMicrosPerMinute % 60, micros / kMicrosPerSecond % 60, micros % kMicrosPerSecond);
  return fill(dialect.timestamp_literal, {text});
}

std::string power_of_ten(int scale) { return "1" + std::string(static_cast<std::size_t>(scale), '0'); }

}  // namespace segue::sql
