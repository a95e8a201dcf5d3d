// This file's external interface is `explain_account`: why one definition answers what it answers for one account.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/project.h"
#include "compiler/interpret/trace.h"

namespace segue {

struct Explanation {
  Trace trace;
  std::string title;           // of the definition; empty when none
  bool is_suppressed = false;  // a `suppress` list of the project holds the account: nothing exported has it, whatever the answer
  std::int64_t clock = 0;
  std::vector<TableSummary> tables;     // those that were read
  std::vector<Diagnostic> diagnostics;  // about the data, as in Evaluation
};

// `name` is a result of any kind, or a `define` of the account without parameters; `key` the account's key as text. A Failure of kCall: one of them is not there.
[[nodiscard]] std::expected<Explanation, Failure> explain_account(const OpenedProject& project, std::string_view name, std::string_view key,
                                                                  const DataOptions& options);

}  // namespace segue
