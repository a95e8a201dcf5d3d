// Tests one after the other, each over its own few accounts; then the expectations of definitions over the project's data.
#include "bindings/cpp/test.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/coverage.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/test_database.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/interpret/explain.h"

namespace segue {
namespace {

// ---- names

bool is_named(const TestOptions& options, std::string_view name) {
  return options.names.empty() ||
         std::ranges::any_of(options.names, [&](const std::string& part) { return name.find(part) != std::string_view::npos; });
}

std::string expectation_name(const Definition& definition, const Expectation& expectation) {
  return fmt::format("expect {}: {}", definition.name, expectation.text);
}

// The names of all tests and expectations.
std::vector<std::string> all_names(const CheckedProject& project) {
  std::vector<std::string> names;
  for (const CheckedTest& test : project.check.tests.tests) names.push_back(test.title);
  for (const DefinitionId id : project.program().results) {
    const Definition& definition = project.program().definition(id);
    for (const Expectation& expectation : definition.expectations) names.push_back(expectation_name(definition, expectation));
  }
  return names;
}

std::expected<void, Failure> require_names(const CheckedProject& project, const TestOptions& options) {
  const std::vector<std::string> names = all_names(project);
  Failure failure{.kind = FailureKind::kCall, .diagnostics = {}, .tables = {}};
  for (const std::string& part : options.names) {
    if (std::ranges::any_of(names, [&](const std::string& name) { return name.find(part) != std::string::npos; })) continue;
    failure.diagnostics.push_back(make_diagnostic(DiagnosticKind::kUnknownDefinition, {},
                                                  fmt::format("no test has `{}` in its name{}", part, did_you_mean(part, names))));
  }
  if (!failure.diagnostics.empty()) return std::unexpected(std::move(failure));
  return {};
}

// ---- `test` blocks

// What a failed predicate saw: `intent is 20`.
std::string seen_text(const Trace& trace) {
  constexpr std::size_t kMost = 3;
  std::string text;
  const TraceNode& root = trace.nodes.front();
  for (std::size_t i = 0; i < std::min(kMost, root.operands.size()); ++i) {
    const TraceOperand& operand = root.operands[i];
    text += fmt::format("{}`{}` is {}", i == 0 ? "" : ", ", operand.text, operand.value.missing ? "missing" : operand.value.shown);
  }
  return text;
}

TestFailure failure_of_claim(const OpenedProject& project, const CheckedTest& test, const TestClaim& claim, Trace trace) {
  const std::string& account = test.accounts[claim.account];
  const std::string whose = account.empty() ? "" : fmt::format(" for account `{}`", account);
  const std::string seen = seen_text(trace);
  const std::string message = fmt::format("`{}` was expected{} and does not hold{}{}", text_on_one_line(project.sources, claim.span), whose,
                                          seen.empty() ? "" : ": ", seen);
  return {make_diagnostic(DiagnosticKind::kFailedTest, claim.span, message), account, std::move(trace)};
}

TestOutcome outcome_of(const OpenedProject& project, std::string name, Span span) {
  const ResolvedLocation place = resolve(span, project.sources);
  return {.name = std::move(name), .file = std::string(place.file), .line = place.start.line, .failures = {}};
}

std::vector<DefinitionId> roots_of(const CheckedTest& test) {
  std::vector<DefinitionId> roots;
  for (const TestClaim& claim : test.claims) roots.push_back(claim.definition);
  return roots;
}

std::expected<TestOutcome, Failure> run_test(const OpenedProject& project, const CheckedTest& test, const TestOptions& options,
                                             ConditionsSeen* seen) {
  const CheckedProject& checked = *project.checked;
  const CheckedProgram& program = checked.check.tests.program;
  const TestTables tables = test_database(program.schema, test);
  const std::vector<DefinitionId> roots = roots_of(test);
  EvaluateOptions evaluating{.data = {.clock = test.clock, .sources = {}, .progress = {}}, .names = {}, .engine = options.engine};
  const auto results = run_engine(checked, program, tables.database, roots, evaluating);
  if (!results) return std::unexpected(results.error());
  const Clock clock = clock_of(checked, test.clock);
  if (seen != nullptr) (void)interpret(program, tables.database, clock, roots, {}, seen);
  TestOutcome outcome = outcome_of(project, test.title, test.title_span);
  for (std::size_t i = 0; i < test.claims.size(); ++i) {
    const TestClaim& claim = test.claims[i];
    const RowId account = tables.rows[kAccountTable][claim.account];
    if (results->definitions[i].members.test(account)) continue;
    Trace trace = explain(program, tables.database, clock, project.sources, claim.definition, account);
    outcome.failures.push_back(failure_of_claim(project, test, claim, std::move(trace)));
  }
  return outcome;
}

void add_outcome(TestRun& run, TestOutcome outcome) {
  (outcome.passed() ? run.passed : run.failed) += 1;
  run.tests.push_back(std::move(outcome));
}

std::expected<void, Failure> run_blocks(const OpenedProject& project, const TestOptions& options, TestRun& run) {
  const CheckedTests& all = project.checked->check.tests;
  ConditionsSeen seen;
  for (const CheckedTest& test : all.tests) {
    if (!is_named(options, test.title)) continue;
    auto outcome = run_test(project, test, options, options.covers ? &seen : nullptr);
    if (!outcome) return std::unexpected(std::move(outcome.error()));
    add_outcome(run, std::move(*outcome));
  }
  if (!options.covers) return {};
  const CheckedProgram& program = all.tests.empty() ? project.checked->program() : all.program;
  run.coverage = coverage_of(written_conditions(program, project.sources), seen, project.sources);
  return {};
}

// ---- expectations on the data

// The definitions with an expectation that is asked for.
std::vector<std::string> expecting(const CheckedProgram& program, const TestOptions& options) {
  std::vector<std::string> names;
  for (const DefinitionId id : program.results) {
    const Definition& definition = program.definition(id);
    const auto is_asked = [&](const Expectation& each) { return is_named(options, expectation_name(definition, each)); };
    if (std::ranges::any_of(definition.expectations, is_asked)) names.push_back(definition.name);
  }
  return names;
}

// `disjoint from x`, `subset of x`, `not empty`: what a definition is, where the others say what it has.
bool is_state(std::string_view text) { return text.starts_with("disjoint") || text.starts_with("subset") || text.ends_with("not empty"); }

void add_expectation(const OpenedProject& project, const TestOptions& options, const ExpectationOutcome& expectation, TestRun& run) {
  std::string name = fmt::format("expect {}: {}", expectation.definition, expectation.text);
  if (!expectation.is_evaluated) return run.not_checked.push_back(std::move(name));
  const Span* span = std::get_if<Span>(&expectation.location);
  TestOutcome outcome = outcome_of(project, std::move(name), span == nullptr ? Span{} : *span);
  if (!expectation.holds) {
    const std::string message = fmt::format("`{}` was expected to {} `{}`; it has {}", expectation.definition,
                                            is_state(expectation.text) ? "be" : "have", expectation.text, expectation.found);
    Diagnostic broken = make_diagnostic(DiagnosticKind::kBrokenExpectation, expectation.location, message);
    if (!options.expectations_fail) broken.severity = Severity::kWarning;
    if (options.expectations_fail) outcome.failures.push_back({std::move(broken), {}, std::nullopt});
    else run.diagnostics.push_back(std::move(broken));
  }
  add_outcome(run, std::move(outcome));
}

void add_unchecked(const CheckedProgram& program, const TestOptions& options, TestRun& run) {
  for (const DefinitionId id : program.results) {
    for (const Expectation& expectation : program.definition(id).expectations) {
      std::string name = expectation_name(program.definition(id), expectation);
      if (is_named(options, name)) run.not_checked.push_back(std::move(name));
    }
  }
}

void check_expectations(const OpenedProject& project, const TestOptions& options, TestRun& run) {
  const CheckedProgram& program = project.checked->program();
  EvaluateOptions evaluating = options.data;
  evaluating.names = expecting(program, options);
  if (evaluating.names.empty()) return;
  if (!options.reads_data) return add_unchecked(program, options, run);
  auto evaluation = evaluate(project, evaluating);
  if (!evaluation) {
    run.tables = evaluation.error().tables;
    run.data_failure = std::move(evaluation.error());
    return add_unchecked(program, options, run);
  }
  run.tables = std::move(evaluation->tables);
  run.diagnostics = std::move(evaluation->diagnostics);
  for (const ExpectationOutcome& expectation : evaluation->expectations) {
    if (is_named(options, fmt::format("expect {}: {}", expectation.definition, expectation.text)))
      add_expectation(project, options, expectation, run);
  }
}

}  // namespace

std::expected<TestRun, Failure> run_tests(const OpenedProject& project, const TestOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  if (auto names = require_names(*project.checked, options); !names) return std::unexpected(std::move(names.error()));
  TestRun run;
  if (auto done = run_blocks(project, options, run); !done) return std::unexpected(std::move(done.error()));
  check_expectations(project, options, run);
  return run;
}

}  // namespace segue
