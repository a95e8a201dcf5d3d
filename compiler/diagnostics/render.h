// This file's external interface is how diagnostics are shown: text for the terminal, and JSON as command.md states it.
#pragma once

#include <span>
#include <string>

#include "compiler/diagnostics/diagnostic.h"

namespace segue {

// For people: severity, code and message; file, line and column; the source line with a caret; notes; the fix. `in_color` adds
// ANSI colours. Ends with a line break; empty for no diagnostics.
[[nodiscard]] std::string render_text(std::span<const Diagnostic> diagnostics, const SourceMap& sources, bool in_color);

// One diagnostic as a JSON object on one line, with the fields and order of command.md. What is unknown is left out.
[[nodiscard]] std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources);

// A JSON array of them, on one line: `[]` when there are none.
[[nodiscard]] std::string render_json(std::span<const Diagnostic> diagnostics, const SourceMap& sources);

}  // namespace segue
