// Money: amounts of any scale in several currencies, read in one.
#include "runtime/io/money.h"

#include <catch2/catch.hpp>

#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

ExchangeRates some_rates() {
  return {"EUR", {{"USD", {{20'454, 9, 1}, {20'485, 925, 3}}}, {"GBP", {{20'454, 115, 2}}}}};  // from 2026-01-01; USD anew from 2026-02-01
}

std::string converted(std::int64_t raw, int scale, std::int64_t rate, int rate_scale, int digits) {
  const KnownInt value = io::converted_amount(raw, scale, {0, rate, static_cast<std::uint8_t>(rate_scale)}, digits);
  return value.known ? std::to_string(value.value) : "-";
}

TEST_CASE("an amount times a rate is exact and then rounded half to even") {
  CHECK(converted(12'50, 2, 1, 0, 2) == "1250");
  CHECK(converted(1, 0, 5, 3, 2) == "0");  // 0.005
  CHECK(converted(3, 0, 5, 3, 2) == "2");  // 0.015
  CHECK(converted(-1, 0, 5, 3, 2) == "0");
  CHECK(converted(-3, 0, 5, 3, 2) == "-2");
  CHECK(converted(1, 0, 5'000'001, 9, 2) == "1");
  CHECK(converted(7, 0, 1, 0, 18) == "-");  // 7 with 18 digits behind the point is 19 digits
  CHECK(converted(999'999'999'999'999'999, 0, 1, 0, 0) == "999999999999999999");
  CHECK(converted(999'999'999'999'999'999, 0, 999'999'999'999'999'999, 18, 0) == "999999999999999998");
  CHECK(converted(999'999'999'999'999'999, 0, 2, 0, 0) == "-");
  CHECK(converted(1, 18, 1, 18, 18) == "0");
  CHECK(converted(999'999'999'999'999'999, 18, 999'999'999'999'999'999, 18, 0) == "1");
}

TEST_CASE("money is converted by the latest rate on the row's day, else missing and counted") {
  Folder folder;
  folder.write("a.csv", "id\n1\n");
  folder.write("o.csv",
               "account,amount,currency,at\n"
               "1,10,USD,2026-01-31T22:59:59Z\n"  // the 31st in Berlin
               "1,10,USD,2026-01-31T23:00:00Z\n"  // the 1st of February
               "1,10,USD,2025-12-31T22:00:00Z\n"  // before the first rate
               "1,10.005,EUR,2020-01-01T00:00:00Z\n"
               "1,0.1,GBP,2026-05-01T00:00:00Z\n"
               "1,10,usd,2026-05-01T00:00:00Z\n"
               "1,10.50,,2026-05-01T00:00:00Z\n"
               "1,,USD,2026-05-01T00:00:00Z\n"
               "1,10,USD,\n");
  TableSpec deals = relation("deals", "o.csv", "account", {money("amount", "money?"), column("at", "timestamp?")});
  deals.time = 1;
  deals.columns[1].is_needed = false;
  const ExchangeRates rates = some_rates();
  const TimeZone berlin = load_time_zone("Europe/Berlin").value();
  LoadOptions options;
  options.rates = &rates;
  options.zone = &berlin;
  options.clock = 20'460 * kDay;  // 2026-01-07
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "int")}), deals}, options);
  CHECK(result.bad.empty());
  CHECK(shown(deals, result, 0, 1) == "9.00|9.25|-|10.00|0.12|-|-|-|9.00");
  REQUIRE(result.missing_rates.size() == 1);
  const MissingRates& missing = result.missing_rates[0];
  CHECK(missing.table == 1);
  CHECK(missing.column == 0);
  CHECK(missing.count == 3);
  CHECK(missing.currencies == std::vector<std::pair<std::string, std::uint64_t>>{{"", 1}, {"USD", 1}, {"usd", 1}});
  CHECK(missing.examples[0].value == "10 USD on 2025-12-31");
  CHECK(missing.examples[0].row == 3);
  CHECK(missing.examples[0].line == 4);
  CHECK(missing.examples[2].value == "10.5 on 2026-05-01");
  CHECK(
      missing.message ==
      "3 amounts of `amount` in `deals` are missing, because there is no rate to `EUR` for the day (1 without a currency, 1 in `USD`, 1 in "
      "`usd`); add it to the file under `rates` in the project file");
}

TEST_CASE("without a time the clock's local day decides") {
  Folder folder;
  folder.write("a.csv", "id,amount,currency\n1,100,USD\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), money("amount", "money", 0)});
  const ExchangeRates rates = some_rates();
  LoadOptions options;
  options.rates = &rates;
  options.clock = 20'485 * kDay - 1;
  CHECK(shown(spec, load(folder, {spec}, options), 1) == "90");
  options.clock = 20'485 * kDay;
  CHECK(shown(spec, load(folder, {spec}, options), 1) == "92");  // 92.5, half to even
  options.clock = 0;
  CHECK(shown(spec, load(folder, {spec}, options), 1) == "-");
}

TEST_CASE("amounts have at most 18 digits, and what does not fit is bad") {
  Folder folder;
  folder.write("a.csv",
               "id,amount,currency\n1,999999999999999999,EUR\n2,1000000000000000000,EUR\n3,1e3,EUR\n4,0.000000000000000001,EUR\n5,,EUR\n6,"
               "\"1,5\",EUR\n7,100000000000000000.0,EUR\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), money("amount", "money")});
  const ExchangeRates rates = some_rates();
  LoadOptions options;
  options.rates = &rates;
  const LoadResult result = load(folder, {spec}, options);
  CHECK(shown(spec, result, 0) == "1|4|7");
  CHECK(shown(spec, result, 1) == "-|0.00|-");  // beyond 18 digits with two behind the point
  REQUIRE(result.bad.size() == 2);
  CHECK(result.bad[0].count == 3);
  CHECK(result.bad[0].message ==
        "3 values of `amount` in `account` do not fit `money`; write plain digits, at most 18 of them, and the currency in its own column");
  CHECK(result.bad[1].kind == BadKind::kMissing);
  CHECK(result.missing_rates.empty());
}

TEST_CASE("under `dedupe` amounts tell rows apart by what stands in the data, not by what they are worth") {
  Folder folder;
  folder.write("a.csv", "id\n1\n");
  folder.write("e.csv", "account,amount,currency\n1,5,EUR\n1,5.00,EUR\n1,5,USD\n1,6,EUR\n1,5,usd\n");
  TableSpec events = relation("events", "e.csv", "account", {money("amount", "money")});
  events.columns[0].is_needed = false;
  events.dedupe = true;
  const LoadResult result = load(folder, {table("account", "a.csv", {column("id", "int")}), events});
  CHECK(result.database.tables[1].rows == 4);
}

}  // namespace
}  // namespace segue::test
