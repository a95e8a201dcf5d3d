// This file's external interface is the parts of `segue.run/1` (`docs/command.md`), each as the JSON of one field.
#pragma once

#include <string>
#include <vector>

#include "bindings/cpp/segue.h"

namespace segue::command {

[[nodiscard]] std::string definitions_json(const OpenedProject& project, const std::vector<DefinitionOutcome>& outcomes);
[[nodiscard]] std::string expectations_json(const std::vector<ExpectationOutcome>& expectations);
[[nodiscard]] std::string suppressed_json(const SuppressedSummary& suppressed);
[[nodiscard]] std::string audit_json(const OpenedProject& project, const Audit& audit);
[[nodiscard]] std::string assess_json(const OpenedProject& project, const Evaluation& evaluation, const Assessment& assessment);
[[nodiscard]] std::string history_json(const OpenedProject& project, const History& history);

}  // namespace segue::command
