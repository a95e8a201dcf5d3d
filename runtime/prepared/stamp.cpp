// Files, told apart by what `stat` says and by a hash.
#include "runtime/prepared/stamp.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace segue {
namespace {

namespace fs = std::filesystem;

// Files up to this size are hashed, so that a copied or touched project keeps its prepared tables: a few hundredths of a second.
constexpr std::uint64_t kMostHashed = std::uint64_t{64} << 20;
// Clocks of file systems tick every few milliseconds; those without fractions of a second, every second or two.
constexpr std::int64_t kTick = 20'000'000, kCoarseTick = 2'100'000'000, kSecond = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

FileStamp stamp_of(const struct stat& status) {
  return {.bytes = static_cast<std::uint64_t>(status.st_size),
          .inode = status.st_ino,
          .modified = nanoseconds(status.st_mtim),
          .changed = nanoseconds(status.st_ctim)};
}

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name.starts_with('_');
}

// Below `folder`, relative to it, by bytes of the path.
std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (is_hidden(it->path())) {
      if (it->is_directory(ignored)) it.disable_recursion_pending();
    } else if (it->is_regular_file(ignored)) {
      paths.push_back(it->path().lexically_relative(folder).generic_string());
    }
  }
  std::ranges::sort(paths);
  return paths;
}

std::expected<std::vector<std::string>, std::string> files_of(const std::string& root, const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    struct stat status{};
    if (::stat(path_below(root, path).c_str(), &status) != 0) return std::unexpected(path);
    if (!S_ISDIR(status.st_mode)) {
      files.push_back(path);
      continue;
    }
    const std::string folder = path.ends_with('/') ? path : path + "/";
    for (const std::string& below : files_below(path_below(root, path))) files.push_back(folder + below);
  }
  return files;
}

// Whether a file is the one that was seen.
bool is_same(const std::string& root, const SourceStamp& before, const SourceStamp& now) {
  if (before.path != now.path || before.stamp.bytes != now.stamp.bytes) return false;
  if (before.stamp == now.stamp) return true;
  if (!before.content) return false;
  return (now.content ? now.content : digest_of_file(path_below(root, now.path))) == before.content;
}

}  // namespace

std::string path_below(const std::string& root, const std::string& path) {
  return root.empty() || path.starts_with('/') ? path : root + "/" + path;
}

void wait_for_tick(const FileStamp& stamp) {
  const std::int64_t tick = stamp.changed % kSecond == 0 ? kCoarseTick : kTick;
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::int64_t left = stamp.changed + tick - now;
  if (left > 0 && left <= tick) std::this_thread::sleep_for(std::chrono::nanoseconds(left));
}

std::optional<FileStamp> stamp_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return stamp_of(status);
}

std::optional<FileStamp> stamp_of(int descriptor) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return stamp_of(status);
}

std::optional<Sha256Digest> digest_of_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  const auto size = stamp_of(descriptor).value_or(FileStamp{}).bytes;
  const auto bytes = std::make_unique_for_overwrite<std::byte[]>(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::read(descriptor, bytes.get() + done, size - done);
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  ::close(descriptor);
  if (done != size) return std::nullopt;
  return sha256({bytes.get(), size});
}

std::expected<std::vector<SourceStamp>, std::string> stamp_sources(const std::string& root, const std::vector<std::string>& paths,
                                                                   bool with_content) {
  const auto files = files_of(root, paths);
  if (!files) return std::unexpected(files.error());
  std::vector<SourceStamp> sources;
  for (const std::string& file : *files) {
    const std::string path = path_below(root, file);
    auto stamp = stamp_of(path);
    if (!stamp) return std::unexpected(file);
    if (with_content) {
      wait_for_tick(*stamp);
      stamp = stamp_of(path).value_or(*stamp);
    }
    sources.push_back({.path = file, .stamp = *stamp, .content = {}});
    if (with_content && stamp->bytes <= kMostHashed) sources.back().content = digest_of_file(path);
  }
  return sources;
}

std::size_t unchanged_sources(const std::string& root, const std::vector<SourceStamp>& before, const std::vector<SourceStamp>& now) {
  std::size_t count = 0;
  while (count < std::min(before.size(), now.size()) && is_same(root, before[count], now[count])) ++count;
  return count;
}

}  // namespace segue
