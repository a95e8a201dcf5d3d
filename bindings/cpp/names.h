// This file's external interface is how the names in a call become definitions. Private to this folder.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/failure.h"

namespace segue {

// Indices into OpenedProject::definitions, ascending and each once; no names mean all. A Failure (kCall) names every one that is not there.
[[nodiscard]] std::expected<std::vector<std::size_t>, Failure> asked_definitions(const OpenedProject& project,
                                                                                 std::span<const std::string> names);

// The definition of the account that `explain` is asked for: a segment, a score, or a `define` without parameters.
[[nodiscard]] std::expected<DefinitionId, Failure> explained_definition(const OpenedProject& project, std::string_view name);

// Why a project cannot be evaluated at all: errors in it, or params without a value.
[[nodiscard]] std::expected<void, Failure> require_sound(const OpenedProject& project);

}  // namespace segue
