// Content is the number of functions, the place of each, all as words of 64 bits, then the code.
#include "compiler/codegen/code_image.h"

#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/mman.h>

namespace segue {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t word_at(std::span<const std::byte> content, std::size_t index) {
  std::uint64_t word = 0;
  std::memcpy(&word, content.data() + index * kWord, kWord);
  return word;
}

std::string system_error(const char* what) { return std::string(what) + ": " + std::generic_category().message(errno); }

}  // namespace

std::vector<std::byte> to_content(const CodeBytes& code) {
  const std::size_t head = (code.functions.size() + 1) * kWord;
  std::vector<std::byte> content(head + code.code.size());
  const std::uint64_t count = code.functions.size();
  std::memcpy(content.data(), &count, kWord);
  if (count > 0) std::memcpy(content.data() + kWord, code.functions.data(), count * kWord);
  if (!code.code.empty()) std::memcpy(content.data() + head, code.code.data(), code.code.size());
  return content;
}

bool is_content(std::span<const std::byte> content) {
  const std::size_t words = content.size() / kWord;
  if (words < 2 || word_at(content, 0) >= words) return false;
  const std::uint64_t functions = word_at(content, 0), code = content.size() - (functions + 1) * kWord;
  for (std::uint64_t i = 1; i <= functions; ++i) {
    if (word_at(content, i) >= code) return false;
  }
  return code > 0;
}

std::expected<std::shared_ptr<const CodeImage>, std::string> CodeImage::load(std::span<const std::byte> content) {
  assert(is_content(content));
  const std::size_t functions = word_at(content, 0);
  const std::span<const std::byte> code = content.subspan((functions + 1) * kWord);
  void* memory = mmap(nullptr, code.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return std::unexpected(system_error("no memory for code"));
  std::shared_ptr<CodeImage> image(new CodeImage(memory, code.size()));
  std::memcpy(memory, code.data(), code.size());
  if (mprotect(memory, code.size(), PROT_READ | PROT_EXEC) != 0) return std::unexpected(system_error("code may not be executed"));
  __builtin___clear_cache(static_cast<char*>(memory), static_cast<char*>(memory) + code.size());
  for (std::size_t i = 1; i <= functions; ++i) image->functions_.push_back(static_cast<const char*>(memory) + word_at(content, i));
  return image;
}

CodeImage::~CodeImage() { munmap(memory_, bytes_); }

}  // namespace segue
