// This file's external interface is what `segue explain` shows people: an indented tree of conditions with yes or no and the values.
#pragma once

#include <string>

#include "bindings/cpp/segue.h"
#include "tools/segue/console.h"

namespace segue::command {

[[nodiscard]] std::string explain_text(const OpenedProject& project, const Explanation& explanation, const Style& style);

// The tree of a trace alone, `depth` levels in.
[[nodiscard]] std::string trace_text(const Trace& trace, const SourceMap& sources, std::size_t depth, const Style& style);

}  // namespace segue::command
