// This file's external interface is ByteStream: the bytes of a file from front to back, uncompressed on the way where the name ends in .gz.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "runtime/io/load.h"

namespace segue::io {

class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  // Up to `size` bytes; fewer only at the end.
  virtual std::expected<std::size_t, LoadError> read(char* out, std::size_t size) = 0;
  // How far the file itself has been read.
  [[nodiscard]] virtual std::uint64_t position() const = 0;
};

// Opens a file. `shown` is the path that messages name.
[[nodiscard]] std::expected<std::unique_ptr<ByteStream>, LoadError> open_stream(const std::string& path, const std::string& shown,
                                                                                bool is_gzip);

// Opens a file to read it and gives its descriptor, which the caller closes.
[[nodiscard]] std::expected<int, LoadError> open_descriptor(const std::string& path, const std::string& shown);

// What a file that cannot be opened or read is: errno's words about it.
[[nodiscard]] LoadError file_error(const std::string& shown, int error_number);

// A file that is not what it claims to be.
[[nodiscard]] LoadError broken_file(const std::string& shown, const std::string& what);

}  // namespace segue::io
