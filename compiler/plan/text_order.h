// This file's external interface is `compares`: what a comparison of texts says of their order.
#pragma once

#include "compiler/plan/plan.h"

namespace segue {

// Whether a text whose order beside the constant is `order` (below 0, 0, above 0) passes; `kind` is kEqual to kGreaterEqual.
[[nodiscard]] inline bool compares(TextTestKind kind, int order) {
  switch (kind) {
    case TextTestKind::kEqual: return order == 0;
    case TextTestKind::kLess: return order < 0;
    case TextTestKind::kLessEqual: return order <= 0;
    case TextTestKind::kGreater: return order > 0;
    default: return order >= 0;
  }
}

}  // namespace segue
