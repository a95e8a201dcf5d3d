// This file's external interface is `fill_reasons`: which clause decided that accounts moved. Private to this folder.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <vector>

#include "bindings/cpp/diff/compared.h"
#include "bindings/cpp/diff/mover_sides.h"

namespace segue {

struct ReasonsInput {
  const ComparedVersions& versions;
  std::shared_ptr<const CheckedProject> project;  // the joined one
  std::shared_ptr<const Database> database;       // that its answers come from
  const MoversOptions& options;
};

// Fills `reasons` of definitions that both versions have and in which somebody moved. `answers` and `movements` are by pair; those that are not joint are left as they are.
[[nodiscard]] std::expected<void, Failure> fill_reasons(const ReasonsInput& input,
                                                        const std::vector<std::optional<ComparedAnswers>>& answers,
                                                        std::vector<std::optional<DefinitionMovement>>& movements);

}  // namespace segue
