// `segue report`: evaluate everything, look closer, and write one page.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tools/report/page.h"
#include "tools/segue/files.h"
#include "tools/segue/report_json.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

constexpr std::string_view kStandardOutput = "-";

int complain_of_page(const std::string& message) {
  print_error(fmt::format("segue: {}\n", message));
  return 2;
}

// What is wrong with `--out`, before any work is done.
std::optional<std::string> misplaced(const Arguments& arguments) {
  if (!arguments.out || *arguments.out == kStandardOutput) return std::nullopt;
  const std::filesystem::path path = *arguments.out;
  std::error_code error;
  if (std::filesystem::is_directory(path, error) || path.filename().empty())
    return fmt::format("`--out {0}` is a folder; name a file in it: `--out {0}{1}report.html`", *arguments.out,
                       arguments.out->ends_with('/') ? "" : "/");
  if (!path.has_parent_path() || std::filesystem::is_directory(path.parent_path(), error)) return std::nullopt;
  return fmt::format("cannot write `{}`: there is no folder `{}`", *arguments.out, path.parent_path().string());
}

constexpr std::size_t kMostPairs = 200;  // of definitions that overlap, which grow with the square of their number

// The closest pairs of definitions: values of one definition say less, and the page shows the first few only.
void keep_closest(Assessment& assessment) {
  const auto names_value = [&](const Overlap& overlap) {
    return assessment.sets[overlap.left].value || assessment.sets[overlap.right].value;
  };
  std::vector<Overlap>& overlaps = assessment.overlaps;
  const std::size_t before = overlaps.size();
  std::erase_if(overlaps, [&](const Overlap& overlap) { return overlap.both == 0 || names_value(overlap); });
  std::ranges::stable_sort(overlaps, std::ranges::greater{}, &Overlap::jaccard);
  if (overlaps.size() > kMostPairs) overlaps.resize(kMostPairs);
  assessment.has_all_overlaps &= overlaps.size() == before;
}

// Everything that `segue run` can say of the answers, and what only the page shows.
std::expected<void, Failure> look_at_answers(Report& report, const Arguments& arguments, const EvaluateOptions& options,
                                             PageContent& content) {
  const OpenedProject& project = *report.project;
  const Evaluation& evaluation = *report.evaluation;
  report.audit = audit(project, evaluation);
  auto assessment = assess(project, evaluation, options);
  if (!assessment) return std::unexpected(std::move(assessment.error()));
  keep_closest(*assessment);
  report.assessment = std::move(*assessment);
  if (arguments.history) {
    auto past = history(project, evaluation, options, arguments.history->step, arguments.history->points);
    if (!past) return std::unexpected(std::move(past.error()));
    std::ranges::copy(past->diagnostics, std::back_inserter(report.diagnostics));
    report.history = std::move(*past);
  }
  auto funnels = funnels_of(project, evaluation, options);
  if (!funnels) return std::unexpected(std::move(funnels.error()));
  content.funnels = std::move(*funnels);
  content.intersections = intersections_of(project, evaluation);
  return {};
}

int read_data_into(Report& report, const Arguments& arguments, PageContent& content) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  const EvaluateOptions options{.data = data_options(report, arguments, progress),
                                .names = {},
                                .engine = arguments.engine,
                                .previous = arguments.previous,
                                .audits = true,
                                .keeps_answers = true};
  auto evaluation = evaluate(*report.project, options);
  if (!evaluation) return add_failure(report, evaluation.error());
  report.tables = evaluation->tables;
  std::ranges::copy(evaluation->diagnostics, std::back_inserter(report.diagnostics));
  report.evaluation = std::move(*evaluation);
  if (const auto looked = look_at_answers(report, arguments, options, content); !looked) {
    report.evaluation.reset();
    return add_failure(report, looked.error());
  }
  return judge_expectations(report, arguments);
}

// The tests of the rules; those that fail are shown, and are no reason to fail.
int test_into_page(Report& report, const Arguments& arguments, PageContent& content) {
  TestOptions options{.names = {}, .covers = true, .reads_data = false, .data = {}};
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  options.data.data = data_options(report, arguments, progress);
  auto run = run_tests(*report.project, options);
  if (!run) return add_failure(report, run.error());
  content.tests = std::move(*run);
  return 0;
}

// The exit code; there is a page where the report has a project without errors and, unless it was to be left out, its data.
int work_on_page(Report& report, const Arguments& arguments, PageContent& content) {
  const auto file = find_only_project(arguments.words.empty() ? std::nullopt : std::optional(arguments.words.front()));
  if (!file) return add_failure(report, file.error());
  int code = 0;
  if (!open_into(report, arguments, *file, code)) return code;
  content.catalogue = catalogue_of(*report.project);
  code = test_into_page(report, arguments, content);
  if (code == 0 && !arguments.leaves_data) code = read_data_into(report, arguments, content);
  sort_diagnostics(report.diagnostics, sources_of(report));
  return code;
}

std::string page_text(const Report& report, const std::string& document) {
  return page_around(report_page_shell(), fmt::format("{}: segments", report.project->root.filename().string()), document);
}

int write_page(const std::string& text, const Arguments& arguments, int code) {
  if (!arguments.out || *arguments.out == kStandardOutput) return print_result(text, code);
  const auto written = replace_file(*arguments.out, text);
  if (!written) return complain_of_page(written.error());
  if (!arguments.is_quiet) print_error(fmt::format("wrote {}\n", *arguments.out));
  return code;
}

}  // namespace

int run_report(const Arguments& arguments) {
  if (const auto message = misplaced(arguments)) return complain_of_page(*message);
  Report report;
  PageContent content;
  const int code = work_on_page(report, arguments, content);
  print_diagnostics(report, arguments, code);
  const bool is_drawn = content.tests && (arguments.leaves_data ? code == 0 : report.evaluation.has_value());
  if (arguments.format == OutputFormat::kJson && (is_drawn || !arguments.out))
    return write_page(report_document(report, content), arguments, code);
  return is_drawn ? write_page(page_text(report, report_document(report, content)), arguments, code) : code;
}

}  // namespace segue::command
