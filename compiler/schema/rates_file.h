// This file's external interface is `read_rates_file`: the file of exchange rates that the project file names.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/source/source.h"
#include "runtime/exchange_rates.h"

namespace segue {

struct RatesFile {
  ExchangeRates rates;
  std::vector<Diagnostic> diagnostics;
};

// The rates of a CSV (RFC 4180, commas) with the columns `currency`, `valid_from` (2026-03-01) and `rate` (plain digits, `.` for the point, at most 18 of
// them), in any order; further columns are left alone. `currency` is the project's, for which no rate but 1 may stand. Errors: text that is not UTF-8, a column that is not
// there, a row that does not fit the header, a cell that is no such value, a rate of zero or below, and two rates of a currency for one day.
[[nodiscard]] RatesFile read_rates_file(const Source& source, SourceId id, std::string_view currency);

}  // namespace segue
