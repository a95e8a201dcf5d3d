// Plain files by the system's calls; gzip by Arrow's streams.
#include "runtime/io/byte_stream.h"

#include <cerrno>
#include <cstring>

#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace segue::io {
namespace {

class PlainFile final : public ByteStream {
 public:
  PlainFile(int descriptor, std::string shown) : descriptor_(descriptor), shown_(std::move(shown)) {}
  ~PlainFile() override { ::close(descriptor_); }

  std::expected<std::size_t, LoadError> read(char* out, std::size_t size) override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = ::read(descriptor_, out + done, size - done);
      if (count == 0) break;
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return std::unexpected(file_error(shown_, errno));
      done += static_cast<std::size_t>(count);
    }
    position_ += done;
    return done;
  }
  [[nodiscard]] std::uint64_t position() const override { return position_; }

 private:
  int descriptor_;
  std::string shown_;
  std::uint64_t position_ = 0;
};

class GzipFile final : public ByteStream {
 public:
  GzipFile(std::shared_ptr<arrow::io::ReadableFile> file, std::unique_ptr<arrow::util::Codec> codec,
           std::shared_ptr<arrow::io::CompressedInputStream> stream, std::string shown)
      : file_(std::move(file)),
        codec_(std::move(codec)),
        stream_(std::move(stream)),
        shown_(std::move(shown)) {}

  std::expected<std::size_t, LoadError> read(char* out, std::size_t size) override {
    std::size_t done = 0;
    while (done < size) {
      const auto count = stream_->Read(static_cast<std::int64_t>(size - done), out + done);
      if (!count.ok()) return std::unexpected(broken_file(shown_, "its gzip data are damaged or cut off"));
      if (*count == 0) break;
      done += static_cast<std::size_t>(*count);
    }
    return done;
  }
  [[nodiscard]] std::uint64_t position() const override {
    const auto at = file_->Tell();
    return at.ok() ? static_cast<std::uint64_t>(*at) : 0;
  }

 private:
  std::shared_ptr<arrow::io::ReadableFile> file_;
  std::unique_ptr<arrow::util::Codec> codec_;  // outlives the stream
  std::shared_ptr<arrow::io::CompressedInputStream> stream_;
  std::string shown_;
};

std::expected<std::unique_ptr<ByteStream>, LoadError> open_gzip(int descriptor, const std::string& shown) {
  const auto damaged = [&](const arrow::Status& status) { return std::unexpected(broken_file(shown, status.message())); };
  auto file = arrow::io::ReadableFile::Open(descriptor);
  if (!file.ok()) return damaged(file.status());
  auto codec = arrow::util::Codec::Create(arrow::Compression::GZIP);
  if (!codec.ok()) return damaged(codec.status());
  auto stream = arrow::io::CompressedInputStream::Make(codec->get(), *file);
  if (!stream.ok()) return damaged(stream.status());
  return std::make_unique<GzipFile>(std::move(*file), std::move(*codec), std::move(*stream), shown);
}

}  // namespace

LoadError file_error(const std::string& shown, int error_number) {
  const char* what = error_number == ENOENT || error_number == ENOTDIR ? "does not exist; correct the path in `sources`"
                     : error_number == EACCES                          ? "may not be read; give yourself the permission"
                     : error_number == EISDIR                          ? "is a folder"
                                                                       : nullptr;
  if (what != nullptr) return {LoadErrorKind::kEnvironment, fmt::format("`{}` {}", shown, what), shown, {}};
  return {LoadErrorKind::kEnvironment, fmt::format("`{}` cannot be read: {}", shown, std::strerror(error_number)), shown, {}};
}

LoadError broken_file(const std::string& shown, const std::string& what) {
  return {LoadErrorKind::kData, fmt::format("`{}` is broken: {}", shown, what), shown, {}};
}

std::expected<int, LoadError> open_descriptor(const std::string& path, const std::string& shown) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(file_error(shown, errno));
  struct stat status{};
  if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(descriptor);
    return std::unexpected(file_error(shown, EISDIR));
  }
  return descriptor;
}

std::expected<std::unique_ptr<ByteStream>, LoadError> open_stream(const std::string& path, const std::string& shown, bool is_gzip) {
  const auto descriptor = open_descriptor(path, shown);
  if (!descriptor) return std::unexpected(descriptor.error());
  if (is_gzip) return open_gzip(*descriptor, shown);
  return std::make_unique<PlainFile>(*descriptor, shown);
}

}  // namespace segue::io
