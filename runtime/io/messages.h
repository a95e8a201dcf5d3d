// This file's external interface is what the reader says to people: about bad values, and about columns that a file lacks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/load.h"

namespace segue::io {

// What is bad, how often, and what to do.
[[nodiscard]] std::string bad_values_message(const TableSpec& spec, const BadValues& bad);

// Amounts without a rate to `currency`: how many, in which currencies, and what to do.
[[nodiscard]] std::string missing_rates_message(const TableSpec& spec, const MissingRates& missing, std::string_view currency);

// A column of the schema that a file lacks, with the nearest names that it has.
[[nodiscard]] std::string lacking_column_message(const TableSpec& spec, std::string_view file, std::string_view column,
                                                 const std::vector<std::string>& names);

}  // namespace segue::io
