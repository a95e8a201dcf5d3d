// This file's external interface is `lint`: what a program that passes `check` says that its author can hardly have meant. Warnings only; the
// program is sound. What each of them means to an author stands in `language.md`, "Missing values" and "Predicates".
#pragma once

#include <span>
#include <vector>

#include "compiler/check/check.h"

namespace segue {

// What lint looks at. All is borrowed, for the length of the call.
struct LintInput {
  const CheckResult& checked;  // without errors: a program in error is not looked at
  std::span<const Ast> files;  // those that were checked
  const SourceMap& sources;
};

// The warnings, sorted: values that may be missing under a negation, conditions that always or never hold, conditions that repeat or add
// nothing, `every` that holds over no rows, and definitions that nothing uses. A definition with parameters is warned of only where the
// warning is right for every use. Time is linear in the size of the program, but for sorting.
[[nodiscard]] std::vector<Diagnostic> lint(const LintInput& input);

}  // namespace segue
