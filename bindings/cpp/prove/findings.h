// This file's external interface is findings in words. Private to this folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/prove/claims.h"
#include "bindings/cpp/prove/prove_project.h"

namespace segue {

// What words are made from.
struct FindingWords {
  const CheckedProgram& program;
  const SourceMap& sources;

  // The user's own words in back-quotes, on one line and cut after 60 characters; what `except` names says so.
  [[nodiscard]] std::string code(ExprId id) const;
  [[nodiscard]] bool is_excepted(ExprId id) const;
  [[nodiscard]] const Definition& definition(DefinitionId id) const { return program.definition(id); }
  [[nodiscard]] std::string_view row_name(DefinitionId id, std::uint32_t row) const;
};

[[nodiscard]] ProofFinding never_holds_finding(const FindingWords& words, const StandingCondition& condition);
[[nodiscard]] ProofFinding always_holds_finding(const FindingWords& words, const StandingCondition& condition);

// Why a clause never matters: it always (or, in an `or`, never) holds by itself, one other condition says it already, or several together.
struct IdleReason {
  bool is_alone = false;
  std::optional<Assertion> because;
};
[[nodiscard]] ProofFinding never_matters_finding(const FindingWords& words, const StandingCondition& condition, const ClauseInside& clause,
                                                 const IdleReason& reason);

// `rows`: those that take all that this one could have; of `otherwise` nothing.
[[nodiscard]] ProofFinding shadowed_row_finding(const FindingWords& words, DefinitionId definition, std::optional<std::uint32_t> row,
                                                std::span<const std::uint32_t> rows);
[[nodiscard]] ProofFinding same_meaning_finding(const FindingWords& words, DefinitionId first, DefinitionId second);

}  // namespace segue
