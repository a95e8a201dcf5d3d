// An entry is a file named by its key: a header with magic, version, key, length and checksum, then the content. It is written under another name and renamed, so
// that a reader sees all of it or nothing. Everything goes through the descriptor of the folder that was judged, so nobody can put another in its place.
#include "runtime/kept/object_cache.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace segue {
namespace {

struct EntryHeader {
  std::array<char, 8> magic{'S', 'E', 'G', 'U', 'E', 'O', 'B', 'J'};
  std::uint32_t version = 1;
  std::uint32_t reserved = 0;
  CodeKey key{};
  std::uint64_t length = 0;
  Sha256Digest checksum{};
};
static_assert(sizeof(EntryHeader) == 88);

constexpr std::string_view kEntryEnding = ".code", kDraftEnding = ".new";
constexpr std::time_t kDraftSeconds = 3600;  // older drafts are what a process left that ended while it wrote
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

std::string entry_name(const CodeKey& key) {
  std::string name;
  for (const std::uint8_t byte : key) name += fmt::format("{:02x}", byte);
  return name.append(kEntryEnding);
}

bool read_all(int file, void* to, std::size_t size) {
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t count = ::read(file, at, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

bool write_all(int file, const void* from, std::size_t size) {
  const auto* at = static_cast<const char*>(from);
  while (size > 0) {
    const ssize_t count = ::write(file, at, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// Only ours, and nobody else may write it.
bool is_ours(const struct stat& status) { return status.st_uid == geteuid() && (status.st_mode & kOthersWrite) == 0; }

// The content of an entry whose header, length and checksum are right.
std::optional<std::vector<std::byte>> read_entry(int file, const CodeKey& key) {
  struct stat status{};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || !is_ours(status)) return std::nullopt;
  EntryHeader header;
  const EntryHeader expected;
  if (!read_all(file, &header, sizeof header)) return std::nullopt;
  if (header.magic != expected.magic || header.version != expected.version || header.reserved != 0 || header.key != key)
    return std::nullopt;
  if (header.length != static_cast<std::uint64_t>(status.st_size) - sizeof header) return std::nullopt;
  std::vector<std::byte> content(header.length);
  if (!read_all(file, content.data(), content.size()) || sha256(content) != header.checksum) return std::nullopt;
  return content;
}

bool write_entry(int file, const CodeKey& key, std::span<const std::byte> content) {
  EntryHeader header;
  header.key = key;
  header.length = content.size();
  header.checksum = sha256(content);
  return write_all(file, &header, sizeof header) && write_all(file, content.data(), content.size());
}

struct Entry {
  std::string name;
  std::uint64_t bytes = 0;
  timespec used{};
};

bool is_longer_unused(const Entry& left, const Entry& right) {
  return std::pair(left.used.tv_sec, left.used.tv_nsec) < std::pair(right.used.tv_sec, right.used.tv_nsec);
}

// The entries of a folder; drafts that nobody will finish are removed.
std::vector<Entry> entries_of(int folder) {
  std::vector<Entry> entries;
  const int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* listing = again < 0 ? nullptr : fdopendir(again);
  if (listing == nullptr) {
    if (again >= 0) close(again);
    return entries;
  }
  while (const dirent* item = readdir(listing)) {
    const std::string_view name = item->d_name;
    struct stat status{};
    if (!name.ends_with(kEntryEnding) && !name.ends_with(kDraftEnding)) continue;
    if (fstatat(folder, item->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (name.ends_with(kEntryEnding)) {
      entries.push_back({std::string(name), static_cast<std::uint64_t>(status.st_size), status.st_mtim});
    } else if (status.st_mtim.tv_sec + kDraftSeconds < std::time(nullptr)) {
      unlinkat(folder, item->d_name, 0);
    }
  }
  closedir(listing);
  return entries;
}

// Folders above may be anyone's, as `/tmp` is: what counts is whose the last one is.
void make_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  mkdir(path.c_str(), S_IRWXU);
}

std::string distrust_of(const struct stat& status, const std::filesystem::path& path) {
  if (status.st_uid != geteuid()) return fmt::format("`{}` belongs to somebody else", path.string());
  if ((status.st_mode & kOthersWrite) != 0) return fmt::format("others may write to `{}`", path.string());
  return {};
}

}  // namespace

std::optional<std::filesystem::path> default_cache_folder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string_view(value == nullptr ? "" : value);
  };
  if (variable("SEGUE_CACHE") == "off") return std::nullopt;
  if (const auto folder = variable("SEGUE_CACHE_DIR"); !folder.empty()) return std::filesystem::path(folder);
  // the base-directory specification has relative paths ignored
  if (const auto base = variable("XDG_CACHE_HOME"); base.starts_with('/')) return std::filesystem::path(base) / "segue" / "code";
  if (const auto home = variable("HOME"); home.starts_with('/')) return std::filesystem::path(home) / ".cache" / "segue" / "code";
  return std::nullopt;
}

ObjectCache::ObjectCache(std::filesystem::path folder, std::uint64_t most_bytes) : path_(std::move(folder)), most_bytes_(most_bytes) {
  if (!path_.has_filename()) path_ = path_.parent_path();
  open_folder();
}

ObjectCache::~ObjectCache() {
  if (folder_ >= 0) close(folder_);
}

// A symbolic link is as little trusted as the folder of somebody else.
void ObjectCache::open_folder() {
  const int folder = open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) {
    struct stat status{};
    if (lstat(path_.c_str(), &status) == 0) {
      distrust_ = S_ISLNK(status.st_mode) ? fmt::format("`{}` is a symbolic link", path_.string())
                                          : fmt::format("`{}` is no folder that can be read", path_.string());
    }
    return;
  }
  struct stat status{};
  distrust_ = fstat(folder, &status) == 0 ? distrust_of(status, path_) : fmt::format("`{}` cannot be looked at", path_.string());
  if (!distrust_.empty()) {
    close(folder);
    return;
  }
  folder_ = folder;
}

std::optional<std::vector<std::byte>> ObjectCache::find(const CodeKey& key) const {
  if (folder_ < 0) return std::nullopt;
  const File file(openat(folder_, entry_name(key).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  auto content = read_entry(file.get(), key);
  if (content) futimens(file.get(), nullptr);  // now used
  return content;
}

void ObjectCache::keep(const CodeKey& key, std::span<const std::byte> content) {
  if (folder_ < 0 && distrust_.empty()) {
    make_folder(path_);
    open_folder();
  }
  if (folder_ < 0 || content.size() + sizeof(EntryHeader) > most_bytes_) return;
  const std::string name = entry_name(key);
  const std::string draft = fmt::format("{}.{}.{}{}", name, getpid(), static_cast<const void*>(&key), kDraftEnding);
  {
    const File file(openat(folder_, draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file.is_open()) return;
    if (!write_entry(file.get(), key, content)) {
      unlinkat(folder_, draft.c_str(), 0);
      return;
    }
  }
  if (renameat(folder_, draft.c_str(), folder_, name.c_str()) != 0) unlinkat(folder_, draft.c_str(), 0);
  if (is_time_to_look(key, content.size())) make_room();
}

// A look at all entries takes as long as there are many: one new entry in eight, by its key, causes one, and every process that keeps much.
bool ObjectCache::is_time_to_look(const CodeKey& key, std::uint64_t kept) {
  unseen_bytes_ += kept;
  if (key.back() % 8 != 0 && unseen_bytes_ < most_bytes_ / 16) return false;
  unseen_bytes_ = 0;
  return true;
}

void ObjectCache::make_room() const {
  std::vector<Entry> entries = entries_of(folder_);
  std::uint64_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.bytes;
  if (bytes <= most_bytes_) return;
  std::ranges::sort(entries, is_longer_unused);
  // a little more than needed, so that not each new entry is preceded by a look at all
  for (const Entry& entry : entries) {
    if (bytes <= most_bytes_ / 8 * 7) return;
    if (unlinkat(folder_, entry.name.c_str(), 0) == 0) bytes -= entry.bytes;
  }
}

}  // namespace segue
