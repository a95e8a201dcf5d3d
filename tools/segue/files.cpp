// POSIX files, because renaming, permissions and `fsync` are asked for.
#include "tools/segue/files.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/segue/signals.h"

namespace segue::command {
namespace {

// A file that is closed at the end.
struct Handle {
  int file = -1;
  explicit Handle(int opened) : file(opened) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (file >= 0) close(file);
  }
};

std::unexpected<std::string> failed(std::string_view what, std::string_view path) {
  return std::unexpected(fmt::format("cannot {} `{}`: {}", what, path, std::strerror(errno)));
}

std::expected<std::string, std::string> read_all(int file, std::string_view shown) {
  std::string text;
  std::array<char, 65536> block;
  while (true) {
    const ssize_t size = read(file, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed("read", shown);
    if (size == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(size));
  }
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(file, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

// Gives up on a temporary file, keeping the reason.
std::unexpected<std::string> abandon(const std::string& temporary, std::string_view path) {
  const int reason = errno;
  unlink(temporary.c_str());
  set_temporary_file("");
  errno = reason;
  return failed("write", path);
}

}  // namespace

std::expected<std::string, std::string> read_whole(const std::string& path) {
  const Handle handle(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (handle.file < 0) return failed("read", path);
  return read_all(handle.file, path);
}

std::expected<std::string, std::string> read_input() { return read_all(STDIN_FILENO, "standard input"); }

std::expected<void, std::string> replace_file(const std::string& path, const std::string& text) {
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::canonical(path, error);
  const std::string target = error ? path : resolved.string();
  struct stat status = {};
  const bool is_there = stat(target.c_str(), &status) == 0;
  if (!is_there && errno != ENOENT) return failed("write", path);
  if (is_there && access(target.c_str(), W_OK) != 0) return failed("write", path);
  const mode_t mode = is_there ? status.st_mode & 07777 : 0644;
  std::string temporary = target + ".XXXXXX";
  const Handle handle(mkostemp(temporary.data(), O_CLOEXEC));
  if (handle.file < 0) return failed("write", path);
  set_temporary_file(temporary);
  const bool is_whole = fchmod(handle.file, mode) == 0 && write_all(handle.file, text) && fsync(handle.file) == 0;
  if (!is_whole || std::rename(temporary.c_str(), target.c_str()) != 0) return abandon(temporary, path);
  set_temporary_file("");
  return {};
}

}  // namespace segue::command
