// `segue explain`: why one account is in a segment, or has its score; what groups share, who is nearly in, and why not.
#include <algorithm>
#include <utility>

#include <unistd.h>

#include "bindings/cpp/explain/group.h"
#include "tools/segue/explain_group.h"
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

// ---- groups

// Whether one account is asked about, which has an explanation of its own.
bool is_of_one(const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.words;
  if (arguments.explain_mode != ExplainMode::kAccounts) return false;
  if (words[words.size() - 2].find('=') != std::string::npos) return false;
  if (words.size() == 2) return true;
  if (words.size() != 3) return false;
  const auto target = find_target(words);
  return target && target->names.size() == 2;
}

// The project, and the words behind it. A value of a grid may look like a path.
std::expected<Target, Failure> group_target(const std::vector<std::string>& words) {
  if (words.front().find('=') == std::string::npos && words.size() > 1) return find_target(words);
  const auto file = find_only_project(std::nullopt);
  if (!file) return std::unexpected(file.error());
  return Target{*file, words};
}

template <typename Explanation>
void take_explanation(Report& report, const Explanation& explanation) {
  std::ranges::copy(explanation.diagnostics, std::back_inserter(report.diagnostics));
  sort_diagnostics(report.diagnostics, sources_of(report));
  report.tables = explanation.tables;
}

// Asks, and shows: `ask` gives the explanation.
template <typename Ask, typename Text, typename Document>
int explain_groups(Report& report, const Arguments& arguments, const Ask& ask, const Text& text, const Document& document) {
  const auto target = group_target(arguments.words);
  int code = 0;
  decltype(ask(std::string(), std::vector<std::string>(), GroupOptions())) explanation = std::unexpected(Failure());
  if (!target) {
    code = add_failure(report, target.error());
  } else {
    report.name = target->names.empty() ? "" : target->names.front();
    if (target->names.empty()) {
      print_error("`explain` needs the NAME of a definition\n");
      return 2;
    }
    if (open_into(report, arguments, target->project_file, code)) {
      ProgressLine progress(!arguments.is_quiet, arguments.color);
      const GroupOptions options{.data = data_options(report, arguments, progress), .engine = arguments.engine};
      explanation = ask(target->names.front(), std::vector<std::string>(target->names.begin() + 1, target->names.end()), options);
      progress.wipe();
      if (explanation) take_explanation(report, *explanation);
      else code = add_failure(report, explanation.error());
    }
  }
  print_diagnostics(report, arguments, code);
  if (arguments.format == OutputFormat::kJson) return print_result(document(report, explanation ? &*explanation : nullptr), code);
  if (!explanation) return code;
  return print_result(text(*report.project, *explanation, style_of(STDOUT_FILENO, arguments.color)), code);
}

int explain_several(const Arguments& arguments) {
  Report report;
  using Keys = std::vector<std::string>;
  switch (arguments.explain_mode) {
    case ExplainMode::kNearly:
      return explain_groups(
          report, arguments,
          [&](const std::string& name, const Keys&, const GroupOptions& options) { return explain_nearly(*report.project, name, options); },
          nearly_text, nearly_document);
    case ExplainMode::kWhyNot:
      return explain_groups(
          report, arguments,
          [&](const std::string& name, const Keys& keys, const GroupOptions& options) {
            return explain_why_not(*report.project, name, keys, options);
          },
          why_not_text, why_not_document);
    case ExplainMode::kAccounts:
    case ExplainMode::kMembers: break;
  }
  return explain_groups(
      report, arguments,
      [&](const std::string& name, const Keys& keys, const GroupOptions& options) {
        return explain_group(*report.project, name, keys, options);
      },
      group_text, group_document);
}

}  // namespace

int run_explain(const Arguments& arguments) {
  if (!is_of_one(arguments)) return explain_several(arguments);
  Report report;
  const int code = explain_into(report, arguments);
  print_diagnostics(report, arguments, code);
  if (arguments.format == OutputFormat::kJson) return print_result(explain_document(report), code);
  if (!report.explanation) return code;
  return print_result(explain_text(*report.project, *report.explanation, style_of(STDOUT_FILENO, arguments.color)), code);
}

}  // namespace segue::command
