// This file's external interface is `settle_claims`: claims about every account that could exist, by the solver (opened on first use), with what was settled before
// taken from the folder of kept proofs, and each example run through the interpreter before it counts.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "bindings/cpp/failure.h"
#include "compiler/prove/prove.h"

namespace segue {

struct ProofOptions {
  Clock clock;  // tried first, so that examples lie near it; with the project's zone and calendar
  double seconds_per_claim = 1;
  unsigned threads = 1;
  std::stop_token stop;
  // As OpenOptions::code_folder, which proofs are kept in too.
  std::optional<std::filesystem::path> folder = std::nullopt;
  std::function<void(std::size_t done, std::size_t all)> progress = {};  // called now and then, by any thread but never by two at once
};

struct SettledClaims {
  std::vector<Proof> proofs;  // one a claim
  std::size_t kept = 0;       // of them, those that were settled by an earlier run
};

// A refuted claim has an example that the interpreter agrees with, where the claim wants one; one that it does not agree with makes the claim kUnknown, with a
// reason. A Failure (kEnvironment): the solver cannot be opened.
[[nodiscard]] std::expected<SettledClaims, Failure> settle_claims(const CheckedProgram& program, std::span<const Claim> claims,
                                                                  const ProofOptions& options);

// Whether the interpreter finds that the example's row meets all that the claim asks.
[[nodiscard]] bool is_met(const CheckedProgram& program, const Claim& claim, const ExampleAccount& example, const Clock& zone);

}  // namespace segue
