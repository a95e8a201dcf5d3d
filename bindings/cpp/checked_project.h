// This file's external interface is CheckedProject: what an OpenedProject keeps for its evaluations. Private to this folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bindings/cpp/kept_code.h"
#include "bindings/cpp/project.h"
#include "compiler/check/check.h"
#include "compiler/schema/workspace.h"
#include "stdlib/clock.h"
#include "stdlib/time_zone.h"

namespace segue {

struct CheckedProject {
  Workspace workspace;  // without its sources and diagnostics, which the OpenedProject has
  CheckResult check;    // without its diagnostics
  TimeZone zone;
  CalendarRules rules;
  std::shared_ptr<const KeptCode> code;
  std::vector<Diagnostic> lacking_params;  // params without a value: nothing can be evaluated

  [[nodiscard]] const CheckedProgram& program() const { return check.program; }
  [[nodiscard]] const Schema& schema() const { return check.program.schema; }
};

// A Failure of one diagnostic.
[[nodiscard]] Failure failure_of(FailureKind kind, DiagnosticKind diagnostic, std::string message, Location location = {});

// `now` in the project's time zone and calendar; borrows the project's zone.
[[nodiscard]] Clock clock_of(const CheckedProject& project, std::int64_t now);

}  // namespace segue
