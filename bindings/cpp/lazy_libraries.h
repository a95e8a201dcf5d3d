// This file's external interface is the two libraries that are opened on first use, because LLVM and Arrow cost start-up time:
// compiler/codegen and runtime/io. Private to this folder.
#pragma once

#include <expected>
#include <string>

#include "compiler/codegen/api.h"
#include "runtime/io/api.h"

namespace segue {

// Opened once, never closed. The error says why the library cannot be opened. Thread-safe.
[[nodiscard]] std::expected<const CodegenApi*, std::string> codegen_api();
[[nodiscard]] std::expected<const RuntimeIoApi*, std::string> runtime_io_api();

}  // namespace segue
