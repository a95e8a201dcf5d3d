// This file's external interface is `convert_money`: amounts in the currency of the project. `language.md`, "Units and money".
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/io/table_data.h"
#include "stdlib/number.h"

namespace segue::io {

// amount.raw / 10^amount.scale times the rate, as a decimal of `digits`: exactly, then rounded half to even. Missing beyond 18 digits.
[[nodiscard]] KnownInt converted_amount(std::int64_t raw, int scale, const ExchangeRate& rate, int digits);

// Makes the amounts of all columns of money decimals of the column's type: the amount times the latest rate of its currency that is valid on the row's day (of its time; the
// clock's where the table has none, or the row lacks it). What has no rate becomes missing, and is told in `missing_rates`. For rows in state kGood.
void convert_money(TableData& data, const TableSpec& spec, std::uint32_t table, const ReadPlan& plan, const LoadOptions& options,
                   std::vector<MissingRates>& missing_rates);

}  // namespace segue::io
