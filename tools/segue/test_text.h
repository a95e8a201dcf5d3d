// This file's external interface is what `segue test` shows people: failed tests with what decided, and the conditions that tests exercise.
#pragma once

#include <string>

#include "bindings/cpp/test.h"
#include "tools/segue/console.h"
#include "tools/segue/report.h"

namespace segue::command {

// Each failed test with its failures, coverage where it was asked for, and `N passed, N failed` as the last line.
[[nodiscard]] std::string test_text(const Report& report, const TestRun& run, const Style& style);

// The same without the failed tests.
[[nodiscard]] std::string totals_text(const Report& report, const TestRun& run, const Style& style);

}  // namespace segue::command
