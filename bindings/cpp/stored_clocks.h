// This file's external interface is at which clocks a stored table is what reading its sources would give.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/table_notes.h"
#include "runtime/exchange_rates.h"
#include "runtime/io/table_spec.h"
#include "runtime/prepared/manifest.h"

namespace segue {

inline constexpr ClockRange kAllClocks = {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};

// The clocks of both ranges.
[[nodiscard]] inline ClockRange both_clocks(ClockRange a, ClockRange b) { return {std::max(a.since, b.since), std::min(a.until, b.until)}; }

// The clocks at which the same rows are known. Where no row is left out as not yet known, a later clock leaves out none either.
[[nodiscard]] ClockRange clocks_of_rows(const TableSpec& spec, const TableNotes& notes, std::int64_t clock);

// The clocks on whose days the rates are those of `clock`'s day; where messages name the day, that day.
[[nodiscard]] ClockRange clocks_of_money(const CheckedProject& project, const ExchangeRates& rates, const TableNotes& notes,
                                         std::int64_t clock);

}  // namespace segue
