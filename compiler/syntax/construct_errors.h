// This file's external interface is what is said of the larger constructs where they are not written as they should be: rows of tiers,
// `top`, `near`, sequences, amounts with a unit. Private to this folder.
#pragma once

#include <optional>
#include <vector>

#include "compiler/syntax/syntax_errors.h"

namespace segue {

// The colon that is missing behind the name of a row of tiers or stages.
[[nodiscard]] std::optional<Repair> find_row_repair(const std::vector<Token>& tokens, const ParseFailure& failure,
                                                    const Reporter& reporter);

// What a marketer who failed there is likely to have meant; nothing where it can be anything.
[[nodiscard]] std::optional<Diagnostic> explain_construct(const std::vector<Token>& tokens, const ParseFailure& failure,
                                                          const Reporter& reporter);

}  // namespace segue
