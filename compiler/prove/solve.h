// This file's external interface is `settle`: one claim. Private to this folder.
#pragma once

#include "compiler/prove/meaning.h"
#include "compiler/prove/prove.h"

namespace segue::proving {

// `meanings` knows all expressions of the claim already, and is only read.
[[nodiscard]] Proof settle(MeaningTable& meanings, const Claim& claim, const ProveOptions& options);

}  // namespace segue::proving
