// This file's external interface is ExchangeRates: what one unit of each currency is worth in the project's, and since when.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace segue {

// `raw` / 10^`scale` units of the project's currency, from the day `valid_from` (days since 1970-01-01) until the next rate.
struct ExchangeRate {
  std::int64_t valid_from = 0;
  std::int64_t raw = 0;  // positive, at most 18 digits
  std::uint8_t scale = 0;
};

struct ExchangeRates {
  std::string currency;                                                       // the project's: its rate is 1 at all times
  std::map<std::string, std::vector<ExchangeRate>, std::less<>> by_currency;  // each in the order of days, all different
};

}  // namespace segue
