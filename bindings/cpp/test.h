// This file's external interface is `run_tests`: the `test` blocks of a project, the `expect`s of its definitions, and which conditions the tests
// exercise.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/project.h"
#include "compiler/interpret/trace.h"

namespace segue {

struct TestOptions {
  std::vector<std::string> names;        // those whose name has one of these texts in it; none: all
  Engine engine = Engine::kInterpreter;  // of the `test` blocks, whose few accounts the interpreter answers at once
  bool covers = false;                   // `coverage` is wanted
  bool reads_data = true;                // the definitions' `expect`s are checked on the data
  bool expectations_fail = true;         // false: those that are broken are warnings
  EvaluateOptions data;                  // for those; `data.names` is not looked at
};

// One thing that was expected and does not hold.
struct TestFailure {
  Diagnostic diagnostic;
  std::string account;         // its name in the test; empty where the only one has none, and of an `expect` on the data
  std::optional<Trace> trace;  // what decided; of `test` blocks
};

struct TestOutcome {
  std::string name;  // the title of a `test`; `expect icp: size at least 10` of an expectation
  std::string file;
  std::uint32_t line = 0;
  std::vector<TestFailure> failures;

  [[nodiscard]] bool passed() const { return failures.empty(); }
};

// A condition that stands somewhere in a definition: one that no other makes up, or an operand of `and` or `or`.
struct CoveredCondition {
  std::string definition;
  std::string text;  // as written, on one line
  Span span;
  bool was_true = false, was_false = false;  // in some row that some test evaluated
};

struct Coverage {
  std::vector<CoveredCondition> conditions;  // by file and place

  [[nodiscard]] std::size_t covered() const;  // that were both
};

struct TestRun {
  std::vector<TestOutcome> tests;  // `test` blocks by file and line, then expectations on the data
  std::uint64_t passed = 0, failed = 0;
  std::optional<Coverage> coverage;
  std::vector<TableSummary> tables;      // that were read
  std::vector<Diagnostic> diagnostics;   // about the data
  std::vector<std::string> not_checked;  // names of expectations that need an earlier output, or data that were not asked for
  std::optional<Failure> data_failure;   // why the data could not be evaluated; the tests have run all the same
};

// A Failure of kRules: the project has errors. kCall: a name that no test has.
[[nodiscard]] std::expected<TestRun, Failure> run_tests(const OpenedProject& project, const TestOptions& options);

// A `test` written from a real account: all that the definition `name` reads of it, as it stands in the data, and what the definition answers.
struct NewTest {
  std::string text;                     // formatted; it parses, passes `check`, and passes
  std::vector<Diagnostic> diagnostics;  // personal data in it; an answer that rests on all accounts; about the data
  std::vector<TableSummary> tables;
};
// `opening` is how the project was opened.
[[nodiscard]] std::expected<NewTest, Failure> new_test(const OpenedProject& project, const OpenOptions& opening, std::string_view name,
                                                       std::string_view key, const DataOptions& options);

}  // namespace segue
