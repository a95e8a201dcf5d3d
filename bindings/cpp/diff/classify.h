// This file's external interface is `classify`: what became of each definition, proved where it can be. Private to this folder.
#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "bindings/cpp/diff/causes.h"

namespace segue {

// One entry a pair, in their order, without movement.
[[nodiscard]] std::expected<std::vector<DiffDefinition>, Failure> classify(const VersionComparison& comparison, const VersionTexts& texts,
                                                                           const DiffOptions& options, std::int64_t clock);

}  // namespace segue
