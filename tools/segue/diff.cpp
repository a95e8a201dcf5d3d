// `segue diff`: what a change of rules means.
#include "bindings/cpp/diff/diff.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "tools/segue/diff_documents.h"
#include "tools/segue/diff_text.h"
#include "tools/segue/signals.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

DiffOptions diff_options(const Arguments& arguments, ProgressLine& progress) {
  DiffOptions options{.params = arguments.params,
                      .as_of = arguments.as_of,
                      .data = {.sources = arguments.sources,
                               .on_bad_row = arguments.on_bad_row,
                               .threads = arguments.threads,
                               .progress = [&progress](const Progress& step) { progress.show(step); },
                               .uses_prepared = arguments.uses_prepared,
                               .prepared_folder = arguments.prepared},
                      .engine = arguments.engine,
                      .reads_data = !arguments.leaves_data};
  options.needs_data = arguments.out.has_value() || !arguments.sources.empty();
  options.seconds_per_claim = arguments.limit;
  options.out = arguments.out;
  options.output.on_temporary = set_temporary_file;
  return options;
}

std::uint64_t size_before(const DiffDefinition& definition) {
  return definition.movement && definition.movement->before ? definition.movement->before->size : 0;
}

bool is_above(const FailOn& limit, std::uint64_t count, std::uint64_t whole) {
  if (!limit.is_percent) return static_cast<double>(count) > limit.above;
  if (whole == 0) return count > 0;
  return 100.0 * static_cast<double>(count) / static_cast<double>(whole) > limit.above;
}

bool comes_true(const FailOn& limit, const DiffDefinition& definition, const Diff& diff) {
  const bool has_movement = definition.movement.has_value();
  switch (limit.subject) {
    case FailOnSubject::kBreaking: return false;
    case FailOnSubject::kChanged: return definition.status != DiffStatus::kUnchanged && definition.status != DiffStatus::kTextOnly;
    case FailOnSubject::kUnproved: return definition.status == DiffStatus::kUnknown;
    case FailOnSubject::kEntering: return has_movement && is_above(limit, definition.movement->entered, size_before(definition));
    case FailOnSubject::kLeaving: return has_movement && is_above(limit, definition.movement->left, size_before(definition));
    case FailOnSubject::kMoving:
      return has_movement && is_above(limit, definition.movement->moved, diff.data ? diff.data->accounts_before : 0);
  }
  return false;
}

DiffVerdict verdict_of(const Diff& diff, const Arguments& arguments) {
  DiffVerdict verdict;
  for (const FailOn& limit : arguments.fail_on) {
    const bool failed = (limit.subject == FailOnSubject::kBreaking && !diff.breaking.empty()) ||
                        std::ranges::any_of(diff.definitions, [&](const DiffDefinition& each) { return comes_true(limit, each, diff); });
    if (failed) verdict.failed.push_back(limit.text);
  }
  return verdict;
}

std::string failed_text(const DiffVerdict& verdict) {
  std::string text;
  for (const std::string& failed : verdict.failed) text += fmt::format("fails on `{}`\n", failed);
  return text;
}

int print_diff(const Report& report, const Diff& diff, const Arguments& arguments, int code) {
  const DiffVerdict verdict = verdict_of(diff, arguments);
  if (!verdict.failed.empty() && code == 0) code = 1;
  if (arguments.format == OutputFormat::kJson) return print_result(diff_document(report, &diff, verdict), code);
  if (arguments.format == OutputFormat::kMarkdown) return print_result(diff_markdown(diff, verdict), code);
  return print_result(diff_text(diff, style_of(STDOUT_FILENO, arguments.color)) + failed_text(verdict), code);
}

// The diagnostics of a difference have sources of their own.
void print_diff_diagnostics(const Report& report, const Diff& diff, const Arguments& arguments) {
  if (arguments.format == OutputFormat::kJson || report.diagnostics.empty()) return;
  std::vector<Diagnostic> shown = report.diagnostics;
  if (arguments.is_quiet) std::erase_if(shown, [](const Diagnostic& diagnostic) { return diagnostic.severity != Severity::kError; });
  const std::string text = render_text(shown, diff.sources, style_of(STDERR_FILENO, arguments.color).in_color);
  if (!text.empty()) print_error(text + "\n");
}

}  // namespace

int run_diff(const Arguments& arguments) {
  Report report;
  const std::vector<std::string>& words = arguments.words;
  const DiffRequest request{.base = words.empty() ? std::nullopt : std::optional(words[0]),
                            .head = words.size() < 2 ? std::nullopt : std::optional(words[1]),
                            .project = arguments.project};
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  const auto found = diff(request, diff_options(arguments, progress));
  progress.wipe();
  if (!found) {
    const int code = add_failure(report, found.error());
    print_diagnostics(report, arguments, code);
    return arguments.format == OutputFormat::kJson ? print_result(diff_document(report, nullptr, {}), code) : code;
  }
  report.diagnostics = found->diagnostics;
  print_diff_diagnostics(report, *found, arguments);
  return print_diff(report, *found, arguments, found->failure ? exit_code(*found->failure) : 0);
}

}  // namespace segue::command
