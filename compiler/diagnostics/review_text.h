// What the renderers for reviews share: paths and messages. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "compiler/diagnostics/review.h"

namespace segue {

// A file of the project as a path from the root of the repository, `/` between parts; an absolute path stays.
[[nodiscard]] std::string review_path(const ReviewRun& run, std::string_view file);

// Which notes a message holds: all, or those that have no place of their own.
enum class NotesShown : std::uint8_t { kAll, kWithoutPlace };

// What a note says; of bad data the row and its value.
[[nodiscard]] std::string note_message(const Note& note);

// The message, its details, its notes and what mends it, a line each. Valid UTF-8.
[[nodiscard]] std::string review_message(const ReviewRun& run, const ReviewFinding& finding, const SourceMap& sources, NotesShown notes);

}  // namespace segue
