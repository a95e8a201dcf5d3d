// This file's external interface is CodeImage: linked machine code that runs wherever it lies, as bytes to keep and as memory to run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/machine/compile_recipes.h"

namespace segue {

[[nodiscard]] std::vector<std::byte> to_content(const CodeBytes& code);
// Nothing where the content is not of this form: places lie inside the code.
[[nodiscard]] bool is_content(std::span<const std::byte> content);

// Executable memory, which nobody may write.
class CodeImage {
 public:
  // Of content that `is_content`. The error is the system's: memory, or a system that executes nothing that was written.
  [[nodiscard]] static std::expected<std::shared_ptr<const CodeImage>, std::string> load(std::span<const std::byte> content);
  CodeImage(const CodeImage&) = delete;
  CodeImage& operator=(const CodeImage&) = delete;
  ~CodeImage();

  [[nodiscard]] std::span<const void* const> functions() const { return functions_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  CodeImage(void* memory, std::size_t bytes) : memory_(memory), bytes_(bytes) {}

  void* memory_;
  std::size_t bytes_;
  std::vector<const void*> functions_;
};

}  // namespace segue
