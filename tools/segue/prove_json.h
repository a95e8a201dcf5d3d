// This file's external interface is the document `segue.prove/1` (`docs/command.md`).
#pragma once

#include <string>

#include "bindings/cpp/prove/prove_project.h"
#include "tools/segue/json.h"
#include "tools/segue/report.h"

namespace segue::command {

// `proved` is null where nothing could be asked: the report's diagnostics say why.
[[nodiscard]] std::string prove_document(const Report& report, const ProvedProject* proved, bool lists_all);

// An account that the solver made up: `{"clock", "accounts"}`, values as rules write them.
[[nodiscard]] Json shown_example_json(const ShownExample& example);

// `proved`, `refuted` or `unknown`.
[[nodiscard]] std::string_view verdict_name(ClaimVerdict verdict);

}  // namespace segue::command
