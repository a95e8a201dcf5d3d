// This file's external interface is the verbs, one function each, and what they share: from a call to its end.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/segue/arguments.h"
#include "tools/segue/console.h"
#include "tools/segue/report.h"

namespace segue::command {

// Each does what the call asks, prints, and gives the exit code.
[[nodiscard]] int run_check(const Arguments& arguments);
[[nodiscard]] int run_fmt(const Arguments& arguments);
[[nodiscard]] int run_run(const Arguments& arguments);
[[nodiscard]] int run_explain(const Arguments& arguments);
[[nodiscard]] int run_test(const Arguments& arguments);
[[nodiscard]] int run_sql(const Arguments& arguments);
[[nodiscard]] int run_new_project(const Arguments& arguments);
[[nodiscard]] int run_prepare(const Arguments& arguments);
[[nodiscard]] int run_diff(const Arguments& arguments);
[[nodiscard]] int run_prove(const Arguments& arguments);
[[nodiscard]] int run_report(const Arguments& arguments);
[[nodiscard]] int run_doc(const Arguments& arguments);

// 1 where rules or data are at fault, 2 where call or environment are, 130 when cancelled.
[[nodiscard]] int exit_code(FailureKind kind);

// The project that a call means, and the names that are left.
struct Target {
  std::filesystem::path project_file;
  std::vector<std::string> names;
};

// The first word is the PROJECT where it is an existing folder, unless the nearest project has a definition of that name, or where it ends
// like a YAML file or holds a `/`; else the nearest project is meant.
[[nodiscard]] std::expected<Target, Failure> find_target(const std::vector<std::string>& words);

// The project of a word that can be nothing else; of none, the nearest.
[[nodiscard]] std::expected<std::filesystem::path, Failure> find_only_project(const std::optional<std::string>& word);

// Opens the project into the report and settles the clock. False: the report says why not, and `code` is set.
[[nodiscard]] bool open_into(Report& report, const Arguments& arguments, const std::filesystem::path& project_file, int& code,
                             bool warns = false);

// Adds what a Failure says to the report and gives its exit code.
[[nodiscard]] int add_failure(Report& report, const Failure& failure);

// Adds a diagnostic for each expectation of the report's evaluation that does not hold, and gives the exit code that they make.
[[nodiscard]] int judge_expectations(Report& report, const Arguments& arguments);

// Options of reading data; borrows `arguments` and `progress`.
[[nodiscard]] DataOptions data_options(const Report& report, const Arguments& arguments, ProgressLine& progress);

// Prints the report's diagnostics on standard error: as text those that `--quiet` leaves; for JSON and reviews only when `code` is 2, which scripts may look for there.
void print_diagnostics(const Report& report, const Arguments& arguments, int code);

}  // namespace segue::command
