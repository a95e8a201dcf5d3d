// `segue check`: what rules, schema, project file and, when asked, data say wrong.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tools/segue/annotations.h"
#include "tools/segue/run_text.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

std::size_t count_of(const Report& report, Severity severity) {
  return static_cast<std::size_t>(std::ranges::count(report.diagnostics, severity, &Diagnostic::severity));
}

int check_data_into(Report& report, const Arguments& arguments) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  auto found = check_data(*report.project, {.data = data_options(report, arguments, progress), .names = {}, .engine = arguments.engine});
  progress.wipe();
  if (!found) return add_failure(report, found.error());
  report.tables = found->tables;
  report.diagnostics = found->diagnostics;
  sort_diagnostics(report.diagnostics, sources_of(report));
  report.data_check = std::move(*found);
  return has_errors(report.diagnostics) ? 1 : 0;
}

int check_into(Report& report, const Arguments& arguments) {
  const auto file = find_only_project(arguments.words.empty() ? std::nullopt : std::optional(arguments.words.front()));
  if (!file) return add_failure(report, file.error());
  int code = 0;
  if (!open_into(report, arguments, *file, code, true)) return code;
  return arguments.reads_data ? check_data_into(report, arguments) : 0;
}

// The last line for people: `2 errors, 1 warning`, or that there is nothing to mend.
std::string verdict(const Report& report) {
  const std::size_t errors = count_of(report, Severity::kError);
  const std::size_t warnings = count_of(report, Severity::kWarning);
  if (errors + warnings == 0) return "no problems found\n";
  std::string text = errors == 0 ? "" : counted(errors, "error");
  if (warnings != 0) text += (text.empty() ? "" : ", ") + counted(warnings, "warning");
  return text + "\n";
}

}  // namespace

int run_check(const Arguments& arguments) {
  Report report;
  int code = check_into(report, arguments);
  if (code == 0 && arguments.is_strict && count_of(report, Severity::kWarning) != 0) code = 1;
  print_diagnostics(report, arguments, code);
  if (arguments.format == OutputFormat::kJson) return print_result(check_document(report), code);
  const std::string findings = is_for_review(arguments.format) ? review_document(report, findings_of(report), arguments.format, code) : "";
  if (arguments.format == OutputFormat::kSarif) return print_result(findings, code);
  if (arguments.is_quiet || code == 2) return print_result(findings, code);
  print_error(data_text(report.tables, style_of(2, arguments.color)));
  return print_result(findings + verdict(report), code);
}

}  // namespace segue::command
