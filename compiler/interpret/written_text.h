// This file's external interface is the text of a condition as its author wrote it, for one line. Private to the interpreter.
#pragma once

#include <string>
#include <string_view>

#include "compiler/source/source.h"

namespace segue {

// The text of a span with comments left out and every run of white space, line breaks included, as one blank; what stands in quotes or back-quotes
// is kept. Empty for a span of no source.
[[nodiscard]] std::string written_text(const SourceMap& sources, Span span);

// Whether the next word of a text that `written_text` gave, from `offset` on and behind closing parentheses, is `word`.
[[nodiscard]] bool next_word_is(std::string_view text, std::size_t offset, std::string_view word);

}  // namespace segue
