// This file's external interface is `format_rules`: the one way in which a file of rules is laid out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/source/source.h"

namespace segue {

struct FormattedRules {
  std::optional<std::string> text;      // nothing when there are errors
  std::vector<Diagnostic> diagnostics;  // of syntax
  SourceMap sources;                    // of their spans
};

// Formats the text of a file of rules; `path` is how diagnostics name it. Any bytes are allowed.
[[nodiscard]] FormattedRules format_rules(std::string path, std::string text);

}  // namespace segue
