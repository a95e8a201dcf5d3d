// The file of exchange rates.
#include "compiler/schema/rates_file.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

RatesFile read_rates(std::string text) { return read_rates_file(make_source("rates.csv", std::move(text)), SourceId{0}, "EUR"); }

std::string first_message(std::string text) {
  const RatesFile file = read_rates(std::move(text));
  return file.diagnostics.empty() ? std::string() : file.diagnostics.front().message;
}

TEST_CASE("rates are sorted by day, whatever the order of rows and columns") {
  const RatesFile file = read_rates(
      "rate,currency,source,valid_from\r\n0.9250,USD,bank,2026-02-01\n1,EUR,x,2020-01-01\n0.9,USD,bank,2026-01-01\n1.15,GBP,,2026-01-01\n");
  CHECK(file.diagnostics.empty());
  CHECK(file.rates.currency == "EUR");
  REQUIRE(file.rates.by_currency.size() == 2);
  const std::vector<ExchangeRate>& dollars = file.rates.by_currency.at("USD");
  REQUIRE(dollars.size() == 2);
  CHECK(dollars[0].raw == 9);
  CHECK(dollars[0].scale == 1);
  CHECK(dollars[0].valid_from == 20'454);
  CHECK(dollars[1].raw == 925);
  CHECK(dollars[1].scale == 3);
}

TEST_CASE("what is wrong in a file of rates is said at its cell") {
  const RatesFile file = read_rates(
      "currency,valid_from,rate\nUSD,01.02.2026,0.9\nUSD,2026-02-01,0\nUSD,2026-02-01,-1\nUSD,2026-02-01,\"0,9\"\n,2026-02-01,1\nEUR,2026-"
      "02-01,1.1\n");
  REQUIRE(file.diagnostics.size() == 6);
  CHECK(file.diagnostics[0].kind == DiagnosticKind::kBrokenRatesFile);
  CHECK(file.diagnostics[0].message == "`01.02.2026` is no date; write dates such as 2026-03-01");
  CHECK(std::get<Span>(file.diagnostics[0].location).begin == 29);
  CHECK(file.diagnostics[1].message.starts_with("`0` is no rate; write a number above zero"));
  CHECK(file.diagnostics[2].message.starts_with("`-1` is no rate"));
  CHECK(file.diagnostics[3].message.starts_with("`0,9` is no rate"));
  CHECK(file.diagnostics[4].message.starts_with("the currency is empty"));
  CHECK(file.diagnostics[5].message == "`EUR` is the project's own currency, whose rate is always 1; delete the row");
}

TEST_CASE("two rates of a currency for one day, lacking columns and odd rows are errors") {
  const RatesFile file = read_rates("currency,valid_from,rate\nUSD,2026-02-01,0.9\nUSD,2026-02-01,0.9\n");
  REQUIRE(file.diagnostics.size() == 1);
  CHECK(file.diagnostics[0].message == "`USD` has two rates from 2026-02-01; keep one of the two");
  CHECK(file.diagnostics[0].notes.size() == 1);
  CHECK(first_message("currency,valid_form,rate\n") == "the header has no column `valid_from`; did you mean `valid_form`?");
  CHECK(first_message("currency,valid_from,rate\nUSD,2026-01-01\n").starts_with("this row has 2 cells"));
  CHECK(first_message("").starts_with("the header has no column `currency`"));
  CHECK(first_message("\xff").starts_with("this is not UTF-8"));
}

TEST_CASE("a rate has at most 18 digits, wherever its point is") {
  CHECK(read_rates("currency,valid_from,rate\nA,2026-01-01,0.000000000000000001\nB,2026-01-01,999999999999999999\n").diagnostics.empty());
  CHECK(read_rates("currency,valid_from,rate\nA,2026-01-01,1.000000000000000001\n").diagnostics.size() == 1);
  CHECK(read_rates("currency,valid_from,rate\nA,2026-01-01,1e3\n").diagnostics.size() == 1);
}

}  // namespace
}  // namespace segue
