// A failure is a diagnostic with the account and the tree of `explain`.
#include "tools/segue/test_json.h"

#include <vector>

#include <fmt/format.h>

#include "tools/segue/explain_json.h"
#include "tools/segue/json.h"
#include "tools/segue/prove_json.h"

namespace segue::command {
namespace {

std::string failure_json(const OpenedProject& project, const TestFailure& failure) {
  std::string text = render_json(failure.diagnostic, project.sources);
  if (!failure.trace) return text;
  text.pop_back();
  const Json account = failure.account.empty() ? Json(nullptr) : Json(failure.account);
  return fmt::format("{}, \"account\": {}, \"tree\": {}}}", text, dump(account), trace_json(*failure.trace, project.sources));
}

std::string test_json(const OpenedProject& project, const TestOutcome& test) {
  std::string text = dump({{"name", test.name}, {"file", test.file}, {"line", test.line}, {"passed", test.passed()}});
  text.pop_back();
  text += ",\"failures\":[";
  for (std::size_t i = 0; i < test.failures.size(); ++i) text += (i == 0 ? "" : ",") + failure_json(project, test.failures[i]);
  return text + "]}";
}

Json condition_json(const OpenedProject& project, const CoveredCondition& condition) {
  const ResolvedLocation place = resolve(condition.span, project.sources);
  return {{"text", condition.text},          {"file", place.file},         {"start", position_json(place.start)},
          {"end", position_json(place.end)}, {"true", condition.was_true}, {"false", condition.was_false}};
}

std::string coverage_json(const OpenedProject& project, const Coverage& coverage) {
  std::vector<std::string> definitions;
  for (std::size_t i = 0; i < coverage.conditions.size();) {
    const std::string& name = coverage.conditions[i].definition;
    Json conditions = Json::array();
    for (; i < coverage.conditions.size() && coverage.conditions[i].definition == name; ++i)
      conditions.push_back(condition_json(project, coverage.conditions[i]));
    definitions.push_back(dump({{"name", name}, {"conditions", std::move(conditions)}}));
  }
  return fmt::format("{{\"conditions\": {}, \"covered\": {}, \"definitions\": {}}}", coverage.conditions.size(), coverage.covered(),
                     lines(definitions));
}

std::string proofs_json(const ProvedProject& proved) {
  std::vector<std::string> proofs;
  for (const ProvedExpectation& each : proved.expectations)
    proofs.push_back(dump({{"name", fmt::format("expect {}: {}", each.definition, each.text)}, {"verdict", verdict_name(each.verdict)}}));
  return lines(proofs);
}

}  // namespace

std::string test_document(const Report& report, const TestRun* run) {
  std::vector<std::string> tests;
  if (run != nullptr) {
    for (const TestOutcome& test : run->tests) tests.push_back(test_json(*report.project, test));
  }
  std::string text = fmt::format("{{\"format\": \"segue.test/1\",\n \"passed\": {},\n \"failed\": {},\n \"tests\": {}",
                                 run == nullptr ? 0 : run->passed, run == nullptr ? 0 : run->failed, lines(tests));
  if (run != nullptr) text += fmt::format(",\n \"not_checked\": {}", dump(Json(run->not_checked)));
  if (run != nullptr && report.proved) text += fmt::format(",\n \"proofs\": {}", proofs_json(*report.proved));
  if (run != nullptr && run->coverage) text += fmt::format(",\n \"coverage\": {}", coverage_json(*report.project, *run->coverage));
  return text + fmt::format(",\n \"diagnostics\": {}}}\n", diagnostics_json(report));
}

}  // namespace segue::command
