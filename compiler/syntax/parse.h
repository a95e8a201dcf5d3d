// This file's external interface is `parse`: from the text of a file of rules to its syntax tree. The only code that sees ANTLR
// lies behind it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/ast.h"

namespace segue {

// The deepest nesting of brackets and calls, and of `not`.
inline constexpr std::size_t kMaxNesting = 1'000;

// The most words and signs of one declaration: chains may be long, but not so that reading them takes the machine's memory.
inline constexpr std::size_t kMaxDeclarationTokens = 1'000'000;

// The largest file of rules, in bytes.
inline constexpr std::size_t kMaxRuleFileSize = 64 << 20;

struct ParseResult {
  Ast ast;
  std::vector<Diagnostic> diagnostics;
};

// Parses one file. Any bytes are allowed; what is wrong becomes diagnostics, and a declaration in which something is wrong is marked as
// broken while all others are whole. Time and memory are linear in the length of the text. Slips that have only one meaning (`==`)
// are reported and read as what they mean, so their declaration is not broken.
[[nodiscard]] ParseResult parse(const Source& source, SourceId id);

// A word that can only be a name in back-quotes, and what it is for.
struct ReservedWord {
  std::string_view word;
  std::string_view use;
};

// All reserved words in alphabetical order, for the documentation.
[[nodiscard]] std::span<const ReservedWord> reserved_words();

// Whether a name must be written in back-quotes: it is reserved, or not of letters, digits and `_`, or opens with a digit.
[[nodiscard]] bool needs_back_quotes(std::string_view name);

// A name as it is written in rules: in back-quotes where it needs them.
[[nodiscard]] std::string written_name(std::string_view name);

}  // namespace segue
