// This file's external interface is what a condition is called where clauses are shown one by one: its text as written, a clause of `except` with the `not` that
// it means.
#pragma once

#include <string>

#include "compiler/check/program.h"
#include "compiler/source/source.h"

namespace segue {

// A condition below the `not`s that have their operand's text (`x not in s`, `except x`), and whether its text must have a `not` put in front to say what it means.
struct PeeledCondition {
  ExprId inner{};
  bool is_negated = false;
  bool adds_not = false;
};
[[nodiscard]] PeeledCondition peel_condition(const CheckedProgram& program, const SourceMap& sources, ExprId id);

// Whether the text of a negated condition needs brackets behind `not`, and has operands of its own that are conditions.
[[nodiscard]] bool is_compound_condition(const Expr& expr);

[[nodiscard]] std::string condition_text(const CheckedProgram& program, const SourceMap& sources, ExprId id);

}  // namespace segue
