// This file's external interface is `prove`: claims about every account that could exist, settled by an SMT solver with exactly the language's
// meaning. What the solver cannot see through is never guessed. docs/design/proofs.md. Its users open this library on first use (compiler/prove/api.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/check/tests.h"
#include "compiler/source/source.h"
#include "stdlib/clock.h"

namespace segue {

// That a predicate (a bool of the claim's frame) holds, or does not.
struct Assertion {
  ExprId predicate{};
  bool holds = true;
};

// That NO account, with whatever related rows, at whatever clock of the years 1900 to 2299, meets all of this at once:
//   a and b are disjoint: {a, b}     a is within b: {a, not b}     a never holds: {a}     a always holds: {not a}     a and b mean the same: differ {a, b}
struct Claim {
  FrameId frame = kAccountFrame;  // an audience's: the plain frame of its relation; the row's account is around it
  std::vector<Assertion> assertions;
  std::optional<std::pair<ExprId, ExprId>>
      differ;                 // and these two values, of one kind, differ; that one is missing and the other is not counts
  bool wants_example = true;  // false: whether it is refuted is enough, which is faster
};

enum class ClaimVerdict : std::uint8_t { kProved, kRefuted, kUnknown };

// One account (table 0 has it as row 0, and behind it those that references lead to) with its related rows, as `test_database` takes it. Given are the columns that
// the claim reads, nothing else: a column that it reads stands as known or missing in every row of its table.
struct ExampleAccount {
  CheckedTest test;           // title, spans and claims are empty
  bool reads_clock = false;   // whether the clock matters
  bool reads_key = false;     // whether the account's key matters: a split stands on it
  std::uint32_t row = 0;      // of the claim's frame: the row of its table that meets the claim's conditions
  std::vector<bool> is_read;  // by table: the claim looks at rows of it, so that `events: []` says something
};

// What is known of a claim. An example is what the solver believes: whoever shows it lets the interpreter agree first. Where it does not, `reason` and `place` say
// what the solver could only guess at (they are empty where it could see everything).
struct Proof {
  ClaimVerdict verdict = ClaimVerdict::kUnknown;
  std::optional<ExampleAccount> example;  // of kRefuted, where the claim wants one
  std::string reason;           // for people, lower-case start, no full stop: `it compares decimals that are multiplied with each other`
  Span place;                   // of the expression that `reason` speaks of
  bool is_out_of_time = false;  // kUnknown because the limit was reached
};

struct ProveOptions {
  Clock clock;  // tried first, so that examples lie near it; its zone and rules are those of the project
  double seconds_per_claim =
      1;  // counted in the solver's own steps, so that a verdict is the same on each run; a wall clock of a few times that stands behind
  unsigned threads = 1;
  std::stop_token stop;  // what is not settled when it fires is kUnknown
  // Called with the number of claims that are settled so far, from any of the threads, one call at a time.
  std::function<void(std::size_t)> progress = {};
};

// One proof a claim, in their order. The same claims give the same verdicts on any number of threads. Thread-safe.
[[nodiscard]] std::vector<Proof> prove(const CheckedProgram& program, std::span<const Claim> claims, const ProveOptions& options);

// For each claim a text that it shares with claims of other programs only if they ask the same of the same: all that a claim rests on, without names of definitions and without spans,
// with the version of this encoding and of the solver. For caches.
[[nodiscard]] std::vector<std::string> claim_keys(const CheckedProgram& program, std::span<const Claim> claims,
                                                  const ProveOptions& options);

}  // namespace segue
