// This file's external interface is `same_meanings`: which definitions mean the same. Private to this folder.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "bindings/cpp/prove/proofs.h"

namespace segue {

struct SameMeanings {
  std::vector<std::pair<DefinitionId, DefinitionId>>
      same;  // the one that stands first, in order of `candidates`, then one that means the same
  std::vector<std::pair<std::pair<DefinitionId, DefinitionId>, Proof>> open;  // pairs to which the solver knows no answer
};

// How claims are settled; nothing when the work was stopped or failed.
using ClaimSettler = std::function<std::expected<std::vector<Proof>, Failure>(std::span<const Claim>)>;

// `candidates` are bools or scores. Accounts that told definitions apart, or made one hold, tell which pairs are worth asking about: those that answer alike on all of them. Each pair that is
// refuted gives one more account, so that few pairs are asked.
[[nodiscard]] std::expected<SameMeanings, Failure> same_meanings(const CheckedProgram& program, std::span<const DefinitionId> candidates,
                                                                 std::vector<ExampleAccount> accounts, const Clock& zone,
                                                                 const ClaimSettler& settle);

}  // namespace segue
