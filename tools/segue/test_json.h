// This file's external interface is the document `segue.test/1` (`docs/command.md`).
#pragma once

#include <string>

#include "bindings/cpp/test.h"
#include "tools/segue/report.h"

namespace segue::command {

// `run` is null where the tests could not be run at all: the report's diagnostics say why.
[[nodiscard]] std::string test_document(const Report& report, const TestRun* run);

}  // namespace segue::command
