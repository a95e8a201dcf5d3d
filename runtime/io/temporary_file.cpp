// Writing beside and renaming.
#include "runtime/io/temporary_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace segue::io {
namespace {

namespace fs = std::filesystem;

std::string temporary_name(const fs::path& target) {
  std::random_device random;
  return (target.parent_path() / fmt::format(".{}.{}-{:08x}.tmp", target.filename().string(), ::getpid(), random())).string();
}

// A file that has no name yet, so that nothing of it is left when the process dies; -1 where the file system knows no such files.
int open_unnamed(const fs::path& target) {
  const std::string folder = target.has_parent_path() ? target.parent_path().string() : ".";
  if (::access("/proc/self/fd", X_OK) != 0) return -1;
  return ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

// Makes the renaming itself last. A file system that cannot do it has done what it can.
void sync_folder(const fs::path& target) {
  const std::string folder = target.has_parent_path() ? target.parent_path().string() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

WriteError write_error(const std::string& path, int error_number) {
  const char* hint = error_number == ENOSPC || error_number == EDQUOT ? "; make room or choose another place"
                     : error_number == EACCES || error_number == EPERM || error_number == EROFS
                         ? "; give yourself the permission or choose another place"
                         : "";
  return {WriteErrorKind::kEnvironment, fmt::format("`{}` cannot be written: {}{}", path, std::strerror(error_number), hint)};
}

std::expected<TemporaryFile, WriteError> TemporaryFile::create(const std::string& target,
                                                               std::function<void(const std::string&)> on_temporary) {
  TemporaryFile file;
  std::error_code ignored;
  // What a symbolic link stands for is replaced, not the link.
  file.target_ = fs::is_symlink(target, ignored) ? fs::weakly_canonical(target, ignored).string() : target;
  file.path_ = temporary_name(file.target_);
  file.on_temporary_ = std::move(on_temporary);
  file.descriptor_ = open_unnamed(file.target_);
  if (file.descriptor_ >= 0) return file;
  if (auto named = file.open_named(); !named) return std::unexpected(named.error());
  return file;
}

std::expected<void, WriteError> TemporaryFile::open_named() {
  if (on_temporary_) on_temporary_(path_);
  has_name_ = true;
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) return std::unexpected(write_error(target_, errno));
  return {};
}

// A file without a name gets one only to be renamed.
bool TemporaryFile::link() {
  if (has_name_) return true;
  if (on_temporary_) on_temporary_(path_);
  has_name_ = true;
  return ::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", descriptor_).c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : target_(std::move(other.target_)),
      path_(std::exchange(other.path_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      has_name_(std::exchange(other.has_name_, false)),
      on_temporary_(std::exchange(other.on_temporary_, nullptr)) {}

TemporaryFile::~TemporaryFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    if (has_name_) ::unlink(path_.c_str());
  }
  if (on_temporary_ && has_name_) on_temporary_("");
}

std::expected<void, WriteError> TemporaryFile::commit() {
  if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOTSUP) return std::unexpected(write_error(target_, errno));
  if (!link()) return std::unexpected(write_error(target_, errno));
  if (::close(std::exchange(descriptor_, -1)) != 0) {
    const int error_number = errno;
    ::unlink(path_.c_str());
    return std::unexpected(write_error(target_, error_number));
  }
  if (std::rename(path_.c_str(), target_.c_str()) != 0) {
    const int error_number = errno;
    ::unlink(path_.c_str());
    return std::unexpected(write_error(target_, error_number));
  }
  sync_folder(target_);
  return {};
}

}  // namespace segue::io
