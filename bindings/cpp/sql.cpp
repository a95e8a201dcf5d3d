// Hands the checked program to the writer of SQL, and its definitions back as indices.
#include "bindings/cpp/sql.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/side_files.h"
#include "compiler/diagnostics/suggest.h"

namespace segue {
namespace {

std::expected<SqlOptions, Failure> options_of(const OpenedProject& project, const SqlRequest& request) {
  const CheckedProject& checked = *project.checked;
  SqlOptions options{.dialect = request.dialect,
                     .clock = request.clock,
                     .timezone = project.timezone,
                     .calendar = checked.rules,
                     .rates = {},
                     .tables = {}};
  auto rates = read_rates(checked);
  if (!rates) return std::unexpected(std::move(rates.error()));
  options.rates = std::move(*rates);
  std::vector<std::string> known;
  for (const SchemaTable& table : checked.schema().tables) known.push_back(table.name);
  for (const NamedText& table : request.tables) {
    if (!find_table(checked.schema(), table.name))
      return std::unexpected(failure_of(FailureKind::kCall, DiagnosticKind::kUnknownTable,
                                        fmt::format("the schema has no table `{}`{}", table.name, did_you_mean(table.name, known))));
    options.tables.emplace(table.name, table.text);
  }
  return options;
}

}  // namespace

std::expected<std::vector<SqlText>, Failure> sql_statements(const OpenedProject& project, std::span<const std::string> names,
                                                            const SqlRequest& request) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto asked = asked_definitions(project, names);
  if (!asked) return std::unexpected(asked.error());
  const auto options = options_of(project, request);
  if (!options) return std::unexpected(options.error());
  const CheckedProgram& program = project.checked->program();
  std::vector<DefinitionId> roots;
  for (const std::size_t index : *asked) roots.push_back(program.results[index]);
  SqlResult result = write_sql(program, roots, *options);
  if (has_errors(result.diagnostics)) {
    sort_diagnostics(result.diagnostics, project.sources);
    return std::unexpected(Failure{FailureKind::kRules, std::move(result.diagnostics), {}});
  }
  const auto indices = [&](const std::vector<DefinitionId>& definitions) {
    std::vector<std::size_t> made;
    for (const DefinitionId id : definitions)
      made.push_back(static_cast<std::size_t>(std::ranges::find(program.results, id) - program.results.begin()));
    return made;
  };
  std::vector<SqlText> texts;
  for (SqlStatement& statement : result.statements)
    texts.push_back({indices(statement.definitions), indices(statement.inexact), std::move(statement.sql)});
  return texts;
}

}  // namespace segue
