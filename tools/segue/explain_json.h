// This file's external interface is a trace as scripts get it (`segue.explain/1` in `docs/command.md`): for `explain`, and for tests that failed.
#pragma once

#include <string>

#include "bindings/cpp/segue.h"

namespace segue::command {

// The `tree` of a trace, compact.
[[nodiscard]] std::string trace_json(const Trace& trace, const SourceMap& sources);

// A value alone; null where it is missing.
[[nodiscard]] std::string trace_value_json(const TraceValue& value);

}  // namespace segue::command
