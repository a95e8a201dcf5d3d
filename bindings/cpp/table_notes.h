// This file's external interface is what is kept beside a prepared table: what reading it said, and what decides how it is read. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "runtime/exchange_rates.h"
#include "runtime/io/load.h"
#include "stdlib/sha256.h"

namespace segue {

// What a reader said of one table.
struct TableNotes {
  TableReport report;
  std::vector<BadValues> bad;
  std::vector<MissingRates> missing_rates;
};

[[nodiscard]] std::string encoded_notes(const TableNotes& notes);
// Nothing where the bytes are no notes. Indices of tables are set to `table`.
[[nodiscard]] std::optional<TableNotes> decoded_notes(std::string_view bytes, std::uint32_t table);

// Of one table out of all.
[[nodiscard]] TableNotes notes_of(const LoadResult& loaded, std::uint32_t table);

// Of all that decides what reading the sources of a table gives, the sources' content, the clock, the rates, and which columns are needed excepted.
[[nodiscard]] Sha256Digest reading_digest(const CheckedProject& project, const std::vector<TableSpec>& specs, std::uint32_t table);
[[nodiscard]] Sha256Digest rates_digest(const ExchangeRates& rates);

// By table and column, what a reader reads where `specs` are needed; of tables that are not read, nothing.
[[nodiscard]] std::vector<std::vector<bool>> columns_wanted(const std::vector<TableSpec>& specs);

// Whether `specs` need amounts of money of a table.
[[nodiscard]] bool wants_money(const TableSpec& spec, const std::vector<bool>& wanted);

}  // namespace segue
