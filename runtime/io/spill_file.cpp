// Columns as their bytes, one after the other. The machine that writes them reads them.
#include "runtime/io/spill_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace segue::io {
namespace {

// Folders that may hold what does not fit in memory: /tmp itself often lies in memory.
std::vector<std::string> folders() {
  const char* wanted = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nothing changes the environment
  if (wanted != nullptr && *wanted != '\0') return {wanted};
  return {"/var/tmp", "/tmp"};
}

int open_in(const std::string& folder) {
  const int unnamed = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0) return unnamed;
  std::string name = folder + "/.segue-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

class Bytes {
 public:
  template <typename T>
  void put(const T& value) {
    put(&value, sizeof(value));
  }
  void put(const void* data, std::size_t size) {
    const auto* from = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), from, from + size);
  }
  template <typename Values>
  void put_all(const Values& values) {
    put<std::uint64_t>(values.size());
    put(values.data(), values.size() * sizeof(*values.data()));
  }
  [[nodiscard]] const std::vector<std::byte>& all() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

class Source {
 public:
  explicit Source(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <typename T>
  T get() {
    T value;
    get(&value, sizeof(value));
    return value;
  }
  void get(void* out, std::size_t size) {
    if (size != 0) std::memcpy(out, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
  }
  template <typename T>
  std::vector<T> get_all() {
    std::vector<T> values(get<std::uint64_t>());
    get(values.data(), values.size() * sizeof(T));
    return values;
  }

 private:
  std::span<const std::byte> bytes_;
};

void put_bitmap(const Bitmap& bitmap, Bytes& out) {
  out.put<std::uint64_t>(bitmap.size());
  out.put(bitmap.words(), bitmap.word_count() * sizeof(std::uint64_t));
}

Bitmap get_bitmap(Source& source) {
  Bitmap bitmap(source.get<std::uint64_t>());
  source.get(bitmap.words(), bitmap.word_count() * sizeof(std::uint64_t));
  return bitmap;
}

void put_column(const Column& column, Bytes& out) {
  out.put(column.type);
  out.put(column.storage);
  out.put(column.rows);
  put_bitmap(column.valid, out);
  put_bitmap(column.bits, out);
  out.put<std::uint64_t>(column.data.size());
  out.put(column.data.data(), column.data.size());
  out.put_all(column.offsets);
  out.put(column.dictionary != nullptr);
  if (column.dictionary) {
    out.put_all(column.dictionary->bytes());
    out.put_all(column.dictionary->ends());
  }
  out.put_all(column.element_values);
}

Column get_column(Source& source) {
  Column column;
  column.type = source.get<Type>();
  column.storage = source.get<Storage>();
  column.rows = source.get<std::size_t>();
  column.valid = get_bitmap(source);
  column.bits = get_bitmap(source);
  AlignedBytes data(source.get<std::uint64_t>());
  source.get(data.data(), data.size());
  column.data = Buffer(std::move(data));
  column.offsets = source.get_all<std::uint64_t>();
  if (source.get<bool>()) {
    std::vector<char> bytes = source.get_all<char>();
    column.dictionary = std::make_shared<const Dictionary>(std::move(bytes), source.get_all<std::uint64_t>());
  }
  column.element_values = source.get_all<std::int64_t>();
  return column;
}

}  // namespace

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

LoadError SpillFile::failed(int error_number) const {
  const bool is_full = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
  return {LoadErrorKind::kEnvironment,
          fmt::format("the tables do not fit in memory, and `{}` cannot hold the rest: {}; {}", folder_, std::strerror(error_number),
                      is_full ? "make room, point TMPDIR at a folder with more, or give a larger `--memory`"
                              : "point TMPDIR at a folder that can be written"),
          folder_,
          {}};
}

std::expected<void, LoadError> SpillFile::open() {
  for (const std::string& folder : folders()) {
    folder_ = folder;
    descriptor_ = open_in(folder);
    if (descriptor_ >= 0) return {};
  }
  return std::unexpected(failed(errno));
}

std::expected<Extent, LoadError> SpillFile::write(std::span<const std::byte> bytes) {
  Extent extent{0, bytes.size()};
  {
    const std::lock_guard lock(mutex_);
    if (descriptor_ < 0) {
      if (auto opened = open(); !opened) return std::unexpected(opened.error());
    }
    extent.offset = end_;
    end_ += bytes.size();
  }
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(extent.offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(failed(count < 0 ? errno : ENOSPC));
    done += static_cast<std::size_t>(count);
  }
  return extent;
}

std::expected<void, LoadError> SpillFile::read(Extent extent, std::span<std::byte> bytes) const {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(extent.offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(failed(count < 0 ? errno : EIO));
    done += static_cast<std::size_t>(count);
  }
  return {};
}

std::expected<Extent, LoadError> SpillFile::write(const SpilledRows& rows) {
  Bytes bytes;
  bytes.put_all(rows.numbers);
  bytes.put<std::uint64_t>(rows.columns.size());
  for (const Column& column : rows.columns) put_column(column, bytes);
  return write(bytes.all());
}

std::expected<SpilledRows, LoadError> SpillFile::read(Extent extent) const {
  std::vector<std::byte> bytes(extent.bytes);
  if (auto done = read(extent, bytes); !done) return std::unexpected(done.error());
  Source source(bytes);
  SpilledRows rows;
  rows.numbers = source.get_all<RowId>();
  rows.columns.resize(source.get<std::uint64_t>());
  for (Column& column : rows.columns) column = get_column(source);
  return rows;
}

}  // namespace segue::io
