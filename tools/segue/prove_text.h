// This file's external interface is what `segue prove` shows people.
#pragma once

#include <string>

#include "bindings/cpp/prove/prove_project.h"
#include "tools/segue/console.h"

namespace segue::command {

// Expectations with their examples, findings, and a last line that counts; with `lists_all` also what is as it should be and what is open.
[[nodiscard]] std::string prove_text(const OpenedProject& project, const ProvedProject& proved, bool lists_all, const Style& style);

// The last line alone.
[[nodiscard]] std::string proved_totals(const ProvedProject& proved, bool lists_all);

}  // namespace segue::command
