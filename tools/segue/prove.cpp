// `segue prove`: what always holds in a project, whatever the data.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "bindings/cpp/prove/prove_project.h"
#include "tools/segue/annotations.h"
#include "tools/segue/prove_json.h"
#include "tools/segue/prove_text.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

// 1 where an expectation is refuted; with `--strict` also where there is a finding, or an expectation that is open.
int code_of_proofs(const ProvedProject& proved, const Arguments& arguments) {
  const auto fails = [&](const ProvedExpectation& each) {
    return each.verdict == ClaimVerdict::kRefuted || (arguments.is_strict && each.verdict == ClaimVerdict::kUnknown);
  };
  return std::ranges::any_of(proved.expectations, fails) || (arguments.is_strict && !proved.findings.empty()) ? 1 : 0;
}

std::optional<ProvedProject> prove_into(Report& report, const Arguments& arguments, int& code) {
  const auto target = find_target(arguments.words);
  if (!target) {
    code = add_failure(report, target.error());
    return std::nullopt;
  }
  if (!open_into(report, arguments, target->project_file, code)) return std::nullopt;
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  ProvingOptions options{.names = target->names,
                         .clock = arguments.as_of ? report.clock : std::nullopt,
                         .seconds_per_claim = arguments.limit,
                         .threads = arguments.threads,
                         .stop = {},
                         .progress = [&](const Progress& step) { progress.show(step); }};
  auto proved = prove_project(*report.project, {.params = arguments.params}, options);
  progress.wipe();
  if (!proved) {
    code = add_failure(report, proved.error());
    return std::nullopt;
  }
  code = code_of_proofs(*proved, arguments);
  return std::move(*proved);
}

std::vector<ReviewCount> proof_counts(const ProvedProject& proved) {
  const auto having = [&](ClaimVerdict verdict) {
    return static_cast<std::uint64_t>(std::ranges::count(proved.expectations, verdict, &ProvedExpectation::verdict));
  };
  return {{"proved", having(ClaimVerdict::kProved)},
          {"refuted", having(ClaimVerdict::kRefuted)},
          {"unknown", having(ClaimVerdict::kUnknown)},
          {"findings", proved.findings.size()}};
}

// Refuted and open expectations, and findings, where changes are reviewed.
int print_proof_review(const Report& report, const ProvedProject* proved, const Arguments& arguments, int code) {
  std::vector<ReviewFinding> findings = findings_of(report);
  if (proved == nullptr) return print_result(review_document(report, std::move(findings), arguments.format, code), code);
  for (const ProvedExpectation& each : proved->expectations) {
    if (auto diagnostic = diagnostic_of(*report.project, each)) findings.push_back({std::move(*diagnostic), {}, each.test});
  }
  for (const ProofFinding& each : proved->findings) findings.push_back({each.diagnostic, {}, {}});
  const std::string document = review_document(report, std::move(findings), arguments.format, code, proof_counts(*proved));
  if (arguments.format == OutputFormat::kSarif) return print_result(document, code);
  return print_result(document + proved_totals(*proved, arguments.lists_all), code);
}

}  // namespace

int run_prove(const Arguments& arguments) {
  Report report;
  int code = 0;
  const auto proved = prove_into(report, arguments, code);
  print_diagnostics(report, arguments, code);
  const ProvedProject* found = proved ? &*proved : nullptr;
  if (arguments.format == OutputFormat::kJson) return print_result(prove_document(report, found, arguments.lists_all), code);
  if (is_for_review(arguments.format)) return print_proof_review(report, found, arguments, code);
  if (!proved) return code;
  return print_result(prove_text(*report.project, *proved, arguments.lists_all, style_of(STDOUT_FILENO, arguments.color)), code);
}

}  // namespace segue::command
