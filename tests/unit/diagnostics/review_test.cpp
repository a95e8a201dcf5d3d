// Diagnostics where changes are reviewed: workflow commands and SARIF.
#include "compiler/diagnostics/review.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "compiler/diagnostics/advice.h"

namespace segue {
namespace {

struct ReviewExample {
  SourceMap sources;
  ReviewRun run;
};

// Two findings of one kind on lines with the same text, in a project that is a folder of a repository.
ReviewExample review_example() {
  ReviewExample result;
  const SourceId rules =
      add_source(result.sources, "segments/größe 1.seg", "segment a {\n  where employes > 5\n}\nsegment b {\n  where employes > 5\n}\n");
  const SourceId schema = add_source(result.sources, "../schema.yaml", "employees: int\n");
  for (const std::uint32_t begin : {20U, 55U}) {
    const Span span{rules, begin, begin + 8};
    Diagnostic diagnostic = make_diagnostic(DiagnosticKind::kUnknownColumn, span, "unknown column `employes`, 100%: see\nbelow",
                                            "write `employees`", {span, "employees"});
    diagnostic.notes.push_back(make_note("columns stand here", Span{schema, 0, 9}));
    diagnostic.notes.push_back(make_note("there are 3"));
    result.run.findings.push_back({std::move(diagnostic), "", ""});
  }
  result.run.folder = "rules/abm/";
  result.run.version = "1.2.3";
  result.run.exit_code = 1;
  return result;
}

TEST_CASE("GitHub gets a line a finding, with what its runner splits at escaped") {
  ReviewExample example = review_example();
  example.run.findings.resize(1);
  CHECK(render_github(example.run, example.sources) ==
        "::error file=rules/abm/segments/größe 1.seg,line=2,endLine=2,col=9,endColumn=17,title=unknown-column::unknown column `employes`, "
        "100%25: see%0Abelow%0Anote: columns stand here (rules/schema.yaml:1)%0Anote: there are 3%0Afix: write `employees`\n");
}

TEST_CASE("GitHub gets no columns of several lines, and no place where there is none") {
  SourceMap sources;
  const SourceId id = add_source(sources, "a,b.seg", "segment a {\n  where b\n}\n");
  ReviewRun run;
  run.findings.push_back({make_diagnostic(DiagnosticKind::kFailedTest, Span{id, 0, 20}, "a\r"), "a: b, c", "  x no"});
  run.findings.push_back({make_diagnostic(DiagnosticKind::kNoRuleFiles, {}, "nothing"), "", ""});
  CHECK(render_github(run, sources) ==
        "::error file=a%2Cb.seg,line=1,endLine=2,title=a%3A b%2C c::a\xEF\xBF\xBD%0A  x no\n::warning title=no-rule-files::nothing\n");
}

TEST_CASE("SARIF has place, rule, advice, notes and fix") {
  const ReviewExample example = review_example();
  const auto document = nlohmann::json::parse(render_sarif(example.run, example.sources));
  const auto& run = document["runs"][0];
  CHECK(document["version"] == "2.1.0");
  CHECK(run["columnKind"] == "unicodeCodePoints");
  CHECK(run["tool"]["driver"]["version"] == "1.2.3");
  REQUIRE(run["tool"]["driver"]["rules"].size() == 1);
  CHECK(run["tool"]["driver"]["rules"][0]["id"] == "unknown-column");
  CHECK(run["invocations"][0]["exitCode"] == 1);
  REQUIRE(run["results"].size() == 2);
  const auto& result = run["results"][0];
  CHECK(result["message"]["text"] == "unknown column `employes`, 100%: see\nbelow\nnote: there are 3\nfix: write `employees`");
  const auto region = nlohmann::json::parse(R"({"startLine":2,"startColumn":9,"endLine":2,"endColumn":17})");
  const auto& physical = result["locations"][0]["physicalLocation"];
  CHECK(physical["artifactLocation"]["uri"] == "rules/abm/segments/gr%C3%B6%C3%9Fe%201.seg");
  CHECK(physical["region"] == region);
  CHECK(result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rules/schema.yaml");
  CHECK(result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"] == region);
  CHECK(result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "employees");
}

TEST_CASE("a SARIF fingerprint stays when a line moves, and differs between equal lines") {
  const ReviewExample example = review_example();
  ReviewExample moved = example;
  Source& rules = moved.sources.sources[0];
  rules = make_source(rules.path, "# new\n" + rules.text);
  for (ReviewFinding& finding : moved.run.findings) {
    auto& span = std::get<Span>(finding.diagnostic.location);
    span = {span.source, span.begin + 6, span.end + 6};
  }
  const auto marks = [](const ReviewExample& of) {
    std::vector<std::string> found;
    const auto document = nlohmann::json::parse(render_sarif(of.run, of.sources));
    for (const auto& result : document["runs"][0]["results"]) found.push_back(result["partialFingerprints"]["segueFinding/v1"]);
    return found;
  };
  CHECK(marks(example) == marks(moved));
  CHECK(marks(example)[0] != marks(example)[1]);
}

TEST_CASE("in SARIF what has no place is told of the call") {
  ReviewRun run;
  run.exit_code = 2;
  run.findings.push_back({make_diagnostic(DiagnosticKind::kMissingSource, {}, "no data"), "", ""});
  const auto document = nlohmann::json::parse(render_sarif(run, {}));
  const auto& invocation = document["runs"][0]["invocations"][0];
  CHECK(document["runs"][0]["results"].empty());
  CHECK(invocation["executionSuccessful"] == false);
  CHECK(invocation["toolExecutionNotifications"][0]["associatedRule"]["id"] == "missing-source");
}

TEST_CASE("each kind has advice, in plain text") {
  for (const DiagnosticInfo& info : diagnostic_kinds()) {
    CAPTURE(info.code);
    CHECK(!advice_of(info.kind).empty());
    CHECK(advice_of(info.kind).find("](") == std::string::npos);
  }
  CHECK(advice_of(DiagnosticKind::kUnknownKey) == "see schema and project file for the keys of each place");
}

}  // namespace
}  // namespace segue
