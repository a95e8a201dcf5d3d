// One statement for the accounts, one for each audience.
#include <algorithm>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "compiler/sql/emit.h"
#include "compiler/sql/sql.h"

namespace segue {
namespace {

using sql::Emitter;
using sql::quoted;

SqlStatement statement(const CheckedProgram& program, FrameId frame, const std::vector<DefinitionId>& roots, const SqlOptions& options,
                       std::vector<Diagnostic>& diagnostics) {
  Emitter emitter(program, options, roots);
  const sql::Dialect& dialect = sql::dialect_of(options.dialect);
  const sql::RowsId rows = emitter.root_rows(frame, roots);
  SqlStatement made{.definitions = roots, .sql = {}, .inexact = {}};
  const SchemaTable& accounts = program.schema.tables[kAccountTable];
  const bool is_audience = frame != kAccountFrame;
  std::string columns, condition;
  const auto add = [&](const std::string& expr, const std::string& name) {
    columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ",\n  ", expr, quoted(dialect, name));
  };
  const SchemaTable& table = program.schema.tables[program.frame(frame).table];
  if (is_audience && table.key) add(quoted(dialect, emitter.column_name(rows, *table.key)), table.columns[*table.key].name);
  const std::string account_key = accounts.columns[*accounts.key].name;
  const bool is_taken = is_audience && table.key && table.columns[*table.key].name == account_key;
  add(quoted(dialect, emitter.column_name(sql::kAccountRows, *accounts.key)), is_taken ? "account." + account_key : account_key);
  for (const DefinitionId root : roots) {
    const std::string answer = emitter.answer(rows, root).sql;
    if (is_audience) condition += "\nWHERE " + answer;
    else add(answer, program.definition(root).name);
    if (emitter.is_inexact(root)) made.inexact.push_back(root);
  }
  made.sql = fmt::format("WITH {}\nSELECT {}\nFROM {}{}", emitter.common_tables(rows), columns,
                         quoted(dialect, emitter.query().name_of(rows, std::numeric_limits<int>::max())), condition);
  for (const Diagnostic& diagnostic : emitter.diagnostics()) {
    if (std::ranges::find(diagnostics, diagnostic) == diagnostics.end()) diagnostics.push_back(diagnostic);
  }
  return made;
}

}  // namespace

std::string_view dialect_name(SqlDialect dialect) {
  switch (dialect) {
    case SqlDialect::kDuckdb: return "duckdb";
    case SqlDialect::kPostgresql: return "postgresql";
    case SqlDialect::kSpark: return "spark";
  }
  return "";
}

std::optional<SqlDialect> find_dialect(std::string_view name) {
  for (const SqlDialect dialect : {SqlDialect::kDuckdb, SqlDialect::kPostgresql, SqlDialect::kSpark}) {
    if (dialect_name(dialect) == name) return dialect;
  }
  return std::nullopt;
}

SqlResult write_sql(const CheckedProgram& program, std::span<const DefinitionId> roots, const SqlOptions& options) {
  SqlResult result;
  std::vector<DefinitionId> of_accounts;
  std::ranges::copy_if(roots, std::back_inserter(of_accounts),
                       [&](DefinitionId id) { return program.definition(id).frame == kAccountFrame; });
  if (!of_accounts.empty()) result.statements.push_back(statement(program, kAccountFrame, of_accounts, options, result.diagnostics));
  for (const DefinitionId id : roots) {
    const FrameId frame = program.definition(id).frame;
    if (frame != kAccountFrame) result.statements.push_back(statement(program, frame, {id}, options, result.diagnostics));
  }
  if (!result.diagnostics.empty()) result.statements.clear();
  return result;
}

}  // namespace segue
