// This file's external interface is how `segue diff` speaks: words that text and Markdown share, and the text for the terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/diff/diff.h"
#include "tools/segue/console.h"

namespace segue::command {

// `2 wider, 1 text only, 40 unchanged`; `53 entered, 2 left, 4 moved`, empty where no data were read.
[[nodiscard]] std::string diff_counts(const Diff& diff);
[[nodiscard]] std::string diff_movement_counts(const Diff& diff);

// `text only: reordered, proved equal`.
[[nodiscard]] std::string status_words(const DiffDefinition& definition);

// One line each: through what it changed; what is proved or open, with examples; who moved, and why.
[[nodiscard]] std::string cause_line(const DiffCause& cause, std::string_view code_mark);
[[nodiscard]] std::vector<std::string> meaning_lines(const DiffDefinition& definition, std::string_view code_mark);
[[nodiscard]] std::vector<std::string> movement_lines(const DiffDefinition& definition, std::string_view code_mark);

// `120 → 173`, `+53 −0`, `+8 −0, 1 suppressed`, `4 moved`; empty without data.
[[nodiscard]] std::string size_change(const DiffDefinition& definition);
[[nodiscard]] std::string member_change(const DiffDefinition& definition);

// `6 → 11`, where who is undetermined changed in number.
[[nodiscard]] std::string undetermined_change(const DiffDefinition& definition);

// `HEAD~1 (1a2b3c4d)`.
[[nodiscard]] std::string side_words(const DiffSide& side);

// For the terminal, as `terraform plan` would.
[[nodiscard]] std::string diff_text(const Diff& diff, const Style& style);

}  // namespace segue::command
