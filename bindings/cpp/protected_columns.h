// This file's external interface is the protected columns of the account, and the accounts by their values. Private to this folder.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/table_specs.h"
#include "runtime/table.h"

namespace segue {

// The columns of the account with `class: protected`, by index.
[[nodiscard]] std::vector<ColumnId> protected_columns(const Schema& schema);

// Marks those that can be compared.
void need_protected_columns(const Schema& schema, std::vector<NeededColumns>& needed);

// The accounts by the value of a column.
struct AccountGroups {
  std::vector<std::optional<std::string>> values;  // with at least one account; nothing, for a missing one, stands last
  std::vector<std::uint32_t> group_of;             // by account: index into `values`
};

// The error says why a column cannot be compared: it is neither an enum, a bool nor a text, or has too many different values.
[[nodiscard]] std::expected<AccountGroups, std::string> groups_of(const CheckedProject& project, const Database& database, ColumnId column);

}  // namespace segue
