// `segue sql`: the same definitions for another engine.
#include "bindings/cpp/sql.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "tools/segue/json.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

// What came of it, beside the report.
struct Statements {
  SqlDialect dialect = SqlDialect::kDuckdb;
  std::vector<SqlText> statements;
};

std::vector<std::string> names_of(const OpenedProject& project, const std::vector<std::size_t>& definitions) {
  std::vector<std::string> names;
  for (const std::size_t index : definitions) names.push_back(project.definitions[index].name);
  return names;
}

std::string list_of(const OpenedProject& project, const std::vector<std::size_t>& definitions) {
  std::string list;
  for (const std::string& name : names_of(project, definitions)) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::string text_of(const OpenedProject& project, const Statements& written) {
  std::string text;
  for (const SqlText& statement : written.statements) {
    text += fmt::format("{}-- {}\n", text.empty() ? "" : "\n", list_of(project, statement.definitions));
    if (!statement.inexact.empty())
      text += fmt::format("-- the engine adds up floats in an order of its own: {}\n", list_of(project, statement.inexact));
    text += statement.sql + ";\n";
  }
  return text;
}

std::string document_of(const Report& report, const Statements& written) {
  std::vector<std::string> statements, diagnostics;
  for (const SqlText& statement : written.statements) {
    statements.push_back(dump({{"definitions", names_of(*report.project, statement.definitions)},
                               {"float_sums", names_of(*report.project, statement.inexact)},
                               {"sql", statement.sql}}));
  }
  for (const Diagnostic& diagnostic : report.diagnostics) diagnostics.push_back(render_json(diagnostic, sources_of(report)));
  return fmt::format("{{\"format\": \"segue.sql/1\",\n \"dialect\": \"{}\",\n \"statements\": {},\n \"diagnostics\": {}}}\n",
                     dialect_name(written.dialect), lines(statements), lines(diagnostics));
}

int write_statements(Report& report, Statements& written, const Arguments& arguments) {
  const auto target = find_target(arguments.words);
  if (!target) return add_failure(report, target.error());
  int code = 0;
  if (!open_into(report, arguments, target->project_file, code)) return code;
  SqlRequest request{.dialect = written.dialect, .clock = {}, .tables = arguments.tables};
  if (arguments.as_of) request.clock = report.clock;
  auto statements = sql_statements(*report.project, target->names, request);
  if (!statements) return add_failure(report, statements.error());
  written.statements = std::move(*statements);
  return 0;
}

}  // namespace

int run_sql(const Arguments& arguments) {
  Report report;
  Statements written{.dialect = find_dialect(*arguments.dialect).value_or(SqlDialect::kDuckdb), .statements = {}};
  const int code = write_statements(report, written, arguments);
  print_diagnostics(report, arguments, code);
  if (arguments.format == OutputFormat::kJson) return print_result(document_of(report, written), code);
  return code == 0 ? print_result(text_of(*report.project, written), code) : code;
}

}  // namespace segue::command
