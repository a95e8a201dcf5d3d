// This file's external interface is how `segue run --profile` shows what a run cost, to people and to scripts.
#pragma once

#include <string>

#include "bindings/cpp/profile.h"
#include "tools/segue/console.h"

namespace segue::command {

// Phases, what was read, what was shared, and the dearest conditions.
[[nodiscard]] std::string profile_text(const Profile& profile, const Style& style);

// The field `profile` of `segue.run/1`.
[[nodiscard]] std::string profile_json(const Profile& profile);

}  // namespace segue::command
