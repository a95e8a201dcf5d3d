// This file's external interface is `format`: the one way in which a file of rules is laid out.
#pragma once

#include <string>

#include "compiler/syntax/ast.h"

namespace segue {

// The width that lines are wrapped at, in code points.
inline constexpr int kFormatWidth = 100;

// The canonical text of a tree that was parsed from `source` without errors. Parsing it gives the same tree (same_tree), formatting it
// again the same text; every comment survives, at its place or the nearest where a line may break. Lines end with LF.
[[nodiscard]] std::string format(const Ast& ast, const Source& source);

}  // namespace segue
