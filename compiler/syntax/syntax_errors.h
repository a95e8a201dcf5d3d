// This file's external interface is how an error of ANTLR's is told to people. Private to this folder.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <antlr4-runtime.h>

#include "compiler/syntax/tokens.h"

namespace segue {

// A change to the tokens that makes sense of them: parsing starts again with it.
struct Repair {
  std::size_t index = 0;   // of the token that is changed, or that `inserted` goes before
  std::uint16_t type = 0;  // of the new token
  bool inserts = false;
  Diagnostic diagnostic;
};

// Where parsing stopped: the first token of the phrase that fits nothing, and the token that did not fit.
struct ParseFailure {
  std::size_t start = 0;
  std::size_t offending = 0;                            // may be one past the last token
  const antlr4::misc::IntervalSet* expected = nullptr;  // token types instead of the one at `start`; only when offending == start
};

// The repair that is surely meant, if there is one: an `and` between two lines, a mistyped word that opens a clause.
[[nodiscard]] std::optional<Repair> find_repair(const std::vector<Token>& tokens, const ParseFailure& failure, const Reporter& reporter);

// What to say otherwise.
[[nodiscard]] Diagnostic explain_failure(const std::vector<Token>& tokens, const ParseFailure& failure, const Reporter& reporter);

}  // namespace segue
