// `segue explain`: why one account is in a segment, or has its score.
#include <algorithm>
#include <utility>

#include <unistd.h>

#include "tools/segue/explain_text.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

int explain_opened(Report& report, const Arguments& arguments) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  auto explanation = explain_account(*report.project, report.name, report.key, data_options(report, arguments, progress));
  progress.wipe();
  if (!explanation) return add_failure(report, explanation.error());
  std::ranges::copy(explanation->diagnostics, std::back_inserter(report.diagnostics));
  sort_diagnostics(report.diagnostics, sources_of(report));
  report.tables = explanation->tables;
  report.explanation = std::move(*explanation);
  return 0;
}

// NAME and KEY are the last two words; a PROJECT stands before them.
int explain_into(Report& report, const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.words;
  report.name = words[words.size() - 2];
  report.key = words.back();
  const auto file = find_only_project(words.size() == 3 ? std::optional(words.front()) : std::nullopt);
  if (!file) return add_failure(report, file.error());
  int code = 0;
  return open_into(report, arguments, *file, code) ? explain_opened(report, arguments) : code;
}

}  // namespace

int run_explain(const Arguments& arguments) {
  Report report;
  const int code = explain_into(report, arguments);
  print_diagnostics(report, arguments, code);
  if (arguments.format == OutputFormat::kJson) return print_result(explain_document(report), code);
  if (!report.explanation) return code;
  return print_result(explain_text(*report.project, *report.explanation, style_of(STDOUT_FILENO, arguments.color)), code);
}

}  // namespace segue::command
