// `segue run`: evaluate, write, show.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "tools/segue/run_text.h"
#include "tools/segue/signals.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

// `disjoint from x`, `subset of x`, `not empty`: what a definition is, where the others say what it has.
bool is_state(std::string_view text) { return text.starts_with("disjoint") || text.starts_with("subset") || text.ends_with("not empty"); }

Diagnostic broken(const ExpectationOutcome& expectation, bool fails) {
  Diagnostic diagnostic = make_diagnostic(DiagnosticKind::kBrokenExpectation, expectation.location,
                                          fmt::format("`{}` was expected to {} `{}`; it has {}", expectation.definition,
                                                      is_state(expectation.text) ? "be" : "have", expectation.text, expectation.found));
  if (!fails) diagnostic.severity = Severity::kWarning;
  return diagnostic;
}

// The code that expectations give.
int judge(Report& report, const Arguments& arguments) {
  for (const ExpectationOutcome& expectation : report.evaluation->expectations) {
    if (!expectation.holds) report.diagnostics.push_back(broken(expectation, arguments.expect_fails));
  }
  return arguments.expect_fails && !report.evaluation->all_expectations_hold() ? 1 : 0;
}

int evaluate_into(Report& report, const Arguments& arguments, const std::vector<std::string>& names) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  auto evaluation =
      evaluate(*report.project, {.data = data_options(report, arguments, progress), .names = names, .engine = arguments.engine});
  progress.wipe();
  if (!evaluation) return add_failure(report, evaluation.error());
  report.tables = evaluation->tables;
  std::ranges::copy(evaluation->diagnostics, std::back_inserter(report.diagnostics));
  report.evaluation = std::move(*evaluation);
  const int code = judge(report, arguments);
  sort_diagnostics(report.diagnostics, sources_of(report));
  return code;
}

int write_into(Report& report, const Arguments& arguments, std::string& written_path) {
  const auto written =
      write_output(*report.project, *report.evaluation, *arguments.out, {.layout = arguments.layout, .on_temporary = set_temporary_file});
  if (!written) return add_failure(report, written.error());
  written_path = *written;
  return 0;
}

// Everything but printing. `written_path` is set when the output has been written.
int work(Report& report, const Arguments& arguments, std::string& written_path) {
  const auto target = find_target(arguments.words);
  if (!target) return add_failure(report, target.error());
  int code = 0;
  if (!open_into(report, arguments, target->project_file, code)) return code;
  if (arguments.out) {
    if (const auto path = output_path(*arguments.out); !path) return add_failure(report, path.error());
  }
  code = evaluate_into(report, arguments, target->names);
  return code == 0 && arguments.out ? write_into(report, arguments, written_path) : code;
}

// Whether broken expectations kept the output from being written.
bool is_held_back(const Report& report, const Arguments& arguments) {
  return arguments.out && arguments.expect_fails && report.evaluation && !report.evaluation->all_expectations_hold();
}

// What stands on standard error beside the results.
void print_remarks(const Report& report, const Arguments& arguments, const std::string& written_path) {
  if (arguments.is_quiet || arguments.format == OutputFormat::kJson) return;
  const Style style = style_of(STDERR_FILENO, arguments.color);
  print_error(data_text(report.tables, style));
  if (!written_path.empty()) print_error(fmt::format("wrote {}\n", written_path));
  else if (is_held_back(report, arguments))
    print_error("an expectation does not hold: no output is written (`--expect warn` writes it all the same)\n");
}

}  // namespace

int run_run(const Arguments& arguments) {
  Report report;
  std::string written_path;
  const int code = work(report, arguments, written_path);
  print_diagnostics(report, arguments, code);
  print_remarks(report, arguments, written_path);
  if (arguments.format == OutputFormat::kJson) return print_result(run_document(report), code);
  if (!report.evaluation) return code;
  return print_result(run_text(*report.project, *report.evaluation, style_of(STDOUT_FILENO, arguments.color)), code);
}

}  // namespace segue::command
