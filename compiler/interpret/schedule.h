// This file's external interface is Schedule: which expressions are evaluated for each row of which frame, and in what order. Private to
// the interpreter. Operands stand before what uses them in CheckedProgram::exprs, so a schedule is those that are needed, in order of id.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/check/program.h"

namespace segue {

inline constexpr std::uint32_t kNoIndex = 0xffff'ffff;

// The expression of the step that visits the rows of the roots.
inline constexpr ExprId kVisit{0xffff'ffff};

// One expression to evaluate; a reducer (an aggregate, a sequence, the visit of the roots' rows) runs over the rows of further scopes.
struct Step {
  ExprId expr{};
  std::uint32_t reducer = kNoIndex;  // index into Schedule::reducers
};

// What is evaluated for each row of a frame. Scope 0 is the account's row; any other belongs to one reducer, and there is one for each table
// on the way from the row around it to the rows that it runs over (`contacts.logins`: contacts, then logins).
struct Scope {
  FrameId frame = kAccountFrame;
  std::uint32_t parent = kNoIndex;   // the scope around it
  std::uint32_t inner = kNoIndex;    // the next scope on the way; none where these are the rows that the reducer looks at
  std::uint32_t reducer = kNoIndex;  // whose scope it is
  std::vector<Step> steps = {};
};

struct ReducerSchedule {
  ExprId expr{};  // an Aggregate, a Sequence, or kVisit
  FrameId rows{};
  std::uint32_t outermost = 0;  // scopes on the way
  std::uint32_t innermost = 0;
};

struct Schedule {
  std::vector<Scope> scopes;
  std::vector<ReducerSchedule> reducers;
  std::uint32_t visit = kNoIndex;  // the reducer that visits the rows of the roots; none where those are accounts
};

// All that the bodies of `roots`, definitions of `frame`, need.
[[nodiscard]] Schedule make_schedule(const CheckedProgram& program, FrameId frame, std::span<const DefinitionId> roots);

// Appends the operands of an expression: those of the same row or of rows around it. For an aggregate or a sequence, whose operands are of other
// rows, none; the bodies of the definitions that it reads are operands.
void append_operands(const CheckedProgram& program, ExprId id, std::vector<ExprId>& operands);

}  // namespace segue
