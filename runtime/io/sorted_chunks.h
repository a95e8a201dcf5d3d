// This file's external interface is `sorted_rows` and `open_sorted_chunks`: accounts in memory beside the rows of one related table that lie in the order of
// the accounts in Parquet files, row group by row group, so that each is decoded, evaluated and forgotten.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/io/chunks.h"

namespace segue::io {

// A related table whose groups follow one another in the order of the accounts' keys, as its files state.
struct SortedRows {
  std::uint32_t table = 0;
  std::uint64_t rows = 0;
  // By group: between which keys its rows lie; nothing where none of them has one.
  std::vector<std::optional<std::pair<std::int64_t, std::int64_t>>> keys;
  std::vector<Storage> storages;  // by slot: a width that all groups fit in; kNone where every group has the same anyway
  std::vector<bool> may_miss;     // by slot: whether some group may have missing values
};

// Nothing where the tables that are needed are not accounts with whole numbers as keys and one such table.
[[nodiscard]] std::optional<SortedRows> sorted_rows(const std::vector<TableSpec>& specs, const LoadOptions& options);

// `otherwise` opens the tables in another way, where the rows are not what the files state. Everything but `sorted` is borrowed.
[[nodiscard]] std::expected<std::unique_ptr<Chunks>, std::vector<LoadError>> open_sorted_chunks(
    const std::vector<TableSpec>& specs, const LoadOptions& options, const ChunkOptions& chunks, SortedRows sorted,
    const std::function<std::expected<std::unique_ptr<Chunks>, std::vector<LoadError>>()>& otherwise);

}  // namespace segue::io
