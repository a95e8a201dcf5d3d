// `segue test`: run the tests and expectations, or write a test from a real account (`--new`).
#include "bindings/cpp/test.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "tools/segue/annotations.h"
#include "tools/segue/explain_text.h"
#include "tools/segue/files.h"
#include "tools/segue/run_text.h"
#include "tools/segue/test_json.h"
#include "tools/segue/test_text.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

// ---- running

// Whether logical expectations hold on any data. That the solver is not there is no failure of tests.
void prove_expectations_into(Report& report, const Arguments& arguments, const std::vector<std::string>& names) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  const ProvingOptions options{.names = {},
                               .clock = arguments.as_of ? report.clock : std::nullopt,
                               .threads = arguments.threads,
                               .expectations_only = true,
                               .parts = names,
                               .stop = {},
                               .progress = [&](const Progress& step) { progress.show(step); }};
  auto proved = prove_project(*report.project, {.params = arguments.params}, options);
  progress.wipe();
  if (proved && !proved->expectations.empty()) report.proved = std::move(*proved);
}

std::optional<TestRun> test_into(Report& report, const Arguments& arguments, const std::vector<std::string>& names, int& code) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  TestOptions options{.names = names,
                      .engine = arguments.has_engine ? arguments.engine : Engine::kInterpreter,
                      .covers = arguments.covers,
                      .reads_data = !arguments.leaves_data,
                      .expectations_fail = arguments.expect_fails,
                      .data = {}};
  options.data.data = data_options(report, arguments, progress);
  options.data.engine = arguments.engine;
  options.data.previous = arguments.previous;
  auto run = run_tests(*report.project, options);
  progress.wipe();
  if (!run) {
    code = add_failure(report, run.error());
    return std::nullopt;
  }
  report.tables = run->tables;
  prove_expectations_into(report, arguments, names);
  std::ranges::copy(run->diagnostics, std::back_inserter(report.diagnostics));
  if (run->data_failure) code = add_failure(report, *run->data_failure);
  if (run->failed != 0) code = 1;
  sort_diagnostics(report.diagnostics, sources_of(report));
  return std::move(*run);
}

std::optional<TestRun> test_into(Report& report, const Arguments& arguments, int& code) {
  const auto target = find_target(arguments.words);
  if (!target) {
    code = add_failure(report, target.error());
    return std::nullopt;
  }
  if (!open_into(report, arguments, target->project_file, code)) return std::nullopt;
  return test_into(report, arguments, target->names, code);
}

// What stands on standard error beside the results.
void print_remarks(const Report& report, const TestRun& run, const Arguments& arguments) {
  if (arguments.is_quiet || arguments.format == OutputFormat::kJson || arguments.format == OutputFormat::kSarif) return;
  print_error(data_text(report.tables, style_of(STDERR_FILENO, arguments.color)));
  for (const std::string& name : run.not_checked) print_error(fmt::format("not checked: {}\n", printable(name)));
  if (run.data_failure)
    print_error("the data could not be evaluated, so expectations on them were not checked (`--no-data` leaves them out on purpose)\n");
  if (run.tests.empty() && run.not_checked.empty())
    print_error("there are no tests yet; `segue test --new NAME KEY` writes one from an account of the data\n");
}

// The diagnostics, and each failure with its test as the title and what decided below.
std::vector<ReviewFinding> findings_with_failures(const Report& report, const TestRun* run) {
  std::vector<ReviewFinding> findings = findings_of(report);
  if (run == nullptr) return findings;
  for (const TestOutcome& test : run->tests) {
    for (const TestFailure& failure : test.failures) {
      std::string tree = failure.trace ? trace_text(*failure.trace, report.project->sources, 1, Style{.is_unicode = true}) : "";
      findings.push_back({failure.diagnostic, test.name, std::move(tree)});
    }
  }
  return findings;
}

int print_review(const Report& report, const TestRun* run, const Arguments& arguments, int code) {
  std::vector<ReviewCount> counts;
  if (run != nullptr) counts = {{"passed", run->passed}, {"failed", run->failed}};
  const std::string document = review_document(report, findings_with_failures(report, run), arguments.format, code, std::move(counts));
  if (arguments.format == OutputFormat::kSarif || run == nullptr) return print_result(document, code);
  return print_result(document + totals_text(report, *run, style_of(STDOUT_FILENO, arguments.color)), code);
}

int run_tests_of(const Arguments& arguments) {
  Report report;
  int code = 0;
  const auto run = test_into(report, arguments, code);
  print_diagnostics(report, arguments, code);
  if (run) print_remarks(report, *run, arguments);
  if (arguments.format == OutputFormat::kJson) return print_result(test_document(report, run ? &*run : nullptr), code);
  if (is_for_review(arguments.format)) return print_review(report, run ? &*run : nullptr, arguments, code);
  if (!run) return code;
  return print_result(test_text(report, *run, style_of(STDOUT_FILENO, arguments.color)), code);
}

// ---- `--new`

// NAME and KEY, and the project in front of them.
std::expected<Target, Failure> find_account(const Arguments& arguments) {
  const std::size_t count = arguments.words.size();
  const auto file = find_only_project(count == 3 ? std::optional(arguments.words.front()) : std::nullopt);
  if (!file) return std::unexpected(file.error());
  return Target{*file, {arguments.words.end() - 2, arguments.words.end()}};
}

// Adds the test to the end of a file, which may not be there yet.
std::optional<std::string> append(const std::string& path, const std::string& test) {
  std::string text;
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    auto old = read_whole(path);
    if (!old) return old.error();
    text = std::move(*old);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    if (!text.empty()) text += '\n';
  }
  const auto done = replace_file(path, text + test);
  return done ? std::nullopt : std::optional(done.error());
}

int write_new(Report& report, const Arguments& arguments, std::string& text) {
  const auto target = find_account(arguments);
  if (!target) return add_failure(report, target.error());
  int code = 0;
  if (!open_into(report, arguments, target->project_file, code)) return code;
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  auto made = new_test(*report.project, {.params = arguments.params}, target->names[0], target->names[1],
                       data_options(report, arguments, progress));
  progress.wipe();
  if (!made) return add_failure(report, made.error());
  report.tables = std::move(made->tables);
  std::ranges::copy(made->diagnostics, std::back_inserter(report.diagnostics));
  text = std::move(made->text);
  if (!arguments.out) return 0;
  if (const auto problem = append(*arguments.out, text)) {
    report.diagnostics.push_back(make_diagnostic(DiagnosticKind::kUnwritableFile, {}, *problem));
    return 2;
  }
  return 0;
}

int print_new_test(const Arguments& arguments) {
  Report report;
  std::string text;
  const int code = write_new(report, arguments, text);
  print_diagnostics(report, arguments, code);
  if (code != 0) return code;
  if (!arguments.out) return print_result(text, 0);
  if (!arguments.is_quiet) print_error(fmt::format("wrote {}\n", *arguments.out));
  return 0;
}

}  // namespace

int run_test(const Arguments& arguments) { return arguments.is_new ? print_new_test(arguments) : run_tests_of(arguments); }

}  // namespace segue::command
