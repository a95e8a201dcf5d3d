// `segue run`: evaluate, write, show.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "bindings/cpp/memory_size.h"
#include "bindings/cpp/open_ahead.h"
#include "tools/segue/assess_text.h"
#include "tools/segue/audit_text.h"
#include "tools/segue/follow.h"
#include "tools/segue/profile_text.h"
#include "tools/segue/run_text.h"
#include "tools/segue/signals.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

// What options ask for beyond the answers.
std::expected<void, Failure> look_closer(Report& report, const Arguments& arguments, const EvaluateOptions& options) {
  const Evaluation& evaluation = *report.evaluation;
  if (arguments.audits) {
    report.audit = audit(*report.project, evaluation);
    std::ranges::copy(report.audit->diagnostics, std::back_inserter(report.diagnostics));
  }
  if (arguments.assesses) {
    auto assessment = assess(*report.project, evaluation, options);
    if (!assessment) return std::unexpected(std::move(assessment.error()));
    report.assessment = std::move(*assessment);
  }
  if (arguments.history) {
    auto past = history(*report.project, evaluation, options, arguments.history->step, arguments.history->points);
    if (!past) return std::unexpected(std::move(past.error()));
    std::ranges::copy(past->diagnostics, std::back_inserter(report.diagnostics));
    report.history = std::move(*past);
  }
  return {};
}

Profile* profile_of(Report& report) { return report.profile ? &*report.profile : nullptr; }

// Where no size is given, most of what is free.
std::uint64_t memory_of(const Arguments& arguments) { return arguments.memory.value_or(available_memory() / 5 * 4); }

std::optional<OutputRequest> output_of(const Arguments& arguments) {
  if (!arguments.out) return std::nullopt;
  return OutputRequest{.path = *arguments.out, .options = {.layout = arguments.layout, .on_temporary = set_temporary_file}};
}

int evaluate_into(Report& report, const Arguments& arguments, const std::vector<std::string>& names) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  const EvaluateOptions options{.data = data_options(report, arguments, progress),
                                .names = names,
                                .engine = arguments.engine,
                                .previous = arguments.previous,
                                .profile = profile_of(report),
                                .audits = arguments.audits,
                                .memory = memory_of(arguments),
                                .must_keep_memory = arguments.memory.has_value(),
                                .keeps_answers = arguments.assesses,
                                .out = output_of(arguments)};
  auto evaluation = evaluate(*report.project, options);
  if (!evaluation) {
    progress.wipe();
    return add_failure(report, evaluation.error());
  }
  report.tables = evaluation->tables;
  std::ranges::copy(evaluation->diagnostics, std::back_inserter(report.diagnostics));
  report.evaluation = std::move(*evaluation);
  const auto looked = look_closer(report, arguments, options);
  progress.wipe();
  if (!looked) return add_failure(report, looked.error());
  const int code = judge_expectations(report, arguments);
  sort_diagnostics(report.diagnostics, sources_of(report));
  return code;
}

// What has been written.
struct Written {
  std::vector<std::string> paths;
};

int write_into(Report& report, const Arguments& arguments, Written& written) {
  const PhaseTimer writing(profile_of(report), Phase::kWrite);
  auto output =
      write_output(*report.project, *report.evaluation, *arguments.out, {.layout = arguments.layout, .on_temporary = set_temporary_file});
  if (!output) return add_failure(report, output.error());
  written.paths = std::move(output->paths);
  std::ranges::copy(output->diagnostics, std::back_inserter(report.diagnostics));
  sort_diagnostics(report.diagnostics, sources_of(report));
  return 0;
}

// Everything but printing.
int evaluate_into(Report& report, const Arguments& arguments, Written& written) {
  const auto target = find_target(arguments.words);
  if (!target) return add_failure(report, target.error());
  const std::jthread opening = open_ahead();
  int code = 0;
  if (!open_into(report, arguments, target->project_file, code)) return code;
  if (arguments.out) {
    if (const auto path = output_path(*arguments.out); !path) return add_failure(report, path.error());
  }
  if (arguments.follows) return follow(report, arguments, target->names);
  code = evaluate_into(report, arguments, target->names);
  return code == 0 && arguments.out ? write_into(report, arguments, written) : code;
}

// Whether broken expectations kept the output from being written.
bool is_held_back(const Report& report, const Arguments& arguments) {
  return arguments.out && arguments.expect_fails && report.evaluation && !report.evaluation->all_expectations_hold();
}

// What suppress lists took out, a line a list.
std::string suppressed_text(const Report& report) {
  if (!report.evaluation || !report.evaluation->suppressed) return "";
  std::string text;
  for (const SuppressListSummary& list : report.evaluation->suppressed->lists) {
    text += fmt::format("suppressed by {}: {}", printable(list.path), counted(list.accounts, "account"));
    if (list.unmatched != 0)
      text += fmt::format("; {} of `{}` belong{} to no account", counted(list.unmatched, "value"), printable(list.by),
                          list.unmatched == 1 ? "s" : "");
    text += '\n';
  }
  return text;
}

std::string results_text(const Report& report, const Style& style) {
  std::string text = run_text(*report.project, *report.evaluation, style);
  if (report.audit) text += audit_text(*report.project, *report.audit, style);
  if (report.assessment) text += assess_text(*report.project, *report.evaluation, *report.assessment, style);
  if (report.history) text += history_text(*report.project, *report.history, style);
  return text;
}

// What stands on standard error beside the results.
void print_remarks(const Report& report, const Arguments& arguments, const Written& written) {
  if (arguments.is_quiet || arguments.format == OutputFormat::kJson) return;
  const Style style = style_of(STDERR_FILENO, arguments.color);
  print_error(data_text(report.tables, style));
  print_error(suppressed_text(report));
  for (const std::string& path : written.paths) print_error(fmt::format("wrote {}\n", path));
  if (is_held_back(report, arguments))
    print_error("an expectation does not hold: no output is written (`--expect warn` writes it all the same)\n");
}

}  // namespace

int run_run(const Arguments& arguments) {
  Report report;
  if (arguments.profiles) report.profile.emplace();
  Written written;
  const int code = evaluate_into(report, arguments, written);
  print_diagnostics(report, arguments, code);
  print_remarks(report, arguments, written);
  if (arguments.format == OutputFormat::kJson) return print_result(run_document(report), code);
  if (!report.evaluation) return code;
  const int printed = print_result(results_text(report, style_of(STDOUT_FILENO, arguments.color)), code);
  if (report.profile) print_error("\n" + profile_text(*report.profile, style_of(STDERR_FILENO, arguments.color)));
  return printed;
}

}  // namespace segue::command
