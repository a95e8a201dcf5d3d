// This file's external interface is `infer_tables`: which table holds the accounts, their keys, and how the others belong to them. Private to this folder.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/failure.h"
#include "bindings/cpp/new_columns.h"
#include "runtime/io/sample.h"

namespace segue {

// A column that holds the key of another table's rows.
struct InferredLink {
  std::size_t table = 0;             // whose key it is
  std::size_t column = 0;            // of this table
  std::uint64_t known = 0, met = 0;  // rows with a value, and those whose value is a key
};

// Latitude and longitude, by column.
struct InferredPoint {
  std::string name;
  std::size_t latitude = 0, longitude = 0;
  bool is_optional = false;
};

struct InferredTable {
  std::string name;
  std::string path;
  const Sample* sample = nullptr;
  std::vector<std::string> null_words;
  std::vector<InferredColumn> columns;
  std::vector<InferredPoint> points;
  std::optional<std::size_t> key, time;
  std::vector<InferredLink> parents;
  std::optional<InferredLink> parent;  // of the account: a column that holds the key of another account

  [[nodiscard]] bool is_join(std::size_t column) const;
  // Whether the schema lists the column: it does not list those that only join, nor coordinates.
  [[nodiscard]] bool is_listed(std::size_t column) const;
};

// The account first, then those that belong to it, directly or by others, in an order in which parents stand first; those that belong to none have no parents and stand last. A
// Failure where no table can be the account's.
[[nodiscard]] std::expected<std::vector<InferredTable>, Failure> infer_tables(const std::vector<Sample>& samples,
                                                                              const std::optional<std::string>& account);

}  // namespace segue
