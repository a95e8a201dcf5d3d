// Kept proofs first, then the solver, then the interpreter for what the solver made up.
#include "bindings/cpp/prove/proofs.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/lazy_libraries.h"
#include "bindings/cpp/prove/proof_store.h"
#include "bindings/cpp/test_database.h"
#include "compiler/interpret/interpret.h"
#include "compiler/prove/api.h"

namespace segue {
namespace {

std::expected<const ProveApi*, std::string> prove_api() {
  static const auto api = open_api<ProveApi>("libsegue_prove.so", "segue_prove_api");
  return api;
}

// ---- the interpreter's word

// A program to which hidden definitions are added, so that the interpreter answers what claims ask.
struct AskedProgram {
  CheckedProgram program;

  DefinitionId add(FrameId frame, ExprId body) {
    Definition definition;
    definition.kind = DefinitionKind::kDefine;
    definition.frame = frame;
    definition.body = body;
    program.definitions.push_back(std::move(definition));
    return static_cast<DefinitionId>(program.definitions.size() - 1);
  }
  DefinitionId add_known(FrameId frame, ExprId value) {
    Type type;
    type.kind = Kind::kBool;
    program.exprs.push_back({.node = IsKnown{value}, .type = type, .frame = frame, .span = {}});
    return add(frame, static_cast<ExprId>(program.exprs.size() - 1));
  }
};

// What one claim asks, as definitions.
struct AskedClaim {
  std::vector<DefinitionId> roots;  // the assertions, then of `differ` both values, and whether they are known
};

AskedClaim ask(AskedProgram& asked, const Claim& claim) {
  AskedClaim made;
  for (const Assertion& assertion : claim.assertions) made.roots.push_back(asked.add(claim.frame, assertion.predicate));
  if (!claim.differ) return made;
  const auto [first, second] = *claim.differ;
  for (const ExprId value : {first, second}) made.roots.push_back(asked.add(claim.frame, value));
  if (asked.program.expr(first).type.kind == Kind::kBool) return made;  // a predicate is never missing
  for (const ExprId value : {first, second}) made.roots.push_back(asked.add_known(claim.frame, value));
  return made;
}

bool is_different(const DefinitionResult& first, const DefinitionResult& second, RowId row) {
  if (!first.scores.empty()) return first.scores[row] != second.scores[row];
  if (!first.codes.empty()) return first.codes[row] != second.codes[row];
  return first.members.test(row) != second.members.test(row);
}

bool do_differ(std::span<const DefinitionResult> answers, RowId row) {
  if (answers.size() == 2) return is_different(answers[0], answers[1], row);
  const bool first = answers[2].members.test(row);
  const bool second = answers[3].members.test(row);
  return first != second || (first && is_different(answers[0], answers[1], row));
}

bool is_met_in(const AskedProgram& asked, const AskedClaim& roots, const Claim& claim, const ExampleAccount& example, const Clock& zone) {
  const TestTables tables = test_database(asked.program.schema, example.test);
  const std::uint32_t table = asked.program.frame(claim.frame).table;
  if (example.row >= tables.rows[table].size() || tables.rows[table][example.row] == kNoRow) return false;
  const RowId row = tables.rows[table][example.row];
  const Clock clock = make_clock(example.test.clock, *zone.zone, zone.rules);
  const auto results = interpret(asked.program, tables.database, clock, roots.roots);
  for (std::size_t i = 0; i < claim.assertions.size(); ++i) {
    if (results->definitions[i].members.test(row) != claim.assertions[i].holds) return false;
  }
  return !claim.differ || do_differ(std::span(results->definitions).subspan(claim.assertions.size()), row);
}

// Examples that the interpreter does not agree with are none.
void confirm_examples(const CheckedProgram& program, std::span<const Claim> claims, const Clock& zone, std::vector<Proof>& proofs) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (proofs[i].verdict == ClaimVerdict::kRefuted && claims[i].wants_example) shown.push_back(i);
  }
  if (shown.empty()) return;
  AskedProgram asked{program};
  std::vector<AskedClaim> roots;
  for (const std::size_t i : shown) roots.push_back(ask(asked, claims[i]));
  for (std::size_t at = 0; at < shown.size(); ++at) {
    Proof& proof = proofs[shown[at]];
    if (proof.example && is_met_in(asked, roots[at], claims[shown[at]], *proof.example, zone)) continue;
    proof.verdict = ClaimVerdict::kUnknown;
    proof.example.reset();
    if (proof.reason.empty()) proof.reason = "the account that the solver found does not meet it when it is evaluated; please report this";
  }
}

// ---- the solver

std::vector<Proof> solve(const ProveApi& api, const CheckedProgram& program, std::span<const Claim> claims, const ProofOptions& options,
                         std::size_t done_before) {
  ProveOptions solving{.clock = options.clock,
                       .seconds_per_claim = options.seconds_per_claim,
                       .threads = options.threads,
                       .stop = options.stop,
                       .progress = {}};
  const std::size_t all = done_before + claims.size();
  if (options.progress) solving.progress = [&](std::size_t done) { options.progress(done_before + done, all); };
  return claims.empty() ? std::vector<Proof>{} : api.prove(program, claims, solving);
}

}  // namespace

std::expected<SettledClaims, Failure> settle_claims(const CheckedProgram& program, std::span<const Claim> claims,
                                                    const ProofOptions& options) {
  ProofStore store(options.folder);
  auto settled = settle_claims(program, claims, options, store);
  store.save();
  return settled;
}

std::expected<SettledClaims, Failure> settle_claims(const CheckedProgram& program, std::span<const Claim> claims,
                                                    const ProofOptions& options, ProofStore& store) {
  if (claims.empty()) return SettledClaims{};
  const auto api = prove_api();
  if (!api) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, api.error()));
  const ProveOptions solving{
      .clock = options.clock, .seconds_per_claim = options.seconds_per_claim, .threads = 1, .stop = {}, .progress = {}};
  SettledClaims settled{.proofs = std::vector<Proof>(claims.size()), .kept = 0};
  const std::vector<std::string> keys = (*api)->claim_keys(program, claims, solving);
  std::vector<std::size_t> open;
  std::vector<Claim> to_solve;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (auto kept = store.find(program, claims[i], keys[i])) {
      settled.proofs[i] = std::move(*kept);
      ++settled.kept;
      continue;
    }
    open.push_back(i);
    to_solve.push_back(claims[i]);
  }
  std::vector<Proof> solved = solve(**api, program, to_solve, options, settled.kept);
  for (std::size_t at = 0; at < open.size(); ++at) {
    const bool is_final = solved[at].verdict != ClaimVerdict::kUnknown || !options.stop.stop_requested();
    if (is_final) store.add(program, to_solve[at], keys[open[at]], solved[at]);
    settled.proofs[open[at]] = std::move(solved[at]);
  }
  confirm_examples(program, claims, options.clock, settled.proofs);
  return settled;
}

bool is_met(const CheckedProgram& program, const Claim& claim, const ExampleAccount& example, const Clock& zone) {
  AskedProgram asked{program};
  const AskedClaim roots = ask(asked, claim);
  return is_met_in(asked, roots, claim, example, zone);
}

}  // namespace segue
