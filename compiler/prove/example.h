// This file's external interface is `make_example`: the account that a model of a claim's formulas describes. Private to this folder.
#pragma once

#include <expected>
#include <string>

#include "compiler/prove/encode.h"

namespace segue::proving {

// Formulas of which one should hold, the earlier the better.
using Wish = std::vector<z3::expr>;

// What would make the example simpler to read, most wanted first: fewer rows, known values, small and round numbers.
[[nodiscard]] std::vector<Wish> simpler_rows(const Encoder& encoder);
[[nodiscard]] std::vector<Wish> simpler_values(Encoder& encoder, const z3::model& model);

// The error says, for people, what no account was found for.
[[nodiscard]] std::expected<ExampleAccount, std::string> make_example(Encoder& encoder, const z3::model& model);

}  // namespace segue::proving
