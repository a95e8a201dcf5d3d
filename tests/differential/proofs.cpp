// Claims at random.
#include "tests/differential/proofs.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "bindings/cpp/prove/proofs.h"
#include "compiler/interpret/interpret.h"

namespace segue::differential {
namespace {

constexpr std::size_t kConditions = 4;
constexpr double kSecondsPerProof = 0.3;

std::vector<ExprId> account_conditions(const CheckedProgram& program) {
  std::vector<ExprId> all;
  for (std::uint32_t i = 0; i < program.exprs.size(); ++i) {
    const Expr& expr = program.exprs[i];
    const bool is_plain = !std::holds_alternative<Literal>(expr.node) && !std::holds_alternative<ColumnRead>(expr.node);
    if (expr.type.kind == Kind::kBool && expr.frame == kAccountFrame && is_plain) all.push_back(static_cast<ExprId>(i));
  }
  return all;
}

// Values that `differ` is asked of: those of whole definitions.
std::vector<ExprId> account_values(const CheckedProgram& program, Kind kind) {
  std::vector<ExprId> all;
  for (const DefinitionId id : program.results) {
    const Definition& definition = program.definition(id);
    if (definition.frame == kAccountFrame && program.expr(definition.body).type.kind == kind) all.push_back(definition.body);
  }
  return all;
}

std::string claim_text(const CheckedProgram& program, const SourceMap& sources, const Claim& claim) {
  const auto words = [&](ExprId id) {
    const Span span = program.expr(id).span;
    return std::string(text_at(source_of(sources, span.source), span));
  };
  std::string text;
  for (const Assertion& each : claim.assertions) text += fmt::format("{}⟦{}⟧ ", each.holds ? "" : "not ", words(each.predicate));
  if (claim.differ) text += fmt::format("⟦{}⟧ differs from ⟦{}⟧", words(claim.differ->first), words(claim.differ->second));
  return text;
}

std::vector<Claim> random_claims(const CheckedProgram& program, Random& random) {
  std::vector<Claim> claims;
  const auto add = [&](std::vector<Assertion> assertions, std::optional<std::pair<ExprId, ExprId>> differ = std::nullopt) {
    claims.push_back({.frame = kAccountFrame, .assertions = std::move(assertions), .differ = differ});
  };
  const std::vector<ExprId> all = account_conditions(program);
  for (std::size_t i = 0; i < kConditions && !all.empty(); ++i) {
    const ExprId a = all[random.below(all.size())], b = all[random.below(all.size())], c = all[random.below(all.size())];
    add({{a, i % 2 == 0}});
    add({{a, true}, {b, i % 3 == 0}});
    add({{a, true}, {b, false}, {c, i % 2 == 0}});
  }
  for (const Kind kind : {Kind::kBool, Kind::kFloat}) {
    const std::vector<ExprId> values = account_values(program, kind);
    for (std::size_t i = 0; i < 2 && values.size() > 1; ++i)
      add({}, std::pair(values[random.below(values.size())], values[random.below(values.size())]));
  }
  return claims;
}

// The answers of all conditions that claims ask about, for the rows of the account.
class Answers {
 public:
  Answers(const CheckedProgram& program, const Database& database, const Clock& clock, const std::vector<Claim>& claims)
      : program_(program) {
    std::vector<DefinitionId> roots;
    for (const Claim& claim : claims) {
      for (const Assertion& each : claim.assertions) roots.push_back(define(each.predicate));
      if (!claim.differ) continue;
      roots.push_back(define(claim.differ->first));
      roots.push_back(define(claim.differ->second));
    }
    results_ = *interpret(program_, database, clock, roots);
  }

  // The first row that meets a claim whose answers start at `at`; moves `at` behind them.
  std::optional<std::size_t> row_that_meets(const Claim& claim, std::size_t rows, std::size_t& at) const {
    const std::size_t first = at;
    at += claim.assertions.size() + (claim.differ ? 2 : 0);
    for (std::size_t row = 0; row < rows; ++row) {
      bool is_met = true;
      for (std::size_t i = 0; i < claim.assertions.size(); ++i)
        is_met = is_met && results_.definitions[first + i].members.test(row) == claim.assertions[i].holds;
      if (claim.differ) is_met = is_met && differ(results_.definitions[at - 2], results_.definitions[at - 1], row);
      if (is_met) return row;
    }
    return std::nullopt;
  }

 private:
  static bool differ(const DefinitionResult& a, const DefinitionResult& b, std::size_t row) {
    return a.scores.empty() ? a.members.test(row) != b.members.test(row) : a.scores[row] != b.scores[row];
  }

  DefinitionId define(ExprId body) {
    Definition definition;
    definition.kind = DefinitionKind::kDefine;
    definition.body = body;
    program_.definitions.push_back(std::move(definition));
    return static_cast<DefinitionId>(program_.definitions.size() - 1);
  }

  CheckedProgram program_;
  Results results_;
};

}  // namespace

std::optional<std::string> proof_failure(const CheckedProgram& program, const SourceMap& sources, const Database& database,
                                         const Clock& clock, Random& random) {
  const std::vector<Claim> claims = random_claims(program, random);
  ProofOptions options;
  options.clock = clock;
  options.seconds_per_claim = kSecondsPerProof;
  options.folder = "";
  const auto settled = settle_claims(program, claims, options);
  if (!settled) return "the solver cannot be opened";
  const Answers answers(program, database, clock, claims);
  std::size_t at = 0;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Proof& proof = settled->proofs[i];
    const auto met = answers.row_that_meets(claims[i], database.tables[kAccountTable].rows, at);
    const char* verdicts[] = {"proved", "refuted", "unknown"};
    if (std::getenv("SEGUE_SHOW_PROOFS") != nullptr)
      fmt::print(stderr, "{}: {} {}\n", verdicts[static_cast<int>(proof.verdict)], claim_text(program, sources, claims[i]), proof.reason);
    if (proof.verdict == ClaimVerdict::kProved && met)
      return fmt::format("it is proved that no account meets {}, and row {} does", claim_text(program, sources, claims[i]), *met);
    if (proof.verdict == ClaimVerdict::kUnknown && proof.reason.ends_with("please report this"))
      return fmt::format("the example does not hold for {}", claim_text(program, sources, claims[i]));
  }
  return std::nullopt;
}

}  // namespace segue::differential
