// This file's external interface is `sql_statements`: the definitions of a project as SQL for another engine (`docs/sql.md`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bindings/cpp/failure.h"
#include "bindings/cpp/project.h"
#include "compiler/sql/sql.h"

namespace segue {

struct SqlRequest {
  SqlDialect dialect = SqlDialect::kDuckdb;
  std::optional<std::int64_t> clock;  // written into the statements; without it the clock is a parameter of theirs
  std::vector<NamedText> tables;      // by name in the schema: how the engine calls it, as SQL
};

struct SqlText {
  std::vector<std::size_t> definitions;  // indices into OpenedProject::definitions, in the order of the columns behind the keys
  std::vector<std::size_t> inexact;      // of these, those that rest on a sum of floats, whose order is the engine's
  std::string sql;                       // without a semicolon at its end
};

// The definitions with these names, or all: one statement for those of the account, one for each audience. A Failure: a name that is not there
// (kCall), a table that the schema has not (kCall), what the dialect cannot say exactly (kRules).
[[nodiscard]] std::expected<std::vector<SqlText>, Failure> sql_statements(const OpenedProject& project, std::span<const std::string> names,
                                                                          const SqlRequest& request);

}  // namespace segue
