// This file's external interface is `breaking_changes`: what may fail elsewhere after a change. Private to this folder.
#pragma once

#include <vector>

#include "bindings/cpp/diff/causes.h"

namespace segue {

[[nodiscard]] std::vector<DiffBreaking> breaking_changes(const VersionComparison& comparison, const VersionTexts& texts);

}  // namespace segue
