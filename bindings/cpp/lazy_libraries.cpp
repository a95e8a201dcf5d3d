// They lie beside this library, in the build tree and after installation, and so are found by its RUNPATH.
#include "bindings/cpp/lazy_libraries.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace segue {

std::expected<void*, std::string> open_library(const char* library, const char* entry) {
  void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  void* address = handle == nullptr ? nullptr : dlsym(handle, entry);
  if (address != nullptr) return address;
  return std::unexpected(fmt::format("cannot load a part of Segue: {}; install Segue again", dlerror()));
}

std::expected<const CodegenApi*, std::string> codegen_api() {
  static const auto api = open_api<CodegenApi>("libsegue_codegen.so", "segue_codegen_api");
  return api;
}

std::expected<const RuntimeIoApi*, std::string> runtime_io_api() {
  static const auto api = open_api<RuntimeIoApi>("libsegue_runtime_io.so", "segue_runtime_io_api");
  return api;
}

}  // namespace segue
