// The facade as an embedder uses it: a project on disk, evaluated, explained and written.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "bindings/cpp/segue.h"

namespace fs = std::filesystem;
using namespace segue;

namespace {

// A project in a folder that is removed at the end.
struct TemporaryProject {
  fs::path root;

  TemporaryProject() {
    std::string name = (fs::temp_directory_path() / "segue-facade-XXXXXX").string();
    root = mkdtemp(name.data());
    write("segue.yaml",
          "language: 1\nschema: schema.yaml\nrules: [\"*.seg\"]\ntimezone: Europe/Berlin\nsources: {account: accounts.csv, visits: "
          "visits.csv}\n");
    write("schema.yaml",
          "account:\n  key: id\n  columns: {id: text, employees: int?, customer: bool}\n"
          "relations:\n  visits:\n    of: account\n    on: id\n    time: at\n    columns: {at: timestamp}\n");
    write("rules.seg",
          "param least: int = 100\n\nsegment big \"Big\" {\n  where employees >= least\n  except customer\n  expect size at most 1\n}\n\n"
          "score warmth {\n  +1.5 * count(visits within last 7 days)\n}\n");
    write("accounts.csv", "id,employees,customer\na,500,false\nb,,false\nc,900,true\nd,150,false\n");
    write("visits.csv", "id,at\na,2026-02-27T10:00:00Z\na,2026-02-28T10:00:00Z\nz,2026-02-28T10:00:00Z\n");
  }
  TemporaryProject(const TemporaryProject&) = delete;
  TemporaryProject& operator=(const TemporaryProject&) = delete;
  ~TemporaryProject() {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(root / name) << text; }

  std::string read(const std::string& name) const {
    std::ifstream file(root / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  OpenedProject open(const OpenOptions& options = {}) const {
    const auto file = find_project_file(root, {});
    REQUIRE(file);
    auto project = open_project(*file, options);
    REQUIRE(project);
    return std::move(*project);
  }
};

EvaluateOptions options_at(const OpenedProject& project, Engine engine) {
  EvaluateOptions options;
  options.data.clock = parse_clock(project, "2026-03-01").value();
  options.engine = engine;
  return options;
}

}  // namespace

TEST_CASE("a project is opened with its definitions in the order of files and lines") {
  const TemporaryProject folder;
  const OpenedProject project = folder.open();
  CHECK_FALSE(project.has_errors());
  CHECK(project.timezone == "Europe/Berlin");
  REQUIRE(project.definitions.size() == 2);
  CHECK(project.definitions[0].name == "big");
  CHECK(project.definitions[0].title == "Big");
  CHECK(project.definitions[0].line == 3);
  CHECK(project.definitions[1].kind == ResultKind::kScore);
}

TEST_CASE("an evaluation counts members, shares, undetermined accounts and scores, on both engines") {
  const TemporaryProject folder;
  const OpenedProject project = folder.open();
  for (const Engine engine : {Engine::kNative, Engine::kInterpreter}) {
    const auto evaluation = evaluate(project, options_at(project, engine));
    REQUIRE(evaluation);
    CHECK(evaluation->accounts == 4);
    REQUIRE(evaluation->definitions.size() == 2);
    CHECK(evaluation->definitions[0].size == 2);
    CHECK(evaluation->definitions[0].share == 0.5);
    CHECK(evaluation->definitions[0].undetermined == 1);
    REQUIRE(evaluation->definitions[1].score);
    CHECK(evaluation->definitions[1].score->max == 3.0);
    CHECK(evaluation->definitions[1].score->mean == 0.75);
    CHECK(members(*evaluation, 0).test(0));
    CHECK_FALSE(members(*evaluation, 0).test(2));
    CHECK(scores(*evaluation, 1)[0] == 3.0);
    CHECK(account_key(*evaluation, 3) == "d");
    CHECK_FALSE(evaluation->all_expectations_hold());
    REQUIRE(evaluation->tables.size() == 2);
    CHECK(evaluation->tables[1].orphans == 1);
  }
}

TEST_CASE("a param that is given takes the place of the one in the rules") {
  const TemporaryProject folder;
  const OpenedProject project = folder.open({.params = {{"least", "200"}}});
  const auto evaluation = evaluate(project, options_at(project, Engine::kInterpreter));
  REQUIRE(evaluation);
  CHECK(evaluation->definitions[0].size == 1);
  const auto unknown = open_project(folder.root / "segue.yaml", {.params = {{"most", "200"}}});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == FailureKind::kCall);
}

TEST_CASE("what cannot be evaluated says whose fault it is") {
  const TemporaryProject folder;
  OpenedProject project = folder.open();
  EvaluateOptions options = options_at(project, Engine::kInterpreter);
  options.names = {"bigg"};
  auto evaluation = evaluate(project, options);
  REQUIRE_FALSE(evaluation);
  CHECK(evaluation.error().kind == FailureKind::kCall);

  folder.write("accounts.csv", "id,employees,customer\na,many,false\n");
  options.names.clear();
  evaluation = evaluate(project, options);
  REQUIRE_FALSE(evaluation);
  CHECK(evaluation.error().kind == FailureKind::kRules);
  CHECK(evaluation.error().tables.front().bad_rows == 1);

  fs::remove(folder.root / "accounts.csv");
  evaluation = evaluate(project, options);
  REQUIRE_FALSE(evaluation);
  CHECK(evaluation.error().kind == FailureKind::kEnvironment);

  folder.write("rules.seg", "segment big { where employes > 5 }\n");
  project = folder.open();
  CHECK(project.has_errors());
  evaluation = evaluate(project, options);
  REQUIRE_FALSE(evaluation);
  CHECK(evaluation.error().kind == FailureKind::kRules);
}

TEST_CASE("an evaluation tells how far it is and can be cancelled") {
  const TemporaryProject folder;
  const OpenedProject project = folder.open();
  for (const Engine engine : {Engine::kNative, Engine::kInterpreter}) {
    EvaluateOptions options = options_at(project, engine);
    std::atomic<bool> cancel = false;
    std::vector<std::string> steps;
    options.data.cancel = &cancel;
    options.data.progress = [&](const Progress& progress) {
      steps.push_back(progress.step);
      if (progress.step == "evaluating") cancel = true;
    };
    const auto evaluation = evaluate(project, options);
    REQUIRE_FALSE(evaluation);
    CHECK(evaluation.error().kind == FailureKind::kCancelled);
    CHECK_FALSE(steps.empty());
    CHECK_FALSE(evaluate(project, options));
  }
}

TEST_CASE("answers are written and accounts explained") {
  const TemporaryProject folder;
  const OpenedProject project = folder.open();
  const auto evaluation = evaluate(project, options_at(project, Engine::kInterpreter));
  REQUIRE(evaluation);
  const auto written = write_output(project, *evaluation, (folder.root / "out.csv").string(), {});
  REQUIRE(written);
  CHECK(written->paths == std::vector<std::string>{(folder.root / "out.csv").string()});
  CHECK(folder.read("out.csv").starts_with("id,big,warmth\na,true,3"));
  CHECK_FALSE(output_path((folder.root / "out.doc").string()));

  const auto explanation = explain_account(project, "big", "a", options_at(project, Engine::kInterpreter).data);
  REQUIRE(explanation);
  CHECK(explanation->trace.value.shown == "true");
  const auto unknown = explain_account(project, "big", "nobody", options_at(project, Engine::kInterpreter).data);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == FailureKind::kCall);
}

namespace {

// Tiers, an audience and a protected column.
void widen(const TemporaryProject& folder) {
  folder.write("schema.yaml",
               "account:\n  key: id\n  columns: {id: text, employees: int?, customer: {type: bool, class: protected}}\n"
               "relations:\n  visits:\n    of: account\n    on: id\n    time: at\n    known_at: at\n    columns: {at: timestamp}\n");
  folder.write("rules.seg",
               "segment big {\n  where employees >= 100\n}\n\ntiers level \"Level\" {\n  top \"Top\": employees >= 400 and not customer\n  "
               "middle: big\n}\n\n"
               "audience recent of visits {\n  where at within last 30 days\n}\n");
}

}  // namespace

TEST_CASE("tiers and audiences have values, rows and accounts, and are compared with an earlier output") {
  const TemporaryProject folder;
  widen(folder);
  const OpenedProject project = folder.open();
  REQUIRE_FALSE(project.has_errors());
  REQUIRE(project.definitions.size() == 3);
  CHECK(project.definitions[1].kind == ResultKind::kTiers);
  REQUIRE(project.definitions[1].values.size() == 2);
  CHECK(project.definitions[1].values[0].title == "Top");
  CHECK(project.definitions[2].relation == "visits");
  for (const Engine engine : {Engine::kNative, Engine::kInterpreter}) {
    EvaluateOptions options = options_at(project, engine);
    const auto before = evaluate(project, options);
    REQUIRE(before);
    CHECK(before->definitions[1].value_sizes == std::vector<std::uint64_t>{1, 2});
    CHECK(before->definitions[1].without_value == 1);
    CHECK(value_indices(*before, 1)[3] == 1);
    CHECK(before->definitions[2].size == 2);
    CHECK(before->definitions[2].accounts == 1);
    REQUIRE(write_output(project, *before, (folder.root / "before.csv").string(), {}));

    folder.write("accounts.csv", "id,employees,customer\na,500,true\nb,,false\nd,50,false\ne,100,false\n");
    options.previous = (folder.root / "before.csv").string();
    const auto after = evaluate(project, options);
    REQUIRE(after);
    REQUIRE(after->definitions[0].movement);
    CHECK(after->definitions[0].movement->entered == 1);
    CHECK(after->definitions[0].movement->left == 2);
    REQUIRE(after->definitions[1].movement);
    CHECK(after->definitions[1].movement->moved.size() == 3);
    CHECK_FALSE(after->definitions[2].movement);
    REQUIRE(after->diagnostics.size() == 1);
    CHECK(after->diagnostics[0].kind == DiagnosticKind::kNotInPrevious);
    folder.write("accounts.csv", "id,employees,customer\na,500,false\nb,,false\nc,900,true\nd,150,false\n");
  }
}

TEST_CASE("an evaluation is assessed, audited and repeated at earlier clocks") {
  const TemporaryProject folder;
  widen(folder);
  const OpenedProject project = folder.open();
  for (const Engine engine : {Engine::kNative, Engine::kInterpreter}) {
    EvaluateOptions options = options_at(project, engine);
    options.audits = true;
    const auto evaluation = evaluate(project, options);
    REQUIRE(evaluation);
    const auto assessment = assess(project, *evaluation, options);
    REQUIRE(assessment);
    REQUIRE(assessment->sets.size() == 4);
    CHECK(assessment->overlaps.size() == 5);
    CHECK(assessment->overlaps[0].relation == SetRelation::kContains);
    REQUIRE(assessment->undecided.size() == 2);
    CHECK(assessment->undecided[0].column == "employees");
    CHECK(assessment->undecided[0].count == 1);
    CHECK(assessment->reach.size() == 3);

    const Audit audited = audit(project, *evaluation);
    REQUIRE(audited.tables.size() == 4);
    REQUIRE(audited.tables[0].groups.size() == 2);
    CHECK(audited.tables[0].groups[1].rate == 1.0);
    CHECK(audited.tables[0].groups[0].is_flagged);
    CHECK(audited.tables[0].groups[0].is_small);

    const auto past = history(project, *evaluation, options, HistoryStep::kWeekly, 1);
    REQUIRE(past);
    REQUIRE(past->points.size() == 2);
    CHECK(past->points[0].definitions[2].size == 0);
    CHECK(past->points[1].definitions[2].size == 2);
    CHECK(past->diagnostics.empty());
  }
}

TEST_CASE("a clock is a date's end or a time in the project's zone") {
  const TemporaryProject folder;
  const OpenedProject project = folder.open();
  CHECK(clock_text(parse_clock(project, "2026-07-01").value()) == "2026-07-01T21:59:59.999999Z");
  CHECK(clock_text(parse_clock(project, "2026-07-01T09:00").value()) == "2026-07-01T07:00:00Z");
  CHECK(local_clock_text(project, parse_clock(project, "2026-07-01").value()) == "2026-07-01 23:59:59 Europe/Berlin");
  CHECK_FALSE(parse_clock(project, "noon"));
  CHECK_FALSE(is_clock("2026-02-30"));
}

TEST_CASE("data are checked as a whole") {
  const TemporaryProject folder;
  const OpenedProject project = folder.open();
  const auto found = check_data(project, options_at(project, Engine::kInterpreter));
  REQUIRE(found);
  CHECK(found->definitions[0].undetermined == 1);
  REQUIRE(found->diagnostics.size() == 2);
  CHECK(found->diagnostics[0].kind == DiagnosticKind::kOrphanRows);
  CHECK(found->diagnostics[1].kind == DiagnosticKind::kMissingDecides);
}

TEST_CASE("rules are formatted, and those with errors are not") {
  CHECK(format_rules("a.seg", "define  x=customer\n").text == "define x = customer\n");
  const FormattedRules broken = format_rules("a.seg", "define x =\n");
  CHECK_FALSE(broken.text);
  CHECK_FALSE(broken.diagnostics.empty());
}
