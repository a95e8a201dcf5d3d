// This file's external interface is which conditions the definitions of a program have, and what tests made of them. Private to this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bindings/cpp/test.h"
#include "compiler/check/program.h"
#include "compiler/interpret/interpret.h"

namespace segue {

// A condition as it is written, and the expressions that stand for it: several where a `define` is used with several arguments or in several frames.
struct WrittenCondition {
  Span span;
  std::string definition;
  struct Instance {
    ExprId expr{};
    bool is_negated = false;  // the text says the opposite of the expression: `x not in s`
  };
  std::vector<Instance> instances;
};

// Those of all named definitions, by file and place.
[[nodiscard]] std::vector<WrittenCondition> written_conditions(const CheckedProgram& program, const SourceMap& sources);

[[nodiscard]] Coverage coverage_of(const std::vector<WrittenCondition>& conditions, const ConditionsSeen& seen, const SourceMap& sources);

// The text of a span on one line: every run of white space as one blank.
[[nodiscard]] std::string text_on_one_line(const SourceMap& sources, Span span);

}  // namespace segue
