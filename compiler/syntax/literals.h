// This file's external interface is how literals are read: escapes, numbers, dates. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/syntax/ast.h"

namespace segue {

// What is wrong with a literal; `replacement` is how it should be written, if that is clear.
struct LiteralProblem {
  std::string message;
  std::optional<std::string> replacement;
};

// A number as the lexer cut it out: `5_000`, `0.02`, `25k`, `90%`.
[[nodiscard]] std::variant<ast::NumberLiteral, LiteralProblem> read_number(std::string_view text);

// `2026-03-01`.
[[nodiscard]] std::variant<ast::DateLiteral, LiteralProblem> read_date(std::string_view text);

// `2026-03-01T09:30:00.250Z`; seconds, fraction and offset are optional.
[[nodiscard]] std::variant<ast::TimestampLiteral, LiteralProblem> read_timestamp(std::string_view text);

// A place in a text (byte offsets from its start) with an escape that is none.
struct EscapeProblem {
  std::size_t begin = 0;
  std::size_t end = 0;
  LiteralProblem problem;
};

// The text between the quotes with its escapes resolved; those that are none stay as they are and are told in `problems`.
[[nodiscard]] std::string read_text(std::string_view between_quotes, std::vector<EscapeProblem>& problems);

// The inverse: in double quotes, with escapes where they are needed.
[[nodiscard]] std::string written_text(std::string_view text);

// Whether a word names a unit of time, `day` or `days`, and which.
[[nodiscard]] std::optional<ast::TimeUnit> unit_of(std::string_view word);

// Lower-case of ASCII letters.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace segue
