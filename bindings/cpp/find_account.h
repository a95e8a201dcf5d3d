// This file's external interface is `find_account`: the row of an account by its key. Private to this folder.
#pragma once

#include <expected>
#include <string_view>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "runtime/table.h"

namespace segue {

// The row of the account with a key as text; a Failure (kCall) names the nearest keys.
[[nodiscard]] std::expected<RowId, Failure> find_account(const CheckedProject& project, const Database& database, std::string_view key,
                                                         const DataOptions& options);

}  // namespace segue
