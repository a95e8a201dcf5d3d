// The one symbol that is looked up by name.
#include "compiler/prove/api.h"

const segue::ProveApi& segue_prove_api() {
  static const segue::ProveApi api{.prove = &segue::prove, .claim_keys = &segue::claim_keys};
  return api;
}
