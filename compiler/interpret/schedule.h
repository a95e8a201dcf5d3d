// This file's external interface is Schedule: which expressions are evaluated for each row of which frame, and in what order. Private to
// the interpreter. Operands stand before what uses them in CheckedProgram::exprs, so a schedule is those that are needed, in order of id.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/check/program.h"

namespace segue {

inline constexpr std::uint32_t kNoIndex = 0xffff'ffff;

// One expression to evaluate; an aggregate runs over the rows of further scopes.
struct Step {
  ExprId expr{};
  std::uint32_t aggregate = kNoIndex;  // index into Schedule::aggregates
};

// What is evaluated for each row of a frame. Scope 0 is the account's row; any other belongs to one aggregate, and there is one for each table
// on the way from the row around it to the rows that it runs over (`contacts.logins`: contacts, then logins).
struct Scope {
  FrameId frame = kAccountFrame;
  std::uint32_t parent = kNoIndex;     // the scope around it
  std::uint32_t inner = kNoIndex;      // the next scope on the way; none where these are the rows that the aggregate looks at
  std::uint32_t aggregate = kNoIndex;  // whose scope it is
  std::vector<Step> steps = {};
};

struct AggregateSchedule {
  ExprId expr{};
  std::uint32_t outermost = 0;  // scopes on the way
  std::uint32_t innermost = 0;
};

struct Schedule {
  std::vector<Scope> scopes;
  std::vector<AggregateSchedule> aggregates;
};

// All that the bodies of `roots` need. The roots are definitions of the account.
[[nodiscard]] Schedule make_schedule(const CheckedProgram& program, std::span<const DefinitionId> roots);

// Appends the operands of an expression: those of the same row or of rows around it. For an aggregate, whose operands are of other rows, none; the
// body of a definition that is read is its operand.
void append_operands(const CheckedProgram& program, ExprId id, std::vector<ExprId>& operands);

}  // namespace segue
