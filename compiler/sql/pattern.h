// This file's external interface is `pattern_in`: an RE2 pattern as a dialect writes it. Private to this folder.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "compiler/sql/sql.h"

namespace segue::sql {

// The pattern, meaning exactly the same in the dialect, or why there is none.
[[nodiscard]] std::expected<std::string, std::string> pattern_in(SqlDialect dialect, std::string_view pattern);

}  // namespace segue::sql
