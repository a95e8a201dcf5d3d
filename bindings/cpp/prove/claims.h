// This file's external interface is what a project claims, and what is asked of it besides: conditions that stand by themselves, and clauses of them. Private to this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/prove/prove.h"
#include "compiler/source/source.h"

namespace segue {

// A condition that stands by itself in a definition.
enum class ConditionRole : std::uint8_t {
  kBody,      // of a segment, an audience, a `define`, a split's `of`: who is in
  kRow,       // of tiers or stages
  kTerm,      // `when` of a score
  kGrid,      // `where` of a grid
  kRows,      // `where` of an aggregate: which related rows count
  kEveryRow,  // that of `every` and `share`, which test rows rather than choose them
  kStep,      // of a sequence
};

struct StandingCondition {
  DefinitionId definition{};  // that has a name
  ConditionRole role{};
  ExprId expr{};
  FrameId frame = kAccountFrame;
  std::vector<Assertion> given;  // holds wherever it is looked at: the window of the rows
  std::uint32_t row = 0;         // of kRow: index into Choice::rows
};

// An operand of an `and` or `or`, at any depth of a standing condition. Were it left out, the answer would differ only where all of `around` is as it is there and the clause is not
// what leaving it out makes of it.
struct ClauseInside {
  std::size_t condition = 0;  // index of the StandingCondition
  ExprId expr{};
  ExprId junction{};              // the outermost `and` or `or` that it is a direct operand of, those of the same kind being one
  bool is_in_and = true;          // else in an `or`
  std::vector<Assertion> around;  // what else decides: its siblings, those of the clauses around it, what is given
  std::vector<ExprId> enclosing;  // the clauses that it stands in, outermost first
};

[[nodiscard]] std::vector<StandingCondition> standing_conditions(const CheckedProgram& program, std::span<const DefinitionId> definitions);
[[nodiscard]] std::vector<ClauseInside> clauses_inside(const CheckedProgram& program, std::span<const StandingCondition> conditions);

// No account (or row) meets `expr` where `given`; or every one does.
[[nodiscard]] Claim never_holds(const StandingCondition& condition);
[[nodiscard]] Claim always_holds(const StandingCondition& condition);
// Leaving the clause out changes nothing, were those of `left_out` left out before.
[[nodiscard]] Claim never_matters(std::span<const StandingCondition> conditions, const ClauseInside& clause,
                                  std::span<const ExprId> left_out);

// The definitions that have a name, of the files of the project itself.
[[nodiscard]] std::vector<DefinitionId> named_definitions(const CheckedProgram& program, std::span<const SourceId> prelude);

}  // namespace segue
