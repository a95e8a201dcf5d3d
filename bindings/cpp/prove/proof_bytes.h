// This file's external interface is proofs as bytes, in which tables and columns have names, so that they outlive changes of the schema elsewhere. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/prove/prove.h"

namespace segue {

[[nodiscard]] std::string proof_bytes(const CheckedProgram& program, const Claim& claim, const Proof& proof);

// Nothing where the bytes are none of ours, or name what the schema does not have.
[[nodiscard]] std::optional<Proof> proof_from_bytes(const CheckedProgram& program, const Claim& claim, std::string_view bytes);

}  // namespace segue
