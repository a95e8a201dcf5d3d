// This file's external interface is what `segue run --audit` shows people.
#pragma once

#include <string>

#include "bindings/cpp/segue.h"
#include "tools/segue/console.h"

namespace segue::command {

// One table for each selection and protected column, with what is flagged said in words.
[[nodiscard]] std::string audit_text(const OpenedProject& project, const Audit& audit, const Style& style);

}  // namespace segue::command
