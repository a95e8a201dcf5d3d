// This file's external interface is `mirrored`, for whoever looks at a comparison from its right side.
#pragma once

#include "compiler/check/program.h"

namespace segue {

// `200 < x` says of x what `x > 200` says.
[[nodiscard]] constexpr CompareOp mirrored(CompareOp op) {
  switch (op) {
    case CompareOp::kLt: return CompareOp::kGt;
    case CompareOp::kLe: return CompareOp::kGe;
    case CompareOp::kGt: return CompareOp::kLt;
    case CompareOp::kGe: return CompareOp::kLe;
    case CompareOp::kEq:
    case CompareOp::kNe: return op;
  }
  return op;
}

}  // namespace segue
