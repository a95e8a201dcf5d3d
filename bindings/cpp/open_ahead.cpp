// The libraries of an evaluation, opened in a thread.
#include "bindings/cpp/open_ahead.h"

#include "bindings/cpp/lazy_libraries.h"

namespace segue {

std::jthread open_ahead() {
  return std::jthread([] {
    [[maybe_unused]] const auto io = runtime_io_api();
    [[maybe_unused]] const auto codegen = codegen_api();
  });
}

}  // namespace segue
