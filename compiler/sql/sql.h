// This file's external interface is `write_sql`: the definitions of a checked program as statements for another engine, with the same
// answers. `docs/sql.md` says what each engine's tables look like and what each cannot say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/diagnostics/diagnostic.h"
#include "runtime/exchange_rates.h"
#include "stdlib/calendar.h"

namespace segue {

enum class SqlDialect : std::uint8_t { kDuckdb, kPostgresql, kSpark };

// `duckdb`, `postgresql`, `spark`.
[[nodiscard]] std::string_view dialect_name(SqlDialect dialect);
[[nodiscard]] std::optional<SqlDialect> find_dialect(std::string_view name);

struct SqlOptions {
  SqlDialect dialect = SqlDialect::kDuckdb;
  std::optional<std::int64_t> clock;  // µs since 1970-01-01T00:00:00Z, written into the statements; otherwise it is a parameter
  std::string timezone = "UTC";
  CalendarRules calendar;
  ExchangeRates rates;  // of the project; without a currency where it has none
  std::map<std::string, std::string, std::less<>>
      tables;  // by name in the schema: how the engine calls it, as SQL; otherwise by the schema's name
};

// A statement and the definitions that its columns answer for, in that order behind the keys.
struct SqlStatement {
  std::vector<DefinitionId> definitions;
  std::string sql;
  // Definitions whose answers rest on a sum of floats, which the engine adds up in an order of its own.
  std::vector<DefinitionId> inexact;
};

struct SqlResult {
  std::vector<SqlStatement> statements;  // none when there are errors
  std::vector<Diagnostic> diagnostics;   // `not-in-dialect`, each at the place that asks for what the dialect cannot say
};

// One statement for all `roots` of the account: a row an account, its key, then a column a definition. One more for each audience: a row a member,
// the relation's key and the account's. `roots` are results of the program.
[[nodiscard]] SqlResult write_sql(const CheckedProgram& program, std::span<const DefinitionId> roots, const SqlOptions& options);

}  // namespace segue
