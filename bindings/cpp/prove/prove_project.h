// This file's external interface is `prove_project`: what always holds in a project, for whatever data. docs/prove.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/project.h"
#include "bindings/cpp/prove/example_account.h"

namespace segue {

struct ProvingOptions {
  std::vector<std::string> names;                    // the definitions asked about; none: all
  std::optional<std::int64_t> clock = std::nullopt;  // examples lie near it (the end of today); what is proved holds at any
  double seconds_per_claim = 1;
  unsigned threads = 1;
  bool expectations_only = false;  // no findings, and no tests of examples
  std::vector<std::string> parts =
      {};                // of the expectations those with one of these texts in `expect icp: disjoint from customers`; none: all
  std::stop_token stop;  // the work ends with kCancelled
  std::optional<std::filesystem::path> folder = std::nullopt;  // as OpenOptions::code_folder
  std::function<void(const Progress&)> progress = {};
};

// `disjoint from s`, `subset of s`, `not empty` of one definition.
struct ProvedExpectation {
  std::string definition;
  std::string text;  // as written, without `expect`
  Span span;
  ClaimVerdict verdict = ClaimVerdict::kUnknown;
  std::string reason;                   // of kUnknown, and of a `not empty` that is refuted
  Span reason_place;                    // where there is one
  std::optional<ShownExample> example;  // kRefuted: an account that breaks it; of `not empty`, kProved: one that is in
  std::string test;                     // a ready block: fails where kRefuted, passes where kProved; empty where none can be written
};

enum class FindingKind : std::uint8_t { kNeverHolds, kAlwaysHolds, kNeverMatters, kShadowedRow, kSameMeaning };

// `never-holds`, `always-holds`, `never-matters`, `shadowed-row`, `same-meaning`.
[[nodiscard]] std::string_view finding_name(FindingKind kind);

// Something that is proved and hardly meant.
struct ProofFinding {
  FindingKind kind{};
  std::string definition;
  Diagnostic diagnostic;  // a warning, with its place
};

// A question to which there is no answer, other than an expectation.
struct OpenQuestion {
  std::string definition;
  std::string text;  // for people: `whether `icp` can hold`
  Span span;
  std::string reason;
  Span reason_place;
};

// What is proved, or shown by an example, and as it should be.
struct ProvedFact {
  std::string definition;
  std::string text;  // for people: `icp` can hold
  Span span;
};

struct ProvedProject {
  std::vector<ProvedExpectation> expectations;  // by file and place, as all below
  std::vector<ProofFinding> findings;
  std::vector<OpenQuestion> open;
  std::vector<ProvedFact> facts;
  std::size_t claims = 0, kept = 0;  // that were settled, and of them those that an earlier run settled
};

// A Failure of kRules: the project has errors. kCall: a name that no definition has. kEnvironment: the solver cannot be opened.
// `opening` is how the project was opened.
[[nodiscard]] std::expected<ProvedProject, Failure> prove_project(const OpenedProject& project, const OpenOptions& opening,
                                                                  const ProvingOptions& options);

// An expectation that is refuted (an error) or open (a note), with its reason or its account.
[[nodiscard]] std::optional<Diagnostic> diagnostic_of(const OpenedProject& project, const ProvedExpectation& expectation);

}  // namespace segue
