// The cache is of the library that is opened on first use, and so is made by it.
#include "bindings/cpp/kept_code.h"

namespace segue {

CodeCache& KeptCode::cache(const CodegenApi& api) const {
  std::call_once(once_, [&] { cache_ = api.make_code_cache(folder_); });
  return *cache_;
}

}  // namespace segue
