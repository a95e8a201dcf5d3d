// This file's external interface is the libraries that are opened on first use, because LLVM, Arrow and Z3 cost start-up time:
// compiler/codegen, runtime/io, and by `open_library` those of the folders on top. Private to the facade.
#pragma once

#include <expected>
#include <string>

#include "compiler/codegen/api.h"
#include "runtime/io/api.h"

namespace segue {

// Opened once, never closed. The error says why the library cannot be opened. Thread-safe.
[[nodiscard]] std::expected<const CodegenApi*, std::string> codegen_api();
[[nodiscard]] std::expected<const RuntimeIoApi*, std::string> runtime_io_api();

// The address of `entry` in a library that lies beside this one.
[[nodiscard]] std::expected<void*, std::string> open_library(const char* library, const char* entry);

template <typename Api>
std::expected<const Api*, std::string> open_api(const char* library, const char* entry) {
  const auto address = open_library(library, entry);
  if (!address) return std::unexpected(address.error());
  return &reinterpret_cast<const Api& (*)()>(*address)();
}

}  // namespace segue
