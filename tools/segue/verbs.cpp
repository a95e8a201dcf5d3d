// What the verbs share.
#include "tools/segue/verbs.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "tools/segue/annotations.h"

namespace segue::command {
namespace {

namespace fs = std::filesystem;

// Empty where the current folder is gone: then nothing is found in it.
fs::path current_folder() {
  std::error_code error;
  return fs::current_path(error);
}

bool is_folder(const std::string& word) {
  std::error_code error;
  return fs::is_directory(word, error);
}

bool is_project_path(const std::string& word) {
  return word == "." || word == ".." || word.find('/') != std::string::npos || word.ends_with(".yaml") || word.ends_with(".yml");
}

// Whether the project around the current folder has a definition of that name, so that a folder of the same name is not meant.
bool is_definition_nearby(const std::string& word) {
  const auto file = find_project_file({}, current_folder());
  if (!file) return false;
  const auto project = open_project(*file);
  return project && std::ranges::find(project->definitions, word, &DefinitionInfo::name) != project->definitions.end();
}

bool is_project(const std::string& word) { return is_project_path(word) || (is_folder(word) && !is_definition_nearby(word)); }

// `disjoint from x`, `subset of x`, `not empty`: what a definition is, where the others say what it has.
bool is_state(std::string_view text) { return text.starts_with("disjoint") || text.starts_with("subset") || text.ends_with("not empty"); }

Diagnostic broken(const ExpectationOutcome& expectation, bool fails) {
  Diagnostic diagnostic = make_diagnostic(DiagnosticKind::kBrokenExpectation, expectation.location,
                                          fmt::format("`{}` was expected to {} `{}`; it has {}", expectation.definition,
                                                      is_state(expectation.text) ? "be" : "have", expectation.text, expectation.found));
  if (!fails) diagnostic.severity = Severity::kWarning;
  return diagnostic;
}

}  // namespace

int exit_code(FailureKind kind) {
  switch (kind) {
    case FailureKind::kRules: return 1;
    case FailureKind::kCancelled: return 130;
    case FailureKind::kCall:
    case FailureKind::kEnvironment: return 2;
  }
  return 2;
}

std::expected<fs::path, Failure> find_only_project(const std::optional<std::string>& word) {
  return find_project_file(word ? fs::path(*word) : fs::path(), current_folder());
}

std::expected<Target, Failure> find_target(const std::vector<std::string>& words) {
  const bool has_project = !words.empty() && is_project(words.front());
  const auto file = find_only_project(has_project ? std::optional(words.front()) : std::nullopt);
  if (!file) return std::unexpected(file.error());
  return Target{*file, {words.begin() + (has_project ? 1 : 0), words.end()}};
}

int add_failure(Report& report, const Failure& failure) {
  std::ranges::copy(failure.diagnostics, std::back_inserter(report.diagnostics));
  if (!failure.tables.empty()) report.tables = failure.tables;
  sort_diagnostics(report.diagnostics, sources_of(report));
  return exit_code(failure.kind);
}

bool open_into(Report& report, const Arguments& arguments, const fs::path& project_file, int& code, bool warns) {
  Profile* profile = report.profile ? &*report.profile : nullptr;
  auto project = open_project(project_file, {.params = arguments.params, .warns = warns, .profile = profile});
  if (!project) {
    code = add_failure(report, project.error());
    return false;
  }
  report.project = std::move(*project);
  report.diagnostics = report.project->diagnostics;
  const auto clock =
      arguments.as_of ? parse_clock(*report.project, *arguments.as_of) : std::expected<std::int64_t, Failure>(current_clock());
  if (!clock) {
    code = add_failure(report, clock.error());
    return false;
  }
  report.clock = *clock;
  if (report.project->has_errors()) code = 1;
  return !report.project->has_errors();
}

DataOptions data_options(const Report& report, const Arguments& arguments, ProgressLine& progress) {
  return {.clock = *report.clock,
          .sources = arguments.sources,
          .on_bad_row = arguments.on_bad_row,
          .threads = arguments.threads,
          .progress = [&progress](const Progress& step) { progress.show(step); },
          .uses_prepared = arguments.uses_prepared,
          .prepared_folder = arguments.prepared};
}

int judge_expectations(Report& report, const Arguments& arguments) {
  for (const ExpectationOutcome& expectation : report.evaluation->expectations) {
    if (!expectation.holds) report.diagnostics.push_back(broken(expectation, arguments.expect_fails));
  }
  return arguments.expect_fails && !report.evaluation->all_expectations_hold() ? 1 : 0;
}

void print_diagnostics(const Report& report, const Arguments& arguments, int code) {
  const bool is_elsewhere = arguments.format == OutputFormat::kJson || is_for_review(arguments.format);
  if (is_elsewhere && code != 2) return;
  std::vector<Diagnostic> shown = report.diagnostics;
  if (arguments.is_quiet || is_elsewhere) {
    std::erase_if(shown, [](const Diagnostic& diagnostic) { return diagnostic.severity != Severity::kError; });
  }
  const Style style = style_of(STDERR_FILENO, arguments.color);
  const std::string text = render_text(shown, sources_of(report), style.in_color);
  if (!text.empty()) print_error(text + "\n");
}

}  // namespace segue::command
