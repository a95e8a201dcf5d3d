// This file's external interface is what `explain` says of groups, as text and as JSON (`segue.explain-group/1`, `segue.explain-nearly/1` and `segue.explain-why-not/1` of
// `docs/command.md`).
#pragma once

#include <string>

#include "bindings/cpp/explain/group.h"
#include "tools/segue/console.h"
#include "tools/segue/report.h"

namespace segue::command {

[[nodiscard]] std::string group_text(const OpenedProject& project, const GroupExplanation& explanation, const Style& style);
[[nodiscard]] std::string nearly_text(const OpenedProject& project, const NearlyExplanation& explanation, const Style& style);
[[nodiscard]] std::string why_not_text(const OpenedProject& project, const WhyNotExplanation& explanation, const Style& style);

// Nothing of an explanation where it failed: its fields are null or empty then.
[[nodiscard]] std::string group_document(const Report& report, const GroupExplanation* explanation);
[[nodiscard]] std::string nearly_document(const Report& report, const NearlyExplanation* explanation);
[[nodiscard]] std::string why_not_document(const Report& report, const WhyNotExplanation* explanation);

}  // namespace segue::command
