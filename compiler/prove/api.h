// This file's external interface is ProveApi: what the library offers to those who open it on first use rather than link it, so that a start without work
// does not pay for Z3. `dlsym` finds `segue_prove_api`.
#pragma once

#include "compiler/prove/prove.h"

namespace segue {

struct ProveApi {
  decltype(&segue::prove) prove;
  decltype(&segue::claim_keys) claim_keys;
};

}  // namespace segue

extern "C" const segue::ProveApi& segue_prove_api();
